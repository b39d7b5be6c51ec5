"""A case in one line, for lists."""

from collections.abc import Sequence
from typing import Final

from bot.guidance.spoken_times import say_moment, say_time_left
from bot.screens.notices import words
from bot.screens.time_line import say_outcome
from bot.screens.view import View

MOST_NAMED: Final = 3


def say_few(codes: Sequence[str]) -> str:
    """Name cases by their codes: the first three of many, and how many more."""
    more = f" and {len(codes) - MOST_NAMED} more" if len(codes) > MOST_NAMED else ""
    return ", ".join(codes[:MOST_NAMED]) + more


def case_line(view: View) -> str:
    """Sum a case up in one line."""
    case, due = view.case, view.result.due
    left = f", MRI {say_time_left(due, view.now)}" if view.standing.settled and due else ""
    level = words("levels")[view.result.urgency.level]
    urgency = level if view.standing.settled else "not settled"
    begun = say_moment(case.begun_at, view.zone)
    outcome = say_outcome(case) if case.status == "closed" else ""
    status = f"{case.status} – {outcome}" if outcome else case.status
    return f"{case.code}: {urgency}{left}; {view.patient}; {status}, begun {begun}"
