"""Dialysis sessions against the MRI deadline: rule G15. Source ART, R30-R31, CC."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, get_args

from bot.logic.case import Weekday
from bot.logic.decisions import Decisions
from bot.logic.fired_rule import Figure, Fired, fire

SESSION_BEFORE_SURGERY_HOURS: Final = 24  # ART
LONGEST_SESSION_HOURS: Final = 6  # after this a planned session counts as over; CC
_LONGEST: Final = timedelta(hours=LONGEST_SESSION_HOURS)
_BEFORE_SURGERY: Final = timedelta(hours=SESSION_BEFORE_SURGERY_HOURS)
WEEKDAYS: Final[tuple[str, ...]] = get_args(Weekday)


@dataclass(frozen=True, slots=True)
class NextSession:
    """The next session: a moment if known, else a day without a time."""

    at: datetime | None
    day: date

    def against(self, due: datetime) -> str:
        """Return whether it is "before" or "after" a deadline, or on the "same_day"."""
        if self.at is not None:
            return "before" if self.at <= due else "after"
        last_day = due.date()
        if self.day == last_day:
            return "same_day"
        return "before" if self.day < last_day else "after"


def next_session(decisions: Decisions) -> NextSession | None:
    """Return the next session: `next_dialysis` counts, else the next of the usual days.

    Today counts unless a session today is already known; None if nothing is known.
    """
    case, now = decisions.case, decisions.now
    if isinstance(case.next_dialysis, datetime):
        at = case.next_dialysis.astimezone(now.tzinfo)
        return NextSession(at, at.date())
    if not isinstance(case.dialysis_days, tuple) or not case.dialysis_days:
        return None
    today, last = now.date(), case.last_dialysis
    done = isinstance(last, datetime) and last.astimezone(now.tzinfo).date() == today
    ahead = (today + timedelta(days=each) for each in range(int(done), 8))
    day = next(each for each in ahead if WEEKDAYS[each.weekday()] in case.dialysis_days)
    return NextSession(None, day)


def sessions(decisions: Decisions) -> Fired | None:
    """Say rule G15: the sessions as clock times against the deadline.

    None unless on dialysis with a session known, and images or an operation still to come.
    """
    ahead = decisions.awaiting_images or decisions.operation_on_dialysis
    session = next_session(decisions) if decisions.found.dialysis and ahead else None
    if session is None:
        return None
    now, due = decisions.now, decisions.due
    last = decisions.case.last_dialysis
    operation = decisions.operation_on_dialysis
    day = session.day
    figures: dict[str, Figure] = {"session": f"{day:%a} {day.day} {day:%b}"}
    if session.at is not None:
        figures["session"] = session.at
    if isinstance(last, datetime):
        figures["last_session"] = last
        figures["theatre_until"] = last + _BEFORE_SURGERY
    against = session.against(due) if due is not None else ""
    begun = session.at is not None and session.at <= now
    over = session.at is not None and now - session.at > _LONGEST
    return fire(
        "G15",
        figures,
        "text" if session.at is not None else "day",
        running=begun and not over,
        over=over,
        before=against == "before" and not begun,
        after=against == "after",
        same_day=against == "same_day",
        last=isinstance(last, datetime),
        window=operation and isinstance(last, datetime) and now - last <= _BEFORE_SURGERY,
        long_ago=operation and isinstance(last, datetime) and now - last > _BEFORE_SURGERY,
        operation=operation,
    )
