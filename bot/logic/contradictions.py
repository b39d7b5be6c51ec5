"""Answers that contradict each other: asked back, never corrected. Source CC."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bot.logic.findings import Findings

HEPARIN_LASTS_HOURS: Final = 24  # CC


def doubts(found: Findings) -> Iterator[str]:
    """Name every contradiction worth a second look."""
    case = found.case
    if case.walking == "none" and not found.cord_sign:
        yield "doubt_walking"
    if case.asia == "E" and found.cord_signs:
        yield "doubt_asia"
    recent = case.opened_at is not None and isinstance(case.last_dialysis, datetime)
    if recent and case.anticoagulant == "none" and case.renal == "haemodialysis":
        assert isinstance(case.last_dialysis, datetime) and case.opened_at is not None
        if case.opened_at - case.last_dialysis < timedelta(hours=HEPARIN_LASTS_HOURS):
            yield "doubt_heparin"
