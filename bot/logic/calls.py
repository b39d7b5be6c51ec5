"""Whom to call: the C rules. Source ART, R60, R61, CC."""

from collections.abc import Iterator
from typing import Final

from bot.logic.decisions import Decisions
from bot.logic.findings import Findings
from bot.logic.fired_rule import Fired, fire
from bot.logic.stability import surgical_opinion
from bot.logic.surgery import BLOOD_CANCERS, HIGH_ECOG

NICE_CALL_WITHIN_HOURS: Final = 24  # spinal pain alone; R60, R61


def calls(decisions: Decisions) -> Iterator[Fired]:
    found, case = decisions.found, decisions.case
    meeting = urgent_meeting(decisions)
    surgeon = surgeon_asked(decisions)
    calm = decisions.urgency.level in ("soon", "routine", "no_mri")
    if meeting:
        yield _meeting(decisions)
    if surgeon:
        yield fire("C2", unstable=found.some_unstable)
    if calm and not meeting and not surgeon and case.cancer in ("known", "suspected"):
        yield fire("C3")
    if found.kidneys_failing:
        days = ", ".join(day.capitalize() for day in _dialysis_days(found))
        yield fire("C4", {"dialysis_days": days}, dialysis_days=bool(days))
    yield fire("C5")
    if found.cancer_known:
        yield fire("C6")
    if goals_of_care(decisions):
        yield fire("C7", dialysis=found.dialysis)


def urgent_meeting(decisions: Decisions) -> bool:
    """Rule C1: the cord or both roots are or may be at risk, or a deficit progresses."""
    found, rules = decisions.found, decisions.urgency.rules
    return (
        found.cord_sign
        or found.bilateral_root_pain
        or found.bilateral_root_deficit
        or found.progressive_root_deficit
        or found.compression_confirmed
        or any(rule in rules for rule in ("U3?", "U12", "U13"))
    )


def surgeon_asked(decisions: Decisions) -> bool:
    """Rule C2: a spine that is or may be unstable, high-grade compression, or an indication."""
    found = decisions.found
    return (
        surgical_opinion(found)
        or found.some_unstable
        or found.high_grade
        or bool(decisions.treatment.indications)
    )


def goals_of_care(decisions: Decisions) -> bool:
    """Rule C7: little time, little strength, or paralysed for long."""
    case = decisions.case
    return (
        case.life_expectancy == "lt3m"
        or case.ecog in HIGH_ECOG
        or "T-C2" in decisions.treatment.contraindications
    )


def call_coordinator(found: Findings) -> Fired | None:
    """Fire when NICE wants the coordinator phoned; None without a symptom. R60, R61."""
    if found.deficit or found.root_pain or found.cord_signs_unknown:
        limit = () if found.read else ("limit_stays",)
        return Fired("nice_coordinator", ("at_once", *limit))
    hurts = found.case.back_pain is True or found.lesion_pain
    return Fired("nice_coordinator", ("within_24_h",)) if hurts else None


def _meeting(decisions: Decisions) -> Fired:
    """Fire the meeting; the examination first if only that is missing; there may be no tumour.

    A neurologist joins if the scan is clean, and comes first for pain alone.
    """
    found = decisions.found
    no_cancer = decisions.case.cancer == "none"
    only_unexamined = "U3?" in decisions.urgency.rules and not _known_threat(found)
    pain_alone = found.pain_alone_unexplained
    neurologist = (found.unexplained or (no_cancer and found.clean)) and not pain_alone
    return fire(
        "C1",
        None,
        _who_meets(no_cancer=no_cancer, pain_alone=pain_alone),
        examine_first=only_unexamined,
        neurologist=neurologist,
        blood_cancer=decisions.case.primary in BLOOD_CANCERS,
    )


def _who_meets(*, no_cancer: bool, pain_alone: bool) -> str:
    if pain_alone:
        return "pain_alone_no_cancer" if no_cancer else "pain_alone"
    return "no_cancer" if no_cancer else "text"


def _known_threat(found: Findings) -> bool:
    return (
        found.bilateral_root_pain
        or found.bilateral_root_deficit
        or found.progressive_root_deficit
        or found.high_grade
        or found.compression_confirmed
    )


def _dialysis_days(found: Findings) -> tuple[str, ...]:
    days = found.case.dialysis_days
    return days if found.dialysis and isinstance(days, tuple) else ()
