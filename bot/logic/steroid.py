"""The steroid decision: the D rules, first match wins. Source ART, R07-R09, R42, R95-R101."""

from dataclasses import dataclass
from typing import Final

from bot.logic.findings import Findings
from bot.logic.urgency import no_symptom

FIRST_MG: Final = 16  # dexamethasone, at once; R07
DAILY_MG: Final = 16  # ART, R07
DOSE_EVERY_HOURS: Final = 6  # ART
DOSE_MG: Final = DAILY_MG * DOSE_EVERY_HOURS / 24
TAPER_WEEKS: Final = 2  # ART, R07
BLOOD_CANCERS: Final = ("myeloma", "lymphoma")

GIVE_NOW: Final = "give_now"
NOT_ROUTINE: Final = "not_routine"
DISCUSS_FIRST: Final = "discuss_first"
STOP: Final = "stop"


@dataclass(frozen=True, slots=True)
class Steroid:
    """A decision, the rule behind it, and the daily dexamethasone in mg where it is given."""

    decision: str
    rule: str
    daily_mg: int | None = None


def decide(found: Findings) -> Steroid:
    """Decide on dexamethasone."""
    case = found.case
    needed = found.cord_sign or case.radicular_deficit == "bilateral" or found.high_grade
    if found.clean and found.cord_sign:
        return Steroid(DISCUSS_FIRST, "D8")
    blood_cancer = found.cancer_known and case.primary in BLOOD_CANCERS
    if blood_cancer and not (needed or no_symptom(found) or found.infection_open):
        return Steroid(DISCUSS_FIRST, "D9")
    if found.clean and case.cord_signs == ():
        return Steroid(STOP, "D5")
    if not needed:
        return Steroid(NOT_ROUTINE, "D3")
    if found.infection_open:
        return Steroid(DISCUSS_FIRST, "D6")
    if found.mimic_suspected and not found.cancer_known:
        return Steroid(DISCUSS_FIRST, "D7")
    untyped = not found.cancer_known or case.primary == "unknown_primary"
    if untyped and not found.deficit:
        return Steroid(DISCUSS_FIRST, "D2")
    return Steroid(GIVE_NOW, "D1", DAILY_MG)
