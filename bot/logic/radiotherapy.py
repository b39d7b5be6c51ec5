"""Radiotherapy, procedures and prognosis: the R, P and Q rules. Source ART, R14, R83, R104-R107."""

from collections.abc import Iterator
from typing import Final

from bot.logic import tokuhashi
from bot.logic.case import known
from bot.logic.decisions import Picture
from bot.logic.fired_rule import Fired, fire
from bot.logic.treatment import (
    AWAIT_MRI,
    CLARIFY_DIAGNOSIS,
    MDT_DECISION,
    NO_LOCAL_TREATMENT,
    RADIOTHERAPY,
    RADIOTHERAPY_SUPPORTIVE,
    SURGERY,
    radiosensitivity,
)

IRRADIATING: Final = (RADIOTHERAPY, RADIOTHERAPY_SUPPORTIVE, MDT_DECISION)
OPERATING: Final = (MDT_DECISION, SURGERY)
UNDECIDED: Final = (AWAIT_MRI, CLARIFY_DIAGNOSIS)
VASCULAR_PRIMARIES: Final = ("renal_cell", "thyroid")
CEMENT_ESCC: Final = ("0", "1a", "1b")
CEMENT_ESCC_SAID: Final = f"{', '.join(CEMENT_ESCC[:-1])} or {CEMENT_ESCC[-1]}"


def radiotherapy(picture: Picture) -> Iterator[Fired]:
    found, case, pathway = picture.found, picture.case, picture.treatment.pathway
    again = case.previous_rt == "same_level"
    without_surgery = pathway == MDT_DECISION
    if pathway in IRRADIATING and case.life_expectancy != "ge3m":
        yield fire("R1", mdt=without_surgery, dialysis=found.dialysis, same_level=again)
        yield fire("R2", mdt=without_surgery, same_level=again)
    if pathway in (*IRRADIATING, SURGERY) and case.life_expectancy != "lt3m":
        after = pathway == SURGERY
        yield fire("R3", mdt=without_surgery, after_surgery=after, same_level=again)
    sensitivity = radiosensitivity(case.primary)
    low_grade = found.worst_escc is not None and not found.high_grade
    settled = pathway not in (*UNDECIDED, NO_LOCAL_TREATMENT)
    if low_grade and settled and (sensitivity == "resistant" or again):
        yield fire("R4")
    if found.high_grade and sensitivity == "sensitive" and pathway not in UNDECIDED:
        yield fire("R5")


def procedures(picture: Picture) -> Iterator[Fired]:
    case, treatment = picture.case, picture.treatment
    if cement_possible(picture):
        yield fire("P1", cord_signs_unknown=picture.found.cord_signs_unknown)
    operating = treatment.pathway in OPERATING
    if case.primary in VASCULAR_PRIMARIES and operating:
        yield fire("P2", dialysis=picture.found.dialysis)
    if "T-I2" in treatment.indications and operating:
        yield fire("P3")


def cement_possible(picture: Picture) -> bool:
    """Rule P1: infection excluded, no cord sign, not unstable, a painful low-grade collapse."""
    found, case = picture.found, picture.case
    return (
        case.infection_signs is False
        and not found.cord_sign
        and not found.some_unstable
        and picture.treatment.pathway not in UNDECIDED
        and any(
            lesion.collapse in ("ge50", "lt50")
            and lesion.escc in CEMENT_ESCC
            and lesion.pain != "none"
            for lesion in case.lesions or ()
        )
    )


def prognosis(picture: Picture) -> Iterator[Fired]:
    case = picture.case
    points = tokuhashi.score(case)
    burden = (case.extraspinal_bone, case.vertebral_mets, case.organ_mets)
    if points is None or not any(known(part) for part in burden):
        return
    yield fire("Q1", not_walking=case.walking == "none", dialysis=picture.found.dialysis)
