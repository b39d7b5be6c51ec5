"""What to do first: the rules whose lines stand on the card, at most five, most pressing first."""

from typing import Final

from bot.logic.assessment import Assessment
from bot.logic.fired_rule import Fired

MOST_STEPS: Final = 5
ORDER: Final = (
    "W1", "G12", "D1", "D2", "D3", "D5", "D6", "D7", "D8", "D9", "C1", "N2", "M1", "I3", "N1",
    "C2", "G4", "M2", "M7", "M3", "C4", "C3", "M6", "C5",
)  # fmt: skip


def first_steps(result: Assessment) -> tuple[Fired, ...]:
    """Choose the first steps; the steroid decision is always among them."""
    fired = {each.id: each for each in (*result.warnings, *result.actions)}
    if result.case.mri != "not_possible":
        fired.pop("I3", None)
    if "C1" in fired:
        fired.pop("C2", None)
    return tuple(fired[rule] for rule in ORDER if rule in fired)[:MOST_STEPS]
