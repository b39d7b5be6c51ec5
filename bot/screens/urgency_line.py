"""The urgency line: how urgent a case is and by when, above every question, section and look-up."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.guidance.spoken_times import say_short, say_span, say_time_left
from bot.screens.notices import words
from bot.screens.screen import Line, Part
from bot.screens.summary import awaited
from bot.screens.view import View, said_once

WORDS: Final = "urgency_line.toml"


@said_once
def urgency_line(view: View) -> Line:
    """Say how urgent a case is, by when, and which case it is; empty until that is settled.

    Such as "EMERGENCY · MRI by Fri 08:31 (in 11 h 20 min) · KES-42", in hospital time; its zone is
    named if the reader's clock shows another time.
    """
    if view.case.status == "closed" or not view.standing.settled:
        return ()
    level = "" if view.result.urgency.level == "no_mri" else f"{_level(view)} · "
    return (Part(level), *_clock(view), Part(f" · {view.case.code}"))


def _level(view: View) -> str:
    urgency = view.result.urgency
    level = words("levels")[urgency.level]
    return level + (words("line", WORDS)["provisional"] if urgency.provisional else "")


def _clock(view: View) -> Iterator[Part]:
    what, due = awaited(view.case, view.result)
    if due:
        yield from _by(view, what, due)
    else:
        yield Part(words("line", WORDS)[what])


def _by(view: View, what: str, due: datetime) -> Iterator[Part]:
    said = words("line", WORDS)
    zone = f" {due.astimezone(view.zone).tzname()}" if _elsewhere(view, due) else ""
    moment = f"{say_short(due, view.now, view.zone)}{zone}"
    late = view.now > due
    yield Part(said[f"{what}_late" if late else what].format(due=moment))
    left = f"{say_span(view.now - due)} ago" if late else say_time_left(due, view.now)
    yield Part(" (")
    yield Part(left, int(due.timestamp()), relative=True)
    yield Part(")")


def _elsewhere(view: View, due: datetime) -> bool:
    """Return whether the reader's clock shows another time than the hospital's."""
    zone = view.reader_zone
    return zone is not None and (
        due.astimezone(zone).utcoffset() != due.astimezone(view.zone).utcoffset()
    )
