"""Walks invented cases through every question of the triage flow and every view, as on a phone."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from bot.adapters.telegram.outbox.drawing import Message, draw_html, draw_messages
from bot.commands.registry import COMMANDS
from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.flows.grammar import UNKNOWN, Choice, Moment, Number, Question, Several, Value, option_key
from bot.flows.triage import FLOW
from bot.incoming import Command, Incoming, Tap, Text
from bot.screens.screen import Button, Line, Screen, load
from bot.service.reminding import Reminding
from bot.service.service import Service
from bot.turn import Setting
from state.records import StoredCase
from state.sqlite.store import SqliteStore
from tests.conftest import NOON, Clock
from tests.dialogue import typed
from tests.patients import CALL, CODE, PATIENTS

CHAT, WHO = "1001", "1001"
SECONDS_BETWEEN_TAPS = 3
SEEDS = 50
ANSWERS = ("answer", "tick", "done")
LEANS: Mapping[str, Value] = {"mri": "done", "lesions_seen": "some", "cancer": "known"}
AGAIN = ", answered before"
UNDER_LINE = ", under the urgency"
OF_A_LESION = re.compile(r"(?<=[a-z])\.\d+")
NOTES = (
    "/requested", "/called", "/called surgeon", "/given", "/newsigns", "/earlier", "/scanned",
    "/begun",
)  # fmt: skip
VIEWS = ("/edit", "/sbar", "/why", "/cancel", "/outcome", "/cases", "/settings")
OPENS = ("card", "plan", "more", "edit", "why", "called", "close", "sbar", "settings", "cases")
PAGES = ("plan", "why page", "edit page")  # of other commands with something after them, none
MOST_DEEP = 4
LOOK_UPS = (
    "/mri", "/mri foot drop 3 days", "/mri back pain", "/mri numb bum", "/drug",
    "/drug dexamethasone", "/drug prolia", "/drug gabapentin", "/drug apixaban", "/calcium",
    "/calcium 1.98 30", "/calcium 3.1 40", "/sins", "/sins T11 mechanical",
    "/sins T11 mechanical lytic normal none bilateral", "/tokuhashi", "/escc", "/escc 2", "/asia",
    "/asia C", "/ask", "/ask steroid on haemodialysis", "/ask potassium",
)  # fmt: skip


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
            next((_fixed(screen.head) for screen in drawn if screen.head), ()),
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


def _fixed(head: Line) -> tuple[str, ...]:
    """Return the parts of an urgency line that every phone shows in the same words."""
    return tuple(part.text.strip() for part in head if part.unix is None)


def _key_of(screen: Screen) -> str:
    buttons = [button for row in screen.rows for button in row]
    return next((b.does.partition(" ")[2] for b in buttons if b.does.startswith(ANSWERS)), "")


def _keyed(value: Value) -> str:
    if isinstance(value, list | bool | str):
        return option_key(value) if not isinstance(value, list) else ""
    return f"{value:g}"


def walk(folder: Path) -> list[Turn]:
    """Walk every case; every question of the flow is asked, or this fails.

    Drawn answers count if they lead to a question that was not asked before.
    """
    turns: list[Turn] = []
    asked = set[str]()
    cases = [*_patients(), *([_Drawn(seed)] for seed in range(SEEDS))]
    with patch("bot.turn.new_codes", lambda: iter([CODE])):
        for number, stages in enumerate(cases):
            room = folder / str(number)
            room.mkdir()
            shown = _one(Chat(room), stages)
            new = {each.asks for turn in shown for each in turn} - asked
            asked |= new
            if new or number < len(PATIENTS):
                turns += shown
    if never := set(FLOW.questions) - asked:
        raise AssertionError(f"never asked: {', '.join(never)}")
    return turns


def _patients() -> Iterator[Sequence[Mapping[str, Value]]]:
    for patient in PATIENTS:
        yield [stage.answers for stage in patient.stages if stage.answers]


class _Drawn(dict[str, Value]):
    """Answers drawn when they are asked for, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._random = random.Random(seed)

    def __missing__(self, key: str) -> Value:
        question = FLOW.question(key)
        assert question is not None, key
        lean = LEANS.get(question.id)
        if lean is not None and self._random.random() < 0.8:
            return lean
        unknown = question.can_be_unknown and self._random.random() < 0.1
        return UNKNOWN if unknown else self._random.choice(list(_choices(question)))


def _choices(question: Question) -> Iterator[Value]:
    match question:
        case Several(options=options):
            yield []
            yield [str(option.value) for option in options]
            yield from ([str(option.value)] for option in options)
        case Choice(options=options):
            yield from (option.value for option in options)
        case Number(picks=numbers):
            yield from numbers
        case Moment(picks=moments):
            yield from moments


def _one(chat: Chat, stages: Sequence[Mapping[str, Value]]) -> list[Turn]:
    chat.says("/triage")
    chat.says("/define")
    looked = False
    for answers in stages:
        for key, question in _asked_in(chat, answers):
            if chat.settled and not looked:
                looked = True
                _look_around(chat)
                _notes(chat)
                chat.says("/look")
            chat.answers(question, key, _answer(answers, key, question))
        chat.clock.pass_by(hours=2)
    _look_around(chat)
    for does in _answered(chat):
        chat.says(f"/{does}")
    chat.rings()
    chat.says("/card")
    _look_up(chat)
    chat.close()
    return chat.turns


def _asked_in(chat: Chat, answers: Mapping[str, Value]) -> Iterator[tuple[str, Question]]:
    """Yield each question until the answers of a stage are given, or the flow waits or ends."""
    given = set[str]()
    drawn = isinstance(answers, _Drawn)
    left = {_key(name) for name in answers}
    while drawn or left:
        key = chat.asked
        question = FLOW.question(key)
        if question is None or key in given:
            return
        yield key, question
        given.add(key)
        left.discard(key)


def _key(name: str) -> str:
    question = FLOW.questions.get(name)
    return question.key(1) if question else name


def _answer(answers: Mapping[str, Value], key: str, question: Question) -> Value:
    if isinstance(answers, _Drawn):
        return False if question.id == "another_level" and key[-1] > "1" else answers[key]
    return answers.get(key, answers.get(question.id, UNKNOWN if question.can_be_unknown else False))


def _look_around(chat: Chat) -> None:
    """Open every view of the case, every section of the plan, every list of its answers."""
    visited = set[str]()
    _open(chat, (), visited)
    for line in VIEWS:
        chat.says(line)


def _open(chat: Chat, path: tuple[str, ...], visited: set[str]) -> None:
    """Open by taps, from the case, all that can be opened and changes nothing."""
    chat.says("/card")
    for does in path:
        if not chat.taps(does):
            raise AssertionError(f"{' > '.join(path)}: no button does {does}")
        if does != "sbar" and not chat.turns[-1][-1].does:
            raise AssertionError(f"{' > '.join(path)}: {does} leads nowhere")
    offered = dict.fromkeys(does for does in chat.offers if _only_opens(does))
    new = [does for does in offered if does not in visited]
    visited.update(new)
    if len(path) < MOST_DEEP:
        for does in new:
            _open(chat, (*path, does), visited)


def _only_opens(does: str) -> bool:
    return does in OPENS or does.startswith(PAGES)


def _notes(chat: Chat) -> None:
    for line in NOTES[:4]:
        chat.says(line)


def _answered(chat: Chat) -> list[str]:
    chat.says("/edit")
    keys = {*(f"edit {each.question}" for each in chat.case.answers)}
    return [f"edit {FLOW.landmarks.suspected_at}", *sorted(keys)]


def _look_up(chat: Chat) -> None:
    for line in LOOK_UPS:
        chat.says(line)
