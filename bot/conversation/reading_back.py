"""What whoever receives a case reads back: its deadline and its next step, each among three. Pure.

The same facts of a case give the same options in the same order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import sha256
from typing import Final, Generic, TypeVar

from bot.conversation.standing import Standing
from bot.flows.grammar import Flow, Several
from bot.guidance.first_steps import CALLS, Step
from bot.guidance.spoken_times import say_moment
from bot.guidance.texts import guidance, open_figures
from bot.logic.fired_rule import Fired
from bot.logic.treatment import explain
from state.records import StoredCase

DEADLINE: Final = "deadline"
STEP: Final = "step"
READ_BACK: Final = (DEADLINE, STEP)
OPTIONS: Final = 3
SCAN: Final = "scan"
TREATMENT: Final = "treatment"
HOURS_EARLIER: Final = (24, 12, 8, 6, 3, 2, 1)
NEAR: Final = timedelta(hours=6)
HOURS_LATER: Final = (2, 3, 6, 8, 12, 24)
LETTERS: Final = 16  # of the hash that stands for what is read back
OTHER_CALLS: Final = (*CALLS, "nice_coordinator")
OTHERS: Final = (
    "W1", "D1", "D2", "D5", "D6", "C1", "C2", "C3", "C4", "M1", "M2", "M6", "G13", "await_mri",
    "no_local_treatment", "mdt_decision", "surgery_then_radiotherapy", "radiotherapy_supportive",
    "radiotherapy",
)  # fmt: skip
"""The rules whose short lines stand beside the next step where they do not apply."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Options(Generic[T]):
    """Options in the order in which they are shown; one of them is right."""

    shown: tuple[T, ...]
    right: int


def facts_of(case: StoredCase, standing: Standing) -> str:
    """Return what stands for all that is read back: it changes with any part of it."""
    asked = "" if standing.settled else standing.asked
    done = [case.newest_entry(kind) is not None for kind in ("steroid_given", "treatment_begun")]
    facts = (*standing.headline, standing.settled, asked, *done)
    return sha256(repr(_plain(facts)).encode()).hexdigest()[:LETTERS]


def _plain(fact: object) -> object:
    """Return a fact in a form that is the same in every time zone."""
    match fact:
        case datetime():
            return fact.astimezone(UTC).isoformat()
        case Fired():
            figures = sorted((name, _plain(each)) for name, each in fact.figures.items())
            return fact.id, fact.say, figures
        case tuple():
            return tuple(map(_plain, fact))
    return fact


def deadline_of(case: StoredCase, standing: Standing) -> tuple[str, datetime | None]:
    """Return what a case waits for, and by when; None if there is no deadline so far."""
    result = standing.assessment
    if standing.settled and result.due:
        return SCAN, result.due
    begun = case.newest_entry("treatment_begun")
    if standing.settled and result.treatment_due and begun is None:
        return TREATMENT, result.treatment_due
    return SCAN, None


def deadlines(
    case: StoredCase, standing: Standing, facts: str, at: datetime, zone: tzinfo
) -> Options[datetime | None]:
    """Return the deadline and two others, earliest first; each is another time on the clock.

    `at` is when the case was offered. None is "no deadline so far".
    """
    _, right = deadline_of(case, standing)
    seed = _Seed(f"{case.code} {facts} {DEADLINE}")
    found: list[datetime | None] = [right]
    said = {_clock_face(each, zone) for each in (right, *_real(standing))}
    for other in _other_deadlines(right, at, seed):
        if len(found) < OPTIONS and _clock_face(other, zone) not in said:
            found.append(other)
            said.add(_clock_face(other, zone))
    last = datetime.max.replace(tzinfo=zone)
    shown = sorted(found, key=lambda each: (each is None, each or last))
    return Options(tuple(shown), shown.index(right))


def _real(standing: Standing) -> Iterator[datetime]:
    """Yield the deadlines of a case that nobody may be asked to call wrong."""
    result = standing.assessment
    yield from (each for each in (result.due, result.treatment_due) if each)


def _clock_face(moment: datetime | None, zone: tzinfo) -> str:
    """Say a moment as a clock shows it, which is the same twice when summer time ends."""
    return say_moment(moment, zone).rpartition(" ")[0] if moment else ""


def _other_deadlines(
    right: datetime | None, at: datetime, seed: "_Seed"
) -> Iterator[datetime | None]:
    """Yield plausible wrong deadlines: some earlier, some later, some days "none so far"."""
    around = (right or at.replace(second=0, microsecond=0) + NEAR).astimezone(UTC)
    ahead = around > at
    earlier = [around - timedelta(hours=hours) for hours in HOURS_EARLIER]
    earlier = [each for each in earlier if each > at or not ahead]
    later = [around + timedelta(hours=hours) for hours in HOURS_LATER]
    before, after = seed.shuffled(earlier), seed.shuffled(later)
    first: tuple[Sequence[datetime | None], ...] = ((), before[:1], before[:2], (None,))
    yield from first[seed.below(len(first))]
    yield from after


def steps(case: StoredCase, standing: Standing, facts: str) -> Options[Step]:
    """Return the next step and two of rules that do not apply.

    The next step is empty while answers are missing: it is to go on answering.
    """
    first: Step = standing.steps[0] if standing.settled else ()
    seed = _Seed(f"{case.code} {facts} {STEP}")
    others: list[Step] = [(each,) for each in _that_do_not_apply(standing, first)]
    shown = seed.shuffled([first, *seed.shuffled(others)[: OPTIONS - 1]])
    return Options(tuple(shown), shown.index(first))


def _that_do_not_apply(standing: Standing, first: Step) -> Iterator[Fired]:
    result = standing.assessment
    fired = {each.id for each in (*result.actions, *result.warnings, *first)}
    fired |= {result.steroid.rule, explain(result.found, result.treatment).id}
    if fired.intersection(OTHER_CALLS):
        fired.update(OTHER_CALLS)
    for rule in OTHERS:
        line = guidance()[rule].sentences["card"]
        if rule not in fired and not open_figures(line):
            yield Fired(rule)


def next_sign(case: StoredCase, flow: Flow) -> str:
    """Return the first cord sign that is not ticked; "" if every one is."""
    question = flow.question(flow.landmarks.cord_signs)
    ticked = case.latest.get(flow.landmarks.cord_signs)
    having = ticked if isinstance(ticked, list) else []
    options = question.options if isinstance(question, Several) else ()
    return next((each.key for each in options if each.value not in having), "")


class _Seed:
    """Numbers that look random and are the same for the same words."""

    def __init__(self, words: str) -> None:
        self._words = words
        self._drawn = 0

    def below(self, end: int) -> int:
        """Return the next number from 0, below `end`."""
        self._drawn += 1
        drawn = sha256(f"{self._words} {self._drawn}".encode()).digest()
        return int.from_bytes(drawn[:8]) % end

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return items in an order of their own."""
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in items]
