"""A case in one line, as lists of cases show it."""

from bot.guidance.spoken_times import say_moment, say_time_left
from bot.screens.notices import words
from bot.screens.time_line import say_outcome
from bot.screens.view import View


def describe(view: View) -> str:
    """Sum a case up in one line: its urgency, the time left, the patient, its status."""
    case, due, settled = view.case, view.result.due, view.standing.settled
    left = f", MRI {say_time_left(due, view.now)}" if settled and due else ""
    urgency = words("levels")[view.result.urgency.level] if settled else "not settled"
    begun = say_moment(case.begun_at, view.zone)
    outcome = say_outcome(case) if case.status == "closed" else ""
    status = f"{case.status} – {outcome}" if outcome else case.status
    return f"{case.code}: {urgency}{left}; {view.patient}; {status}, begun {begun}"
