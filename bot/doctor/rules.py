"""Checks of the clinical rules."""

from datetime import timedelta
from typing import Final

from bot.doctor.facts import Facts
from bot.doctor.finding import Finding, ok, warn
from bot.logic.assessment import REVIEWED_UNTIL

SOON: Final = timedelta(days=30)


def rules(facts: Facts) -> Finding:
    """Look until when the rules count as reviewed."""
    said = f"count as reviewed until {REVIEWED_UNTIL.isoformat()}"
    left = REVIEWED_UNTIL - facts.now.date()
    if left < SOON:
        return warn(said, "install a newer release")
    return ok(said)
