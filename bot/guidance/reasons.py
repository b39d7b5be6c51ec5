"""Why a rule fired: an assessment's rules with their sentences, and the answers behind one."""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Final

from bot.guidance.texts import say
from bot.logic.assessment import Assessment, assess
from bot.logic.calls import call_coordinator
from bot.logic.case import Case, Lesion, known
from bot.logic.fired_rule import Fired
from bot.logic.surgery import explain_reason
from bot.logic.treatment import explain
from bot.logic.urgency import explain_rule, explain_treatment_clock

Enough = Callable[[frozenset[str]], bool]

MOST_NAMED: Final = 12
MOST_TRIED: Final = 100  # sets of answers, after which the search stops

ASSUMED_FROM: Final = {
    "U3?": ("cord_signs",),
    "U4?": ("radicular_deficit", "deficit_days"),
    "U7?": ("radicular_pain",),
    "U8?": ("back_pain",),
    "U10?": ("back_pain", "radicular_pain", "radicular_deficit", "cord_signs"),
}


def every_rule(result: Assessment) -> dict[str, Fired]:
    """Return all that fired, by id: urgency, steroid, pathway and reasons, actions, checks."""
    return {each.id: each for each in _fired(result)}


def _fired(result: Assessment) -> Iterator[Fired]:
    found, treatment = result.found, result.treatment
    reasons = (*treatment.indications, *treatment.contraindications)
    coordinator = call_coordinator(found)
    clock = (explain_treatment_clock(found),) if result.urgency.treatment_hours else ()
    return chain(
        (explain_rule(found, rule, result.policy) for rule in result.urgency.rules),
        clock,
        (each for each in result.actions if each.id.startswith("D")),
        (explain(found, treatment),),
        (explain_reason(found, reason) for reason in reasons),
        (each for each in result.actions if not each.id.startswith("D")),
        (coordinator,) if coordinator else (),
        result.warnings,
    )


@dataclass(frozen=True, slots=True)
class Reasons:
    """The answers behind a rule that fired, and the assessment that they belong to."""

    rule: str
    result: Assessment
    answers: tuple[str, ...]

    def belong_to(self, rule: str, result: Assessment) -> bool:
        """Return whether these answers also explain a rule in another assessment of the case."""
        mine, other = self.result, result
        return (self.rule, mine.case, mine.policy) == (rule, other.case, other.policy)


class Unexplained(Exception):
    """A turn needs the reasons for a rule: `explain` finds them once its transaction has ended.

    That takes some milliseconds, during which nobody else could write to the database.
    """

    def __init__(self, rule: str, result: Assessment) -> None:
        super().__init__(rule)
        self._rule = rule
        self._result = result

    def explain(self) -> Reasons:
        """Work out the answers behind the rule."""
        return Reasons(self._rule, self._result, answers_behind(self._rule, self._result))


def answers_behind(rule: str, result: Assessment) -> tuple[str, ...]:
    """Name the answers that made a rule say what it says: fields of the case, or "escc.2".

    Each belongs to a small set of answers that is sufficient, but not without it. If
    there are more than MOST_NAMED the rest is not sought. A rule that always fires, or depends on
    nothing being shown, has none; for an assumed rule they are its gaps.
    """
    if rule in ASSUMED_FROM:
        return tuple(field for field in ASSUMED_FROM[rule] if field in result.urgency.ask)
    said = say(every_rule(result)[rule])

    def says_so(case: Case) -> bool:
        fired = _fired(assess(case, result.policy, result.now))
        return any(each.id == rule and say(each) == said for each in fired)

    return tuple(_behind(result.case, says_so))


def _behind(case: Case, says_so: Callable[[Case], bool]) -> Iterator[str]:
    answered = [name for name in Case.model_fields if known(getattr(case, name))]
    found = _needed(answered, lambda kept: says_so(_only(case, kept)))
    room = MOST_NAMED - len(found.keys() - {"lesions"})
    for field, few in found.items():
        in_lesions = field == "lesions"
        parts = [*_behind_lesions(_only(case, few), says_so, room)] if in_lesions else []
        yield from parts or [field]


def _behind_lesions(case: Case, says_so: Callable[[Case], bool], room: int) -> Iterator[str]:
    """Name what is needed of each lesion; nothing if its mere presence or absence is enough.

    A lesion that is sufficient without the others is examined alone.
    """
    enough = cache(lambda kept: says_so(_only_parts(case, kept)))
    by_lesion = list(_parts(case))
    alone = [parts for parts in by_lesion if enough(frozenset(parts))]
    rest = sorted(chain.from_iterable(parts for parts in by_lesion if parts not in alone))
    for parts in (*alone, rest) if enough(frozenset(rest)) else alone:
        found = _needed(parts, enough)
        yield from found
        room -= len(found)
        if room < 0:
            return


def _needed(answers: list[str], enough: Enough) -> Mapping[str, Collection[str]]:
    """Return each needed answer, with the small set that is sufficient only with it.

    Once such a set is found, each member in turn is replaced by others not found before, as far
    as there are any. Subsets of answers already found insufficient are not tried.
    """
    tried = cache(enough)
    too_few = list[frozenset[str]]()

    def is_enough(kept: frozenset[str]) -> bool:
        if any(kept <= each for each in too_few):
            return False
        if tried(kept):
            return True
        too_few.append(kept)
        return False

    found: dict[str, Collection[str]] = {}
    to_complete = deque([list[str]()])
    while to_complete and tried.cache_info().misses < MOST_TRIED:
        core = to_complete.popleft()
        dropped = frozenset(found.keys() - core)
        if not is_enough(frozenset(answers) - dropped):
            continue
        others = [each for each in answers if each not in core]
        few = _without_spare([*core, *_few(others, core, dropped, is_enough)], is_enough)
        found = dict.fromkeys(few, few) | found
        to_complete.extend([other for other in few if other != each] for each in few)
    return {each: found[each] for each in answers if each in found}


def _few(answers: list[str], kept: list[str], dropped: frozenset[str], enough: Enough) -> list[str]:
    """Return a small set of answers, none dropped, sufficient together with those kept.

    Together with those kept, all that are not dropped must be sufficient. Each answer ends the
    shortest sufficient beginning of the answers, found by halving.
    """
    few = list[str]()
    while not enough(frozenset([*kept, *few]) - dropped):
        short, long = 0, len(answers)
        while long - short > 1:
            middle = (short + long) // 2
            if enough(frozenset([*kept, *few, *answers[:middle]]) - dropped):
                long = middle
            else:
                short = middle
        answers, last = answers[:short], answers[short]
        few.append(last)
    return few


def _without_spare(few: list[str], enough: Enough) -> list[str]:
    """Remove, one at a time, answers that the others do not need."""
    for each in few:
        others = [other for other in few if other != each]
        if enough(frozenset(others)):
            return _without_spare(others, enough)
    return few


def _only(case: Case, kept: Collection[str]) -> Case:
    """Keep only some fields of a case."""
    return case.model_copy(update={name: None for name in Case.model_fields if name not in kept})


def _parts(case: Case) -> Iterator[list[str]]:
    """Name what is known of each lesion: "level.1", "escc.1", …"""
    for number, lesion in enumerate(case.lesions or (), 1):
        names = (name for name in Lesion.model_fields if known(getattr(lesion, name)))
        yield [f"{name}.{number}" for name in names]


def _only_parts(case: Case, kept: Collection[str]) -> Case:
    """Keep only some parts of a case's lesions."""
    lesions = case.lesions or ()
    known_of: list[dict[str, object]] = [{} for _ in lesions]
    for part in kept:
        name, _, number = part.partition(".")
        at = int(number) - 1
        known_of[at][name] = getattr(lesions[at], name)
    reduced = tuple(Lesion().model_copy(update=each) for each in known_of)
    return case.model_copy(update={"lesions": reduced})
