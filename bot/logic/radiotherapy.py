"""Radiotherapy, procedures and prognosis: the R, P and Q rules. Source ART, R14, R83, R104-R107."""

from collections.abc import Iterator
from typing import Final

from bot.logic import tokuhashi
from bot.logic.case import known
from bot.logic.decisions import Decisions
from bot.logic.fired_rule import Fired, fire
from bot.logic.surgery import radiosensitivity
from bot.logic.treatment import (
    AWAIT_MRI,
    CLARIFY_DIAGNOSIS,
    MDT_DECISION,
    NO_LOCAL_TREATMENT,
    RADIOTHERAPY,
    RADIOTHERAPY_SUPPORTIVE,
    SURGERY,
)

IRRADIATING: Final = (RADIOTHERAPY, RADIOTHERAPY_SUPPORTIVE, MDT_DECISION)
OPERATING: Final = (MDT_DECISION, SURGERY)
UNDECIDED: Final = (AWAIT_MRI, CLARIFY_DIAGNOSIS)
VASCULAR_PRIMARIES: Final = ("renal_cell", "thyroid")
CEMENT_ESCC: Final = ("0", "1a", "1b")
CEMENT_ESCC_SAID: Final = f"{', '.join(CEMENT_ESCC[:-1])} or {CEMENT_ESCC[-1]}"


def radiotherapy(decisions: Decisions) -> Iterator[Fired]:
    found, case, pathway = decisions.found, decisions.case, decisions.treatment.pathway
    again = case.previous_rt == "same_level"
    without_surgery = pathway == MDT_DECISION
    if pathway in IRRADIATING:
        yield fire(
            "R1",
            mdt=without_surgery,
            longer_life=case.life_expectancy == "ge3m",
            dialysis=found.dialysis,
            same_level=again,
        )
        yield fire("R2", mdt=without_surgery, same_level=again)
    if pathway in (*IRRADIATING, SURGERY) and case.life_expectancy != "lt3m":
        after = pathway == SURGERY
        yield fire("R3", mdt=without_surgery, after_surgery=after, same_level=again)
    if radiosurgery_possible(decisions):
        yield fire("R4", unstable=found.some_unstable)
    sensitive = radiosensitivity(case.primary) == "sensitive"
    if found.high_grade and sensitive and pathway not in UNDECIDED:
        yield fire("R5")
    if castration_due(decisions):
        yield fire("R6")


def radiosurgery_possible(decisions: Decisions) -> bool:
    """Rule R4: a resistant or irradiated tumour, clear of the cord or operated on first."""
    found, case, pathway = decisions.found, decisions.case, decisions.treatment.pathway
    reason = radiosensitivity(case.primary) == "resistant" or case.previous_rt == "same_level"
    off_the_cord = found.low_grade and not found.cord_sign and not found.bilateral_root_deficit
    settled = pathway not in (*UNDECIDED, NO_LOCAL_TREATMENT)
    return reason and settled and (off_the_cord or pathway == SURGERY)


def castration_due(decisions: Decisions) -> bool:
    """Rule R6: prostate cancer that threatens the cord."""
    found = decisions.found
    prostate = found.cancer_known and found.case.primary == "prostate"
    seen = found.read and not found.clean
    return prostate and seen and (found.cord_sign or found.high_grade)


def procedures(decisions: Decisions) -> Iterator[Fired]:
    case, operating = decisions.case, decisions.treatment.pathway in OPERATING
    if cement_possible(decisions):
        yield fire("P1")
    if case.primary in VASCULAR_PRIMARIES and operating:
        yield fire("P2", dialysis=decisions.found.dialysis)
    if case.previous_surgery is True and operating:
        yield fire("P3")


def cement_possible(decisions: Decisions) -> bool:
    """Rule P1: infection excluded, no neurology, stable, a painful low-grade collapse."""
    found, case = decisions.found, decisions.case
    examined = case.cord_signs == () and not found.cord_sign
    roots_calm = not (
        found.progressive_root_deficit or found.bilateral_root_deficit or found.bilateral_root_pain
    )
    return (
        case.infection_signs is False
        and examined
        and roots_calm
        and not found.high_grade
        and not found.some_unstable
        and decisions.treatment.pathway not in UNDECIDED
        and any(
            lesion.collapse in ("ge50", "lt50")
            and lesion.escc in CEMENT_ESCC
            and lesion.pain != "none"
            for lesion in case.lesions or ()
        )
    )


def prognosis(decisions: Decisions) -> Iterator[Fired]:
    case = decisions.case
    burden = (case.extraspinal_bone, case.vertebral_mets, case.organ_mets)
    if tokuhashi.applies(case) and any(known(part) for part in burden):
        yield fire("Q1", not_walking=case.walking == "none", dialysis=decisions.found.dialysis)
