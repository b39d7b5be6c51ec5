"""The urgency line: how urgent a case is and by when, above every question, section and look-up."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.guidance.spoken_times import say_short, say_span, say_time_left
from bot.screens.notices import words
from bot.screens.screen import Line, Part
from bot.screens.view import View

WORDS: Final = "urgency_line.toml"


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
    result, said = view.result, words("line", WORDS)
    begun = view.case.newest_entry("treatment_begun")
    if result.due:
        yield from _by(view, _scan(view), result.due)
    elif result.case.mri_done and result.case.lesions is None:
        yield Part(said["unread"])
    elif result.treatment_due and begun:
        yield Part(said["begun"])
    elif result.treatment_due:
        yield from _by(
            view, "drain" if result.found.infection_open else "treat", result.treatment_due
        )
    else:
        yield Part(said["read" if result.found.read else "not_indicated"])


def _scan(view: View) -> str:
    """Name the images that are awaited."""
    case = view.result.case
    if case.mri_done:
        return "unread_by"
    if view.result.found.ct_shows_nothing:
        return "myelography"
    return "ct" if case.mri == "not_possible" else "mri"


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
