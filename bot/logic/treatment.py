"""Definitive treatment: the pathway, from the reasons for and against surgery. Source ART, R14."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.logic.case import known
from bot.logic.findings import Findings
from bot.logic.fired_rule import Fired, fire
from bot.logic.sins import UNSTABLE_FROM
from bot.logic.surgery import contraindications, indications, lost_movement_for_long
from bot.logic.urgency import no_symptom, threatened

DISPUTED_SENSITIVE: Final = ("breast", "prostate")
AFTER_RADIOTHERAPY: Final = ("T-I2", "T-I3")

AWAIT_MRI: Final = "await_mri"
CLARIFY_DIAGNOSIS: Final = "clarify_diagnosis"
NO_LOCAL_TREATMENT: Final = "no_local_treatment"
MDT_DECISION: Final = "mdt_decision"
SURGERY: Final = "surgery_then_radiotherapy"
GRADE_LESIONS: Final = "grade_lesions"
RADIOTHERAPY_SUPPORTIVE: Final = "radiotherapy_supportive"
RADIOTHERAPY: Final = "radiotherapy"


@dataclass(frozen=True, slots=True)
class Treatment:
    """The pathway, the reasons for and against surgery, and what is still to be asked."""

    pathway: str
    indications: tuple[str, ...]
    contraindications: tuple[str, ...]
    ask: tuple[str, ...]


def choose(found: Findings) -> Treatment:
    """Work out both columns and the pathway; a person decides."""
    for_, against = indications(found), contraindications(found)
    pathway = _pathway(found, for_, against)
    return Treatment(pathway, for_, against, tuple(_to_ask(found, pathway)))


def explain(found: Findings, treatment: Treatment) -> Fired:
    """Fire the pathway, with the notes that apply."""
    case = found.case
    if treatment.pathway == AWAIT_MRI:
        without_mri = case.mri == "not_possible"
        scan = "not_possible" if without_mri else "text"
        scan = "after_ct" if found.ct_shows_nothing else scan
        nothing_awaited = no_symptom(found) and not case.mri_done
        notes = {
            "unread": case.lesions is None and case.mri_done,
            "ct_unread": case.lesions is None and without_mri,
            "no_symptom": nothing_awaited,
        }
        return fire(AWAIT_MRI, None, scan, **notes)
    if treatment.pathway == CLARIFY_DIAGNOSIS:
        first = "no_lesion" if found.no_lesion_seen else "text"
        failing = found.deficit or found.cord_signs_unknown
        notes = {
            "deficit": failing and not found.no_lesion_seen,
            "deficit_no_lesion": failing and found.no_lesion_seen,
            "infection": found.infection_open,
            "unexplained": found.unexplained and not found.pain_alone_unexplained,
            "unexplained_pain": found.pain_alone_unexplained,
        }
        return fire(CLARIFY_DIAGNOSIS, None, first, **notes)
    return fire(
        treatment.pathway,
        disputed=found.high_grade and case.primary in DISPUTED_SENSITIVE,
        escc_unknown=found.cord_sign and found.some_escc_unknown,
    )


def _pathway(found: Findings, for_: tuple[str, ...], against: tuple[str, ...]) -> str:
    case = found.case
    if not found.read and not _settled_by_ct(found):
        return AWAIT_MRI
    if not found.cancer_known or found.infection_open or found.unexplained:
        return CLARIFY_DIAGNOSIS
    if not case.lesions:
        return NO_LOCAL_TREATMENT
    if for_:
        return MDT_DECISION if _undecided(found, for_, against) else SURGERY
    if found.cord_sign and found.some_escc_unknown:
        return MDT_DECISION
    if found.high_grade and case.primary in DISPUTED_SENSITIVE:
        return MDT_DECISION
    if _nothing_hurts(found):
        return NO_LOCAL_TREATMENT
    if found.worst_escc is None:
        return GRADE_LESIONS
    if "T-C1" in against or "T-C2" in against:
        return RADIOTHERAPY_SUPPORTIVE
    return RADIOTHERAPY


def _settled_by_ct(found: Findings) -> bool:
    """MRI impossible, a lesion entered, the cord examined and nothing at risk."""
    case = found.case
    return (
        case.mri == "not_possible"
        and bool(case.lesions)
        and not found.cord_signs_unknown
        and not threatened(found)
    )


def _undecided(found: Findings, for_: tuple[str, ...], against: tuple[str, ...]) -> bool:
    """Return whether there is an indication that a meeting must weigh."""
    case = found.case
    how_long_unknown = case.asia in ("A", "B") and not known(case.paralysis_hours)
    grade_unknown = lost_movement_for_long(found) and not known(case.asia)
    only_after_radiotherapy = all(reason in AFTER_RADIOTHERAPY for reason in for_)
    return (
        bool(against)
        or not known(case.life_expectancy)
        or not known(case.ecog)
        or found.worst_escc is None
        or how_long_unknown
        or grade_unknown
        or (only_after_radiotherapy and not found.high_grade)
    )


def _nothing_hurts(found: Findings) -> bool:
    case = found.case
    return (
        found.clean
        and not found.deficit
        and all(lesion.pain == "none" for lesion in case.lesions or ())
        and case.back_pain is False
        and case.radicular_pain == "none"
    )


def _to_ask(found: Findings, pathway: str) -> Iterator[str]:
    case = found.case
    if pathway == AWAIT_MRI:
        unread = case.lesions is None and case.mri in ("done", "not_possible")
        yield "lesions" if unread else "mri"
        return
    fields = ["cancer", "primary", "radicular_deficit", "cord_signs", "infection_signs", "asia"]
    if case.asia in ("A", "B"):
        fields.append("paralysis_hours")
    fields += ["progression_after_rt", "deterioration_during_rt", "life_expectancy", "ecog"]
    yield from (field for field in fields if not known(getattr(case, field)))
    if found.some_escc_unknown:
        yield "escc"
    if any(score.low < UNSTABLE_FROM <= score.high for score in found.sins):
        yield "sins"
