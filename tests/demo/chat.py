"""A chat with the service itself: acts as a person does, and keeps what Telegram shows of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.telegram.outbox.drawing import Message, draw_html, draw_messages
from bot.commands.registry import COMMANDS
from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.flows.grammar import Question, Value, option_key
from bot.flows.triage import FLOW
from bot.incoming import Command, Incoming, Tap, Text
from bot.installation import Setting
from bot.screens.screen import Button, Line, Screen, load
from bot.service.reminding import Reminding
from bot.service.service import Service
from state.records import StoredCase
from state.sqlite.store import SqliteStore
from tests.conftest import NOON, Clock
from tests.dialogue import typed
from tests.patients import CALL

CHAT, WHO = "1001", "1001"
SECONDS_BETWEEN_TAPS = 3
ANSWERS = ("answer", "tick", "done")
AGAIN = ", answered before"
UNDER_LINE = ", under the urgency"
OF_A_LESION = re.compile(r"(?<=[a-z])\.\d+")


@dataclass(frozen=True, slots=True)
class Shown:
    """A message: the name of what it shows, the question it asks, the urgency at its head.

    `does` is what its buttons do.
    """

    name: str
    message: Message
    asks: str = ""
    head: tuple[str, ...] = ()
    does: tuple[str, ...] = ()


Turn = tuple[Shown, ...]


class Chat:
    """A chat with the service itself, and every turn that was shown in it."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self._store = SqliteStore(folder / "cordcall.db", durability="OFF")
        self._engine = Engine(FlowMachine(FLOW), "stepwise", NOON.tzinfo)
        setting = Setting(self._engine, CALL, 30)
        self._service = Service(self._store, setting, self.clock, touch=True)
        self._token: str | None = None
        self._buttons: list[Button] = []
        self._does = ""
        self.turns: list[Turn] = []

    def close(self) -> None:
        self._store.close()

    @property
    def case(self) -> StoredCase:
        case = self._store.cases.active(CHAT)
        assert case is not None, f"after {self._does}: no case is at work"
        return case

    @property
    def asked(self) -> str:
        """Return the key of the question that the case is at."""
        return self._engine.stand(self.case, self.clock.now).asked

    @property
    def settled(self) -> bool:
        return self._engine.stand(self.case, self.clock.now).settled

    def says(self, line: str) -> None:
        """Type a line or a command."""
        name, _, rest = line.removeprefix("/").partition(" ")
        self._take(Command(name, rest) if line.startswith("/") else Text(line), line)

    def taps(self, does: str, value: str | None = None) -> bool:
        """Tap the newest button that does this; return whether there is one."""
        places = [
            place
            for place, button in enumerate(self._buttons)
            if button.does == does and value in (None, button.value)
        ]
        if not places or self._token is None:
            return False
        self._take(Tap(self._token, places[0]), does)
        return True

    def answers(self, question: Question, key: str, value: Value) -> None:
        """Answer by taps, or by typing what no button offers."""
        if isinstance(value, list) and value:
            for tick in value:
                self.taps(f"tick {key}", tick)
            self.taps(f"done {key}")
            return
        keyed = "none" if value == [] else _keyed(value)
        if f"answer {key}" not in self.offers:
            self.taps("continue")
        if not self.taps(f"answer {key}", keyed):
            self.says(typed(question, value))
            if key in (each.does.partition(" ")[2] for each in self._buttons):
                self.taps(f"answer {key}")

    def rings(self) -> None:
        """Let every reminder ring that is due within a day."""
        reminding = Reminding(self._service)
        for _ in range(8):
            due = reminding.next_due()
            if due is None or (due - self.clock.now).days >= 1:
                return
            self.clock.now = max(self.clock.now, due)
            with self._store.turn():
                reminder = reminding.claim()
                if reminder and reminding.remind(reminder):
                    self._does = f"reminder {reminder.kind}"
            self._show()

    @property
    def offers(self) -> list[str]:
        """Return what the newest buttons do."""
        return [button.does for button in self._buttons]

    def _take(self, act: Command | Text | Tap, does: str) -> None:
        self.clock.pass_by(seconds=SECONDS_BETWEEN_TAPS)
        self._does = does
        self._service.take(Incoming(CHAT, WHO, act, query="q"))
        self._show()

    def _show(self) -> None:
        rows = self._store.outbox.queued(CHAT)
        with self._store.turn():
            self._store.outbox.sent(row.id for row in rows)
        shown: list[Shown] = []
        for row in rows:
            screens = [load(each) for each in row.screens]
            if buttons := [button for each in screens for line in each.rows for button in line]:
                self._token, self._buttons = row.token, buttons
            shown += (self._named(each, screens) for each in draw_messages(screens, row.token))
        self.turns.append(tuple(shown))

    def _named(self, message: Message, screens: Iterable[Screen]) -> Shown:
        drawn = [screen for screen in screens if draw_html(screen) in message.html]
        asking = next((screen for screen in drawn if screen.kind == "question"), None)
        key = _key_of(asking) if asking else ""
        question = FLOW.question(key)
        return Shown(
            self._name(message, drawn, question),
            message,
            question.id if question and not message.alert else "",
            next((fixed_parts(screen.head) for screen in drawn if screen.head), ()),
            tuple(button.does for screen in drawn for row in screen.rows for button in row),
        )

    def _name(self, message: Message, drawn: list[Screen], question: Question | None) -> str:
        did = OF_A_LESION.sub("", self._does)
        if message.alert:
            return f"alert after {did}"
        if question is None:
            command = f"/{did.removeprefix('/')}"
            is_one = command[1:].partition(" ")[0] in COMMANDS
            return command if is_one else f"{did} ({drawn[-1].kind if drawn else 'cut'})"
        if self._does.startswith("/edit"):
            return question.id + AGAIN
        return question.id + (UNDER_LINE if self.settled else "")


def fixed_parts(head: Line) -> tuple[str, ...]:
    """Return the parts of an urgency line that every phone shows in the same words."""
    return tuple(part.text.strip() for part in head if part.unix is None)


def _key_of(screen: Screen) -> str:
    buttons = [button for row in screen.rows for button in row]
    return next((b.does.partition(" ")[2] for b in buttons if b.does.startswith(ANSWERS)), "")


def _keyed(value: Value) -> str:
    if isinstance(value, list | bool | str):
        return option_key(value) if not isinstance(value, list) else ""
    return f"{value:g}"
