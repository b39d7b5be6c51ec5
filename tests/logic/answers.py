"""Everything that one answer says, by rule: the full sentences and the card lines."""

from collections.abc import Mapping
from typing import Any

from bot.guidance.reasons import every_rule
from bot.guidance.texts import guidance, say
from bot.logic.assessment import Assessment, assess
from bot.logic.case_input import read_case
from bot.logic.fired_rule import Fired
from bot.logic.urgency import Policy, explain_treatment_clock
from tests.conftest import NOON


def answer(case: Mapping[str, Any], policy: Policy = "stepwise") -> Assessment:
    """Assess a case given as JSON, at noon."""
    return assess(read_case(dict(case)), policy, NOON)


def rules(result: Assessment) -> dict[str, Fired]:
    """Return every rule that fired, the treatment clock included."""
    fired = every_rule(result)
    if result.treatment_due is not None:
        fired["treatment_clock"] = explain_treatment_clock(result.found)
    return fired


def said(result: Assessment) -> dict[str, str]:
    """Return what each rule says, in full and on the card."""
    texts = {}
    for rule, fired in rules(result).items():
        line = guidance()[rule].card(fired)
        texts[rule] = say(fired) + (f" | {line}" if line else "")
    return texts


def whole(result: Assessment) -> str:
    """Return everything that is said, one rule per line."""
    return "\n".join(f"{rule}: {text}" for rule, text in said(result).items())
