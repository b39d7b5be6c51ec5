"""Answers that contradict each other: queried, never corrected. Source CC."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bot.logic.case import Case
from bot.logic.findings import Findings

HEPARIN_LASTS_HOURS: Final = 24  # CC


def doubts(found: Findings) -> Iterator[str]:
    """Name every contradiction worth a second look."""
    case = found.case
    if case.walking == "none" and not found.cord_sign:
        yield "doubt_walking"
    if case.asia == "E" and found.cord_signs:
        yield "doubt_asia"
    if case.renal == "haemodialysis" and _heparin_missing(case):
        yield "doubt_heparin"


def _heparin_missing(case: Case) -> bool:
    """Return whether a session less than a day before suspicion goes without its heparin."""
    opened, last, thinners = case.opened_at, case.last_dialysis, case.blood_thinners
    if opened is None or not isinstance(last, datetime) or not isinstance(thinners, tuple):
        return False
    return "heparin" not in thinners and opened - last < timedelta(hours=HEPARIN_LASTS_HOURS)
