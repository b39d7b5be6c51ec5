"""What a screen is drawn from: one case as it is, and where it is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import wraps
from typing import Any, Final, TypeVar

from bot.conversation.standing import Standing
from bot.flows.grammar import UNKNOWN, Choice, Flow, Moment, Number, Question, Several, Value
from bot.flows.wording import words_of
from bot.guidance.spoken_times import say_moment
from bot.logic.assessment import Assessment
from bot.logic.case import Lesion, known
from bot.logic.sins import Sins
from bot.screens.team import name_of
from state.groups import Colleague
from state.records import Answer, StoredCase

T = TypeVar("T")

PROPER_NAMES: Final = ("Lhermitte",)
UNNAMED: Final = "?"  # the initials of somebody who has left the group


@dataclass(frozen=True, slots=True)
class View:
    """One case as of `now`, read in `zone`; `call` is the local coordinator or empty.

    `role` and `reader_zone` are the reader's choices, None if not chosen. With `touch` it is read
    where buttons are tapped; `late` if what it answers has waited for long. `colleagues` are those
    of its group, by their ids; None for a case of one person. `said` is for `said_once`.
    """

    case: StoredCase
    standing: Standing
    flow: Flow
    now: datetime
    zone: tzinfo
    call: str
    role: str | None = None
    reader_zone: tzinfo | None = None
    touch: bool = False
    late: bool = False
    colleagues: Mapping[str, Colleague] | None = None
    said: dict[object, Any] = field(init=False, repr=False, compare=False, default_factory=dict)

    @property
    def result(self) -> Assessment:
        return self.standing.assessment

    @property
    def zone_now(self) -> str:
        """Name the hospital's zone as its clocks show it now: "GMT"."""
        return self.now.astimezone(self.zone).tzname() or str(self.zone)

    def by(self, who: str) -> str:
        """Return the initials of who did something in a case of a group; "" in another case."""
        if self.colleagues is None:
            return ""
        return self.colleagues[who].initials if who in self.colleagues else UNNAMED

    def name(self, who: str) -> str:
        """Return the name of somebody in a case of a group."""
        return name_of((self.colleagues or {}).get(who))

    def label(self, key: str) -> str:
        """Name the answer of a key, with the number of its lesion."""
        question = self.flow.question(key)
        if question is None:
            return key
        label = words_of(self.flow, question.id).label
        return f"{label} (lesion {key.rpartition('.')[2]})" if question.repeated else label

    def short_label(self, key: str) -> str:
        """Name the answer of a key on a button, with the number of its lesion: "Pain (2)"."""
        question = self.flow.question(key)
        label = words_of(self.flow, question.id).label if question else key
        return f"{label} ({key.rpartition('.')[2]})" if question and question.repeated else label

    def newest(self, key: str) -> Answer | None:
        """Return the newest answer to a question, with who gave it."""
        return next((each for each in reversed(self.case.given) if each.question == key), None)

    def latest(self, key: str) -> str:
        """Say the newest answer to a question; empty when there is none."""
        question, given = self.flow.question(key), self.newest(key)
        return self.answer(question, given.value) if question and given else ""

    @property
    def patient(self) -> str:
        """Describe a case by its cord signs and its primary, to distinguish it from others."""
        signs, primary = self.latest("cord_signs"), self.latest("primary")
        said = "; ".join(each for each in (signs and f"cord signs: {signs}", primary) if each)
        return said or "nothing answered"

    def ticked(self, question_id: str) -> str:
        """Name what is ticked of a question with several ticks."""
        question = self.flow.questions[question_id]
        return self.answer(question, self.case.latest[question_id])

    def answer(self, question: Question, value: Value) -> str:
        """Say a stored answer in its question's words; the option may since have been removed."""
        words = words_of(self.flow, question.id)
        if value == UNKNOWN:
            return words.unknown_in_full
        if not question.accepts(value):
            said = ", ".join(value) if isinstance(value, list) else str(value)
            return f"{said} (no longer offered)"
        match question:
            case Several(options=options) if isinstance(value, list):
                ticked = [words.in_full(each.key) for each in options if each.value in value]
                return ", ".join(ticked) or "None of these"
            case Choice(options=options):
                return next(words.in_full(o.key) for o in options if o.value == value)
            case Number() if isinstance(value, int | float):
                return question.said(value)
            case Moment():
                return say_moment(datetime.fromisoformat(str(value)), self.zone)
        raise AssertionError(f"{question.id}: no way to say a {type(question).__name__}")


def said_once(say: Callable[[View], T]) -> Callable[[View], T]:
    """Say something of a view when it is first asked for, and keep it: a view does not change."""

    @wraps(say)
    def once(view: View) -> T:
        if say not in view.said:
            view.said[say] = say(view)
        kept: T = view.said[say]
        return kept

    return once


def in_a_sentence(label: str) -> str:
    """Start a label with a lower-case letter, unless it is a name or an abbreviation."""
    if label in PROPER_NAMES or not label[1:2].islower():
        return label
    return label[:1].lower() + label[1:]


def say_level(lesion: Lesion) -> str:
    return str(lesion.level) if known(lesion.level) else "Level not known"


def say_category(score: Sins) -> str:
    """Say the band of a SINS, or that it is open while items are missing."""
    return (score.category or "band open").replace("_", " ")
