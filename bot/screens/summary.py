"""What is awaited in a case and by when, for its urgency line and in brief for boards."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.conversation.standing import Standing
from bot.conversation.time_line import cauda_equina_due
from bot.logic.assessment import Assessment
from bot.logic.urgency import explain_rule
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
        return _treatment(result), result.treatment_due
    return ("read" if result.found.read else "not_indicated"), None


def next_deadline(case: StoredCase, result: Assessment) -> tuple[str, datetime | None]:
    """Return what falls due first of all that a case still waits for, and when.

    Unlike the urgency line it counts the shorter limit of rule U11. Without any deadline it is
    what is awaited, and None.
    """
    found = [*_deadlines(case, result)]
    return min(found, key=lambda each: each[1]) if found else awaited(case, result)


def _deadlines(case: StoredCase, result: Assessment) -> Iterator[tuple[str, datetime]]:
    if result.due:
        yield _images(result), result.due
        if sooner := cauda_equina_due(case, result):
            yield cauda_or_cord(result), sooner
    if result.treatment_due and not case.newest_entry("treatment_begun"):
        yield _treatment(result), result.treatment_due


def cauda_or_cord(result: Assessment) -> str:
    """Name what rule U11 is about: with a sign above the cauda equina it is the cord."""
    said = explain_rule(result.found, "U11", result.policy).say
    return "cord" if "cord" in said else "cauda_equina"


def _images(result: Assessment) -> str:
    """Name the images that are awaited."""
    if result.case.mri_done:
        return "unread_by"
    if result.found.ct_shows_nothing:
        return "myelography"
    return "ct" if result.case.mri == "not_possible" else "mri"


def _treatment(result: Assessment) -> str:
    """Name how treatment begins: with infection open, by draining the abscess."""
    return "drain" if result.found.infection_open else "treat"


def summarise(case: StoredCase, standing: Standing) -> Summary:
    """Say in brief how urgent a case is, what falls due next in it and when, for boards."""
    requested = case.newest_entry("mri_requested") is not None
    if not standing.settled:
        return Summary(case.code, "", "", None, requested)
    result = standing.assessment
    return Summary(case.code, result.urgency.level, *next_deadline(case, result), requested)


def unreadable(code: str) -> Summary:
    """Return what boards say of a case that cannot be read."""
    return Summary(code, "", UNREADABLE, None, requested=False)
