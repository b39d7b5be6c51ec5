"""Potassium: the levels from which it is treated and insulin is due. Source R227, R229."""

from typing import Final

from bot.logic.findings import Findings

HIGH_POTASSIUM_FROM: Final = 6.0  # mmol/L; R227
SEVERE_POTASSIUM_FROM: Final = 6.5  # mmol/L; R227


def potassium_dangerous(found: Findings) -> bool:
    """Rule G12."""
    return _from(found, HIGH_POTASSIUM_FROM)


def potassium_severe(found: Findings) -> bool:
    return _from(found, SEVERE_POTASSIUM_FROM)


def _from(found: Findings, limit: float) -> bool:
    potassium = found.case.potassium
    return isinstance(potassium, float) and potassium >= limit
