"""Why a rule fired: every rule of an assessment with its sentences, and the answers behind one."""

from collections.abc import Callable
from itertools import chain
from typing import Final

from bot.logic.assessment import Assessment, assess
from bot.logic.calls import call_coordinator
from bot.logic.case import Case, known
from bot.logic.fired import Fired
from bot.logic.treatment import explain, explain_reason
from bot.logic.urgency import explain_rule
from bot.words import say

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


def fields_behind(rule: str, result: Assessment) -> tuple[str, ...]:
    """Name the fields of the case whose answers made a rule say what it says, in their order.

    A field counts when some few answers that are enough together are not enough without it. A rule
    that always fires, or rests on nothing being shown, has none; an assumed one has its gaps.
    """
    if rule in ASSUMED_FROM:
        return tuple(field for field in ASSUMED_FROM[rule] if field in result.urgency.ask)
    case, said = result.case, say(every_rule(result)[rule])
    answered = [name for name in Case.model_fields if known(getattr(case, name))]

    def holds(dropped: list[str]) -> bool:
        less = case.model_copy(update=dict.fromkeys(dropped))
        fired = every_rule(assess(less, result.policy, result.now)).get(rule)
        return fired is not None and say(fired) == said

    def needs(field: str) -> bool:
        others = [each for each in answered if each != field]
        return not holds([*_dropped(others, [], holds), field])

    return tuple(field for field in answered if needs(field))


def _dropped(fields: list[str], before: list[str], holds: Callable[[list[str]], bool]) -> list[str]:
    """Drop as many fields as the rule can do without, half of them at a time."""
    if holds([*before, *fields]):
        return [*before, *fields]
    if len(fields) == 1:
        return before
    middle = len(fields) // 2
    return _dropped(fields[middle:], _dropped(fields[:middle], before, holds), holds)
