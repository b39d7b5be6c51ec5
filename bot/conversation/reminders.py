"""Which reminders a case needs, and when, from where it stands. Reads no clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.conversation.alarm import REPEAT, unanswered_since, was_repeated
from bot.conversation.standing import Standing
from bot.conversation.time_line import cauda_equina_due
from state.groups import REPEAT_MIN, Group
from state.records import Reminder, StoredCase, Wanted

PART_OF_TIME_LEFT: Final = 4
LONGEST_BEFORE: Final = timedelta(hours=6)
AFTER: Final = (
    ("mri_overdue", timedelta(minutes=30)),
    ("mri_still_overdue", timedelta(minutes=90)),
)
SNOOZE: Final = timedelta(minutes=30)
LATE_AFTER: Final = timedelta(minutes=10)
SNOOZED: Final = "_snoozed"
MRI: Final = "mri"
CAUDA_EQUINA: Final = "mri_cauda_equina"
TREATMENT: Final = "treatment"
CLOCKS: Final = (MRI, TREATMENT)


def wanted(
    case: StoredCase,
    standing: Standing,
    now: datetime,
    group: Group | None,
    *,
    again: bool = False,
) -> tuple[Wanted, ...]:
    """Work out the reminders of a case, as of `now`; `group` is the enrolled one that it stands in.

    Before, at and twice after the MRI deadline, which may count `again` after it was over; for
    treatment only at its deadline. An alarm that nobody has answered is repeated once, after the
    minutes of its group.
    """
    if case.status == "closed" or not standing.settled:
        return ()
    called = unanswered_since(case)
    since = called.astimezone(UTC) if called and not was_repeated(case) else None
    after = timedelta(minutes=group.repeat_min if group else REPEAT_MIN)
    repeat = (Wanted(REPEAT, since, since + after),) if since else ()
    return (*repeat, *_wanted(case, standing, now.astimezone(UTC), again=again))


def counts_again(case: StoredCase, before: Standing, after: Standing) -> bool:
    """Return whether an MRI deadline that was over counts again after a change of a case.

    It was over if the case was closed, or its MRI done: read, or not recorded as done any more.
    """
    then, now = before.assessment, after.assessment
    over = then.case.mri_done and (then.due is None or not now.case.mri_done)
    return case.status == "closed" or over


def _wanted(
    case: StoredCase, standing: Standing, now: datetime, *, again: bool
) -> Iterator[Wanted]:
    due, treatment_due = standing.assessment.due, standing.assessment.treatment_due
    if due:
        yield from _until_mri(due, now, again=again)
        yield from _cauda_equina(case, standing, due, now)
    if treatment_due and case.newest_entry("treatment_begun") is None:
        at = treatment_due.astimezone(UTC)
        yield _at_deadline("treatment_due", at, now)
        yield Wanted(f"treatment{SNOOZED}", at, None)


def _at_deadline(kind: str, at: datetime, now: datetime) -> Wanted:
    """Return a reminder at a deadline. One that has passed when it first counts is due at once."""
    return Wanted(kind, at, max(at, now), from_now=at <= now)


def _until_mri(due: datetime, now: datetime, *, again: bool) -> Iterator[Wanted]:
    """Space reminders around a deadline; one already past when set counts from now.

    One that has just fallen due, and is still to be sent, stays. One that passed while it was over
    is due at once when it counts `again`.
    """
    due = due.astimezone(UTC)
    if due > now:
        before = min((due - now) / PART_OF_TIME_LEFT, LONGEST_BEFORE)
        yield Wanted("mri_before", due, (due - before).replace(microsecond=0))
    missed = due <= now and not again
    yield Wanted("mri_due", due, None) if missed else _at_deadline("mri_due", due, now)
    for kind, after in AFTER:
        yield Wanted(kind, due, max(due, now) + after, from_now=due <= now)
    yield Wanted(f"mri{SNOOZED}", due, None)


def _cauda_equina(
    case: StoredCase, standing: Standing, due: datetime, now: datetime
) -> Iterator[Wanted]:
    """Remind once of the shorter limit from the request, if it is before the deadline."""
    at = cauda_equina_due(case, standing.assessment)
    if at and at < due:
        yield _at_deadline(CAUDA_EQUINA, at.astimezone(UTC), now)


def changed_at(case: StoredCase) -> datetime:
    """Return when a case was changed last: what is set anew counts from then, and moves nothing."""
    answered, noted = (each.at for each in case.answers), (each.at for each in case.timeline)
    return max((case.begun_at, *answered, *noted))


def clock_of(kind: str) -> str:
    """Name the clock that a reminder is about: the MRI or the treatment."""
    return kind.partition("_")[0]


def is_wanted(reminder: Reminder, case: StoredCase, standing: Standing, now: datetime) -> bool:
    """Return whether a case still has the deadline that a reminder is about."""
    clock = clock_of(reminder.kind)
    return any(
        each.deadline == reminder.deadline and clock_of(each.kind) == clock
        for each in wanted(case, standing, now, None)
    )
