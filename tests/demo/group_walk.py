"""Plays cases of a group among three people, and keeps what Telegram shows each of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from bot.adapters.telegram.outbox.drawing import Message, draw_html, draw_messages
from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.flows.triage import FLOW
from bot.installation import Setting
from bot.screens.asking import REPLIES
from bot.screens.screen import Button, Screen
from bot.service.reminding import Reminding
from bot.service.service import Service
from state.records import Queued
from state.sqlite.store import SqliteStore
from tests.conftest import NOON, Clock
from tests.patients import CALL
from tests.service.in_group import ANN, BOB, CAT, GROUP, in_a_group, labels, screens

from .chat import ANSWERS, Shown, Turn, fixed_parts

TYPED: Final = (
    "/oncall surgeon me 22:00", "/oncall", "/group", "/group closes", "/group asks", "/group call",
    "/group repeat", "/group quiet", "/group zone", "/board", "/help", "/enrol",
)  # fmt: skip
NOTED: Final = ("MRI requested", "Steroid given", "New signs", "Called")
CODE: Final = re.compile(r"\b[A-Z]{3}-\d\d\b")
IN_GROUP: Final = "group: "
IN_PRIVATE: Final = "of a group: "
NO: Final = "No"
GROUP_CARD: Final = f"{IN_GROUP}card"


def group_walk(folder: Path) -> list[Turn]:
    """Play a whole emergency of a group, from its beginning to its hand-over and its end."""
    folder.mkdir()
    played = _Played(folder)
    code = played.begins()
    played.settles(code)
    played.hands_over(code)
    played.ends(code)
    played.close()
    return played.turns


class _Played:
    """Ann, Bob and Cat in an enrolled group whose every question is answered there."""

    def __init__(self, folder: Path) -> None:
        self._clock = Clock()
        self._store = SqliteStore(folder / "cordcall.db", durability="OFF")
        setting = Setting(Engine(FlowMachine(FLOW), "stepwise", NOON.tzinfo), CALL, 30)
        self._team = in_a_group(Service(self._store, setting, self._clock))
        self.turns: list[Turn] = []

    def close(self) -> None:
        self._store.close()

    def begins(self) -> str:
        """Open a case, call the roles on call, and let the alarm be answered by two."""
        for line in TYPED:
            self._says(ANN, line, GROUP)
        self._says(ANN, "/triage", GROUP)
        code = self._team.case().code
        for label in ("Limb weakness", "Sensory level", "Done"):
            self._taps(ANN, label)
        self._says(BOB, f"/seen {code}", GROUP)
        self._rings()
        self._says(CAT, f"/coming {code}", GROUP)
        return code

    def settles(self, code: str) -> None:
        """Note what is done, answer in private, and send a question to a colleague."""
        for label in NOTED:
            self._taps(ANN, label)
        self._says(ANN, "/group asks all", GROUP)
        self._says(ANN, f"/open {code}")
        self._says(ANN, "/card")
        self._says(ANN, "/sendto")
        self._says(ANN, "/sendto which")
        self._says(ANN, "/sendto bob")
        self._says(ANN, "/differs")
        self._says(ANN, "/differs steroid")
        self._says(ANN, "/differs steroid contraindication")
        self._says(ANN, "/more")
        self._taps(BOB, "None of these", BOB)
        self._taps(CAT, "Still there")
        self._answers(code)
        self._says(BOB, "/board", GROUP)
        self._says(ANN, "/board")

    def hands_over(self, code: str) -> None:
        """Offer the case and another, remind both, and read it back with a wrong tap each time."""
        self._says(ANN, "/triage", GROUP)
        self._says(ANN, "/handover")
        self._says(ANN, f"/handover {code}")
        self._taps(ANN, "Bob Bach", ANN)
        self._says(BOB, "/handover")
        self._rings(hours=1)
        self._says(BOB, "/handover")
        self._taps(BOB, "Read back: Ann Abel", BOB)
        while self._reads_back():
            pass
        self._taps(BOB, f"Accept {code}", BOB)

    def ends(self, code: str) -> None:
        """Let every reminder of the case ring, then close it."""
        self._says(BOB, f"/resume {code}")
        self._rings(hours=30)
        self._says(BOB, "/outcome")
        self._says(BOB, "/close transferred")
        self._says(CAT, f"/have {code}", GROUP)

    def _answers(self, code: str) -> None:
        """Answer in the group whatever can be tapped there: No, or else the first option."""
        while row := self._card_of(code):
            answers = [each for each in _buttons(row) if each.does.startswith(ANSWERS)]
            if not answers:
                return
            said = next((each for each in answers if each.label == NO), answers[0])
            self._taps(CAT, said.label)
            if said.does.startswith("tick"):
                self._taps(CAT, "Done")

    def _card_of(self, code: str) -> Queued | None:
        rows = [each for each in self._store.outbox.queued(GROUP) if each.token]
        return next((each for each in reversed(rows) if each.code == code), None)

    def _reads_back(self) -> bool:
        """Tap every option of what is read back; return whether there was one."""
        row = self._team.newest(BOB)
        options = [each.label for each in _buttons(row) if each.does.startswith("handover back")]
        for label in options:
            self._keep(self._team.taps(BOB, row, label), "read back")
        return bool(options)

    def _says(self, who: str, line: str, chat: str = "") -> None:
        self._keep(self._team.types(who, line, chat=chat), line)

    def _taps(self, who: str, label: str, chat: str = GROUP) -> None:
        row = self._team.newest(chat)
        if label in labels(row):
            self._keep(self._team.taps(who, row, label), label)

    def _rings(self, hours: float = 0.5) -> None:
        """Let everything ring that is due within so many hours."""
        reminding = Reminding(self._team.service)
        until = self._clock.now.timestamp() + hours * 3600
        while (due := reminding.next_due()) and due.timestamp() <= until:
            self._clock.now = max(self._clock.now, due)
            before = {each.id for each in self._team.all_rows()}
            with self._store.turn():
                reminder = reminding.claim()
                if reminder:
                    reminding.remind(reminder)
            self._keep([row for row in self._team.all_rows() if row.id not in before], "ringing")

    def _keep(self, rows: Sequence[Queued], did: str) -> None:
        """Keep what each chat shows; a turn is of one chat."""
        self._clock.pass_by(seconds=3)
        for row in rows:
            drawn = screens(row)
            shown = tuple(
                _named(message, drawn, row, did)
                for message in draw_messages(drawn, row.token)
                if message.html  # a board is drawn when it is sent
            )
            self.turns += [shown] if shown else []


def _named(message: Message, drawn: Iterable[Screen], row: Queued, did: str) -> Shown:
    """Name a message by where it is and what was done, a card and an alarm by that alone."""
    kept = [each for each in drawn if draw_html(each) in message.html]
    buttons = [*chain.from_iterable(chain(*each.rows) for each in kept)]
    asks = (*ANSWERS, *REPLIES.values())
    asked = next((b.does.partition(" ")[2] for b in buttons if b.does.startswith(asks)), "")
    question = FLOW.question(asked)
    kind = "alarm" if message.alert else kept[-1].kind if kept else "cut"
    alone = row.chat == GROUP and kind in ("card", "alarm")
    return Shown(
        f"{IN_GROUP}{kind}" if alone else f"{_where(row)}{_of(did)}{', alert' * message.alert}",
        message,
        question.id if question else "",
        next((fixed_parts(each.head) for each in kept if each.head), ()),
        tuple(each.does for each in buttons),
    )


def _where(row: Queued) -> str:
    return IN_GROUP if row.chat == GROUP else IN_PRIVATE


def _of(did: str) -> str:
    """Name what was done, without the code of the case."""
    return CODE.sub("CODE", did)


def _buttons(row: Queued) -> list[Button]:
    return [each for screen in screens(row) for line in screen.rows for each in line]
