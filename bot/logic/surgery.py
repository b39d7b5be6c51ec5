"""The reasons for and against surgery: the T-I and T-C rules. Source ART, R14, R16, R83."""

from collections.abc import Iterator
from typing import Final

from bot.logic import escc
from bot.logic.case import known
from bot.logic.findings import Findings
from bot.logic.fired_rule import Fired, fire

SENSITIVE: Final = ("breast", "prostate", "lymphoma", "myeloma", "seminoma")
RESISTANT: Final = (
    "renal_cell", "melanoma", "sarcoma", "osteosarcoma", "thyroid", "colon", "rectum", "liver",
)  # fmt: skip
BLOOD_CANCERS: Final = ("myeloma", "lymphoma")
HIGH_ECOG: Final = (3, 4)  # ART
HIGH_ECOG_SAID: Final = " or ".join(map(str, HIGH_ECOG))
NOT_LOCAL_FROM_LEVELS: Final = 2  # levels with high-grade compression; ART, R16
PARALYSIS_LIMIT_HOURS: Final = 24.0  # ART
TRIAL_PARALYSIS_LIMIT_HOURS: Final = 48.0  # R16


def radiosensitivity(primary: str | None) -> str | None:
    """Classify a primary as sensitive, resistant or intermediate; None if it is not known."""
    if not known(primary):
        return None
    if primary in SENSITIVE:
        return "sensitive"
    return "resistant" if primary in RESISTANT else "intermediate"


def indications(found: Findings) -> tuple[str, ...]:
    """Name every indication for surgery."""
    return tuple(_speaks_for(found))


def contraindications(found: Findings) -> tuple[str, ...]:
    """Name every reason against surgery."""
    return tuple(_speaks_against(found))


def explain_reason(found: Findings, reason: str) -> Fired:
    """Say one reason for or against surgery, with its figures."""
    hours = found.case.paralysis_hours
    if reason != "T-C2" or not isinstance(hours, float):
        return fire(reason)
    return fire(reason, {"hours": f"{hours:g}"}, to_48=hours <= TRIAL_PARALYSIS_LIMIT_HOURS)


def paralysed_too_long(found: Findings) -> bool:
    """Rule T-C2: ASIA A or B, all movement lost for longer than the limit."""
    return found.case.asia in ("A", "B") and lost_movement_for_long(found)


def lost_movement_for_long(found: Findings) -> bool:
    hours = found.case.paralysis_hours
    return isinstance(hours, float) and hours > PARALYSIS_LIMIT_HOURS


def _speaks_for(found: Findings) -> Iterator[str]:
    sensitivity = radiosensitivity(found.case.primary)
    if found.some_unstable:
        yield "T-I1"
    if found.case.progression_after_rt is True and not found.clean:
        yield "T-I2"
    if found.case.deterioration_during_rt is True and not found.clean:
        yield "T-I3"
    if found.high_grade and sensitivity == "resistant":
        yield "T-I4"
    if found.high_grade and sensitivity in ("intermediate", None):
        yield "T-I5"


def _speaks_against(found: Findings) -> Iterator[str]:
    case, lesions = found.case, found.case.lesions or ()
    if case.life_expectancy == "lt3m":
        yield "T-C1"
    if paralysed_too_long(found):
        yield "T-C2"
    if case.primary in BLOOD_CANCERS:
        yield "T-C3"
    if case.ecog in HIGH_ECOG:
        yield "T-C4"
    if sum(lesion.escc in escc.HIGH_GRADES for lesion in lesions) >= NOT_LOCAL_FROM_LEVELS:
        yield "T-C5"
