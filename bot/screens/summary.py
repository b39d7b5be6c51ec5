"""What is awaited in a case and by when, for its urgency line and in brief for boards."""

from datetime import datetime
from typing import Final

from bot.conversation.standing import Standing
from bot.logic.assessment import Assessment
from state.boards import Summary
from state.records import StoredCase

UNREADABLE: Final = "unreadable"


def awaited(case: StoredCase, result: Assessment) -> tuple[str, datetime | None]:
    """Return what a case waits for, and by when; None without a deadline."""
    if result.due:
        return _images(result), result.due
    if result.case.mri_done and result.case.lesions is None:
        return "unread", None
    if result.treatment_due and case.newest_entry("treatment_begun"):
        return "begun", None
    if result.treatment_due:
        return ("drain" if result.found.infection_open else "treat"), result.treatment_due
    return ("read" if result.found.read else "not_indicated"), None


def _images(result: Assessment) -> str:
    """Name the images that are awaited."""
    if result.case.mri_done:
        return "unread_by"
    if result.found.ct_shows_nothing:
        return "myelography"
    return "ct" if result.case.mri == "not_possible" else "mri"


def summarise(case: StoredCase, standing: Standing) -> Summary:
    """Say in brief how urgent a case is, what it waits for and by when, for boards."""
    requested = case.newest_entry("mri_requested") is not None
    if not standing.settled:
        return Summary(case.code, "", "", None, requested)
    result = standing.assessment
    return Summary(case.code, result.urgency.level, *awaited(case, result), requested)


def unreadable(code: str) -> Summary:
    """Return what boards say of a case that cannot be read."""
    return Summary(code, "", UNREADABLE, None, requested=False)
