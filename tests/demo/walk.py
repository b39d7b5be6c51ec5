"""Walks invented cases through every question of the triage flow and every view, as on a phone."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from unittest.mock import patch

from bot.flows.grammar import UNKNOWN, Choice, Moment, Number, Question, Several, Value
from bot.flows.triage import FLOW
from tests.patients import CODE, PATIENTS

from .chat import Chat, Turn

SEEDS = 50
LEANS: Mapping[str, Value] = {"mri": "done", "lesions_seen": "some", "cancer": "known"}
NOTES = ("/requested", "/called", "/called surgeon", "/given")
ODD_ENDS = (
    "/requested", "/undo", "/given", "/undo", "/called surgeon", "/more", "gait and bladder",
    "no such sign", "fever, K 6.4, on apixaban, back pain zxqv", "/line change", "/line cancel",
    "5", "/newsigns", "/earlier", "/earlier 2 h ago", "/scanned", "/begun",
    "/no_such_command", "/resume KES-42", "/back", "/settings zone Asia/Tokyo", "/look", "/card",
    "/plan", "/undo", "/close treated",
)  # fmt: skip
IN_ONE_LINE = (
    "/triage 67M known prostate mets, left leg weak 2/7, numb bum, foot drop yesterday, no fever, "
    "HD MWF via line for 6 years, anuric, apixaban, aspirin, K 6.6, Ca 3.1, albumin 28, ECOG 2 zx",
    "/line change", "/line", "/line use", "/edit",
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
    "/asia C", "/ask", "/ask steroid on haemodialysis", "/ask potassium", "/privacy", "/takeover",
)  # fmt: skip


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
        room = folder / "odd-ends"
        room.mkdir()
        turns += _odd_ends(Chat(room))
        room = folder / "in-one-line"
        room.mkdir()
        turns += _in_one_line(Chat(room))
    if never := set(FLOW.questions) - asked:
        raise AssertionError(f"never asked: {', '.join(never)}")
    return turns


def _odd_ends(chat: Chat) -> list[Turn]:
    """Do what a case seldom needs: take back, none over ticks, typed lines, another zone."""
    chat.says("/triage")
    key = chat.asked
    for tick in ("weakness", "sensory_level"):
        chat.taps(f"tick {key}", tick)
    chat.taps(f"answer {key}", "none")
    for line in ODD_ENDS:
        chat.says(line)
    chat.close()
    return chat.turns


def _in_one_line(chat: Chat) -> list[Turn]:
    """Begin a case with a long line, look at what was read, and use it."""
    for line in IN_ONE_LINE:
        chat.says(line)
    chat.close()
    return chat.turns


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
    for line in NOTES:
        chat.says(line)


def _answered(chat: Chat) -> list[str]:
    chat.says("/edit")
    keys = {*(f"edit {each.question}" for each in chat.case.answers)}
    return [f"edit {FLOW.landmarks.suspected_at}", *sorted(keys)]


def _look_up(chat: Chat) -> None:
    for line in LOOK_UPS:
        chat.says(line)
