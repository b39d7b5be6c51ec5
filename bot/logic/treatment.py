"""Definitive treatment: for and against surgery, and the pathway. Source ART, R14, R16, R83."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.logic.case import known
from bot.logic.escc import HIGH_GRADES
from bot.logic.findings import Findings
from bot.logic.fired_rule import Fired, fire
from bot.logic.steroid import BLOOD_CANCERS
from bot.logic.urgency import no_symptom

SENSITIVE: Final = ("breast", "prostate", "lymphoma", "myeloma", "seminoma")
RESISTANT: Final = (
    "renal_cell", "melanoma", "sarcoma", "osteosarcoma", "thyroid", "colon", "rectum", "liver",
)  # fmt: skip
DISPUTED_SENSITIVE: Final = ("breast", "prostate")
HIGH_ECOG: Final = (3, 4)  # ART
HIGH_ECOG_SAID: Final = " or ".join(map(str, HIGH_ECOG))
NOT_LOCAL_FROM_LEVELS: Final = 2  # levels with high-grade compression; ART, R16
PARALYSIS_LIMIT_HOURS: Final = 24.0  # ART
TRIAL_PARALYSIS_LIMIT_HOURS: Final = 48.0  # R16

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
    """The pathway, what speaks for and against surgery, and what is still to be asked."""

    pathway: str
    indications: tuple[str, ...]
    contraindications: tuple[str, ...]
    ask: tuple[str, ...]


def choose(found: Findings) -> Treatment:
    """Work out both columns and the pathway; a person decides."""
    indications = tuple(speaks_for(found))
    contraindications = tuple(speaks_against(found))
    return Treatment(
        pathway=_pathway(found, indications, contraindications),
        indications=indications,
        contraindications=contraindications,
        ask=tuple(_to_ask(found)),
    )


def radiosensitivity(primary: str | None) -> str | None:
    """Class a primary as sensitive, resistant or intermediate; None when it is not known."""
    if not known(primary):
        return None
    if primary in SENSITIVE:
        return "sensitive"
    return "resistant" if primary in RESISTANT else "intermediate"


def speaks_for(found: Findings) -> Iterator[str]:
    """Name every indication for surgery."""
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


def speaks_against(found: Findings) -> Iterator[str]:
    """Name everything that speaks against surgery."""
    case = found.case
    if case.life_expectancy == "lt3m":
        yield "T-C1"
    if paralysed_too_long(found):
        yield "T-C2"
    if case.primary in BLOOD_CANCERS:
        yield "T-C3"
    if case.ecog in HIGH_ECOG:
        yield "T-C4"
    if sum(lesion.escc in HIGH_GRADES for lesion in case.lesions or ()) >= NOT_LOCAL_FROM_LEVELS:
        yield "T-C5"


def paralysed_too_long(found: Findings) -> bool:
    hours = found.case.paralysis_hours
    return (
        found.case.asia in ("A", "B") and isinstance(hours, float) and hours > PARALYSIS_LIMIT_HOURS
    )


def explain(found: Findings, treatment: Treatment) -> Fired:
    """Say the pathway, with the notes that hold."""
    if treatment.pathway == CLARIFY_DIAGNOSIS and found.case.lesions == ():
        return Fired(CLARIFY_DIAGNOSIS, ("no_lesion", *(("unexplained",) if found.deficit else ())))
    return fire(
        treatment.pathway,
        unread=found.case.mri_done,
        no_symptom=no_symptom(found),
        deficit=found.deficit or found.cord_signs_unknown,
        infection=found.infection_suspected and found.infection_open,
        unexplained=(found.clean and found.cord_sign) or (not found.case.lesions and found.deficit),
        disputed=found.high_grade and found.case.primary in DISPUTED_SENSITIVE,
        escc_unknown=found.cord_sign and found.some_escc_unknown,
    )


def explain_reason(found: Findings, reason: str) -> Fired:
    """Say one reason for or against surgery, with its figures."""
    hours = found.case.paralysis_hours
    if reason != "T-C2" or not isinstance(hours, float):
        return fire(reason)
    return fire(reason, {"hours": f"{hours:g}"}, to_48=hours <= TRIAL_PARALYSIS_LIMIT_HOURS)


def _pathway(found: Findings, for_: tuple[str, ...], against: tuple[str, ...]) -> str:
    case = found.case
    if not case.mri_done or case.lesions is None:
        return AWAIT_MRI
    no_lesion = not case.lesions
    if (
        not found.cancer_known
        or (found.infection_suspected and found.infection_open)
        or (found.clean and found.cord_sign)
        or (no_lesion and found.deficit)
    ):
        return CLARIFY_DIAGNOSIS
    if no_lesion:
        return NO_LOCAL_TREATMENT
    if for_:
        undecided = against or not known(case.life_expectancy) or not known(case.ecog)
        return MDT_DECISION if undecided else SURGERY
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


def _nothing_hurts(found: Findings) -> bool:
    case = found.case
    return (
        found.clean
        and not found.deficit
        and all(lesion.pain == "none" for lesion in case.lesions or ())
        and case.back_pain is False
        and case.radicular_pain == "none"
    )


def _to_ask(found: Findings) -> Iterator[str]:
    case = found.case
    if not case.mri_done:
        yield "mri"
        return
    fields = ["cancer", "primary", "radicular_deficit", "cord_signs", "infection_signs", "asia"]
    if case.asia in ("A", "B"):
        fields.append("paralysis_hours")
    fields += ["progression_after_rt", "deterioration_during_rt", "life_expectancy", "ecog"]
    fields.append("lesions")
    yield from (field for field in fields if not known(getattr(case, field)))
    if found.some_escc_unknown:
        yield "escc"
