"""Which screens are right: the same taps, one person at a time, given straight to the service.

Nothing is sent and nobody waits here, so whatever a process mixes up, loses or shows too late shows
as a difference. Its clock stands still for that. Case codes are left out: they are drawn by lot.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters.telegram.outbox.drawing import draw_messages
from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.flows.triage import FLOW
from bot.incoming import Command, Incoming, Tap
from bot.installation import Setting
from bot.screens.screen import load
from bot.service.service import Service
from state.sqlite.store import SqliteStore
from tests.bench.load import Act, Person
from tests.bench.walks import CODE
from tests.botapi.telegram_html import parse_html


@dataclass(slots=True)
class Checked:
    """How often taps did what, how many different screens they led to, and what was not right."""

    does: Counter[str] = field(default_factory=Counter)
    screens: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


def check(people: Iterable[Person], folder: Path, now: datetime) -> Checked:
    """Do again what people did, all at the same time, and compare every screen they were shown."""
    checked = Checked()
    for person in people:
        store = SqliteStore(folder / f"{person.phone.chat.id}.db", durability="OFF")
        try:
            _Again(store, person, now).check(checked)
        finally:
            store.close()
    return checked


class _Again:
    def __init__(self, store: SqliteStore, person: Person, now: datetime) -> None:
        self._store = store
        self._person = person
        setting = Setting(Engine(FlowMachine(FLOW), "stepwise", UTC), "", 30)
        self._service = Service(store, setting, lambda: now, touch=True)
        self._chat = str(person.phone.chat.id)
        self._does: dict[str, tuple[str, list[str]]] = {}  # by the token that the phone has

    def check(self, checked: Checked) -> None:
        for act in self._person.acts:
            if not self._takes(act, checked):
                return

    def _takes(self, act: Act, checked: Checked) -> bool:
        """Do an act; return whether the screens agree and the next act can be done too."""
        did = act.did
        if act.is_tap:
            token, _, place = did.partition(":")
            own, does = self._does[token]
            did = does[int(place)]
            checked.does[did.partition(" ")[0]] += 1
            doing: Tap | Command = Tap(own, int(place))
        else:
            doing = Command(did.removeprefix("/"))
        self._service.take(Incoming(self._chat, self._chat, doing, query="q"))
        text, labels, token, does = self._shown()
        shown = _fixed(act.text), *map(_fixed, act.labels)
        right = _fixed(text), *map(_fixed, labels)
        checked.screens.add("\n".join(shown))
        if shown != right:
            checked.wrong.append(f"{self._chat}, after {did!r}: {shown} in place of {right}")
            return False
        self._does[act.token] = token, does
        return True

    def _shown(self) -> tuple[str, list[str], str, list[str]]:
        """Return the text, the labels, the token and the actions of the newest screen."""
        rows = self._store.outbox.queued(self._chat)
        with self._store.turn():
            self._store.outbox.sent(row.id for row in rows)
        found = ("", list[str](), "", list[str]())
        for row in rows:
            screens = [load(each) for each in row.screens]
            does = [button.does for each in screens for line in each.rows for button in line]
            for message in draw_messages(screens, row.token):
                buttons = [each for line in message.keyboard["inline_keyboard"] for each in line]
                labels = [each["text"] for each in buttons if "callback_data" in each]
                if len(labels) > 1 or not found[1]:
                    found = parse_html(message.html)[0], labels, row.token or "", does
        return found


def _fixed(said: str) -> str:
    return CODE.sub("#", said)
