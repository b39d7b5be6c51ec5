"""Why a rule fired: every rule of an assessment with its sentences, and the answers behind one."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final

from bot.guidance.texts import say
from bot.logic.assessment import Assessment, assess
from bot.logic.calls import call_coordinator
from bot.logic.case import Case, Lesion, known
from bot.logic.fired_rule import Fired
from bot.logic.surgery import explain_reason
from bot.logic.treatment import explain
from bot.logic.urgency import explain_rule

Holds = Callable[[list[str]], bool]

ASSUMED_FROM: Final = {
    "U3?": ("cord_signs",),
    "U4?": ("radicular_deficit", "deficit_days"),
    "U7?": ("radicular_pain",),
    "U8?": ("back_pain",),
}


def every_rule(result: Assessment) -> dict[str, Fired]:
    """Give all that fired by its id: urgency, steroid, pathway and reasons, actions, checks."""
    found, treatment = result.found, result.treatment
    reasons = (*treatment.indications, *treatment.contraindications)
    coordinator = call_coordinator(found)
    fired = chain(
        (explain_rule(found, rule, result.policy) for rule in result.urgency.rules),
        (each for each in result.actions if each.id.startswith("D")),
        (explain(found, treatment),),
        (explain_reason(found, reason) for reason in reasons),
        (each for each in result.actions if not each.id.startswith("D")),
        (coordinator,) if coordinator else (),
        result.warnings,
    )
    return {each.id: each for each in fired}


def answers_behind(rule: str, result: Assessment) -> tuple[str, ...]:
    """Name the answers that made a rule say what it says: fields of the case, or "escc.2".

    An answer counts when some few answers that are enough together are not enough without it. A
    rule that always fires, or rests on nothing being shown, has none; an assumed one has its gaps.
    """
    if rule in ASSUMED_FROM:
        return tuple(field for field in ASSUMED_FROM[rule] if field in result.urgency.ask)
    said = say(every_rule(result)[rule])

    def says_so(case: Case) -> bool:
        fired = every_rule(assess(case, result.policy, result.now)).get(rule)
        return fired is not None and say(fired) == said

    return tuple(_behind(result.case, says_so))


def _behind(case: Case, says_so: Callable[[Case], bool]) -> Iterator[str]:
    answered = [name for name in Case.model_fields if known(getattr(case, name))]
    for field, spare in _needed(answered, lambda dropped: says_so(_without(case, dropped))):
        parts = _behind_lesions(_without(case, spare), says_so) if field == "lesions" else ()
        yield from parts or (field,)


def _behind_lesions(case: Case, says_so: Callable[[Case], bool]) -> tuple[str, ...]:
    """Name what is needed of each lesion; nothing where it is enough that there is one, or none."""
    needed = _needed(_parts(case), lambda dropped: says_so(_without_parts(case, dropped)))
    return tuple(part for part, _ in needed)


def _needed(answers: list[str], holds: Holds) -> Iterator[tuple[str, list[str]]]:
    """Give each answer that is needed once all that can be spared is, and what that is."""
    for answer in answers:
        spare = _dropped([each for each in answers if each != answer], [], holds)
        if not holds([*spare, answer]):
            yield answer, spare


def _dropped(answers: list[str], before: list[str], holds: Holds) -> list[str]:
    """Drop as many answers as the rule can do without, half of them at a time."""
    if holds([*before, *answers]):
        return [*before, *answers]
    if len(answers) == 1:
        return before
    middle = len(answers) // 2
    return _dropped(answers[middle:], _dropped(answers[:middle], before, holds), holds)


def _without(case: Case, dropped: list[str]) -> Case:
    return case.model_copy(update=dict.fromkeys(dropped))


def _parts(case: Case) -> list[str]:
    """Name what is known of each lesion: "level.1", "escc.1", …"""
    return [
        f"{name}.{number}"
        for number, lesion in enumerate(case.lesions or (), 1)
        for name in Lesion.model_fields
        if known(getattr(lesion, name))
    ]


def _without_parts(case: Case, dropped: list[str]) -> Case:
    lesions = tuple(
        lesion.model_copy(
            update={name: None for name in Lesion.model_fields if f"{name}.{number}" in dropped}
        )
        for number, lesion in enumerate(case.lesions or (), 1)
    )
    return case.model_copy(update={"lesions": lesions})
