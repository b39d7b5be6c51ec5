"""The urgency line: how urgent a case is and by when, above every question, section and look-up."""

from datetime import datetime
from typing import Final

from bot.guidance.spoken_times import say_short, say_span, say_time_left
from bot.logic.urgency import Urgency
from bot.screens.notices import words
from bot.screens.screen import Line, Part
from bot.screens.summary import awaited
from bot.screens.view import View, said_once

WORDS: Final = "urgency_line.toml"
_OPENS: Final = Part(" (")
_CLOSES: Final = Part(")")


@said_once
def urgency_line(view: View) -> Line:
    """Say how urgent a case is, by when, and which case it is; empty until that is settled.

    Such as "EMERGENCY · MRI by Fri 08:31 (in 11 h 20 min) · KES-42", in hospital time; its zone is
    named if the reader's clock shows another time.
    """
    if view.case.status == "closed" or not view.standing.settled:
        return ()
    result, case, said = view.result, view.case, words("line", WORDS)
    level = "" if result.urgency.level == "no_mri" else f"{_level(result.urgency)} · "
    first, last = Part(level), Part(f" · {case.code}")
    what, due = awaited(case, result)
    if due is None:
        return (first, Part(said[what]), last)
    zone = f" {due.astimezone(view.zone).tzname()}" if _elsewhere(view, due) else ""
    moment = f"{say_short(due, view.now, view.zone)}{zone}"
    late = view.now > due
    by = Part(said[f"{what}_late" if late else what].format(due=moment))
    left = f"{say_span(view.now - due)} ago" if late else say_time_left(due, view.now)
    return (first, by, _OPENS, Part(left, int(due.timestamp()), relative=True), _CLOSES, last)


def _level(urgency: Urgency) -> str:
    level = words("levels")[urgency.level]
    return level + (words("line", WORDS)["provisional"] if urgency.provisional else "")


def _elsewhere(view: View, due: datetime) -> bool:
    """Return whether the reader's clock shows another time than the hospital's."""
    zone = view.reader_zone
    return zone is not None and (
        due.astimezone(zone).utcoffset() != due.astimezone(view.zone).utcoffset()
    )
