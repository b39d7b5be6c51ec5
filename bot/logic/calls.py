"""Whom to call: the C rules. Source ART."""

from collections.abc import Iterator
from typing import Final

from bot.logic.case import Case
from bot.logic.decisions import Picture
from bot.logic.findings import Findings
from bot.logic.fired_rule import Fired, fire
from bot.logic.stability import surgical_opinion

NICE_CALL_WITHIN_HOURS: Final = 24  # spinal pain alone; R60, R61


def calls(picture: Picture) -> Iterator[Fired]:
    found, case = picture.found, picture.case
    meeting = urgent_meeting(picture)
    surgeon = (
        surgical_opinion(found)
        or found.some_unstable
        or found.high_grade
        or bool(picture.treatment.indications)
    )
    calm = picture.urgency.level in ("soon", "routine", "no_mri")
    if meeting:
        yield fire("C1")
    if surgeon:
        yield fire("C2", unstable=found.some_unstable)
    if calm and not meeting and not surgeon and case.cancer in ("known", "suspected"):
        yield fire("C3")
    if found.dialysis:
        days = ", ".join(day.capitalize() for day in _dialysis_days(case))
        yield fire("C4", {"dialysis_days": days}, dialysis_days=bool(days))
    yield fire("C5")
    if found.cancer_known:
        yield fire("C6")


def call_coordinator(found: Findings) -> Fired | None:
    """Say when NICE wants the coordinator phoned; None without a symptom. R60, R61."""
    case = found.case
    if found.deficit or found.root_pain or found.cord_signs_unknown:
        return Fired("nice_coordinator", ("at_once",))
    return Fired("nice_coordinator", ("within_24_h",)) if case.back_pain is True else None


def _dialysis_days(case: Case) -> tuple[str, ...]:
    return case.dialysis_days if isinstance(case.dialysis_days, tuple) else ()


def urgent_meeting(picture: Picture) -> bool:
    """Rule C1: the cord or both roots are at risk, or a deficit progresses."""
    found, case = picture.found, picture.case
    return (
        found.cord_sign
        or found.compression_confirmed
        or case.radicular_pain == "bilateral"
        or case.radicular_deficit in ("unilateral_progressive", "bilateral")
    )
