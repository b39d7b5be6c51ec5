"""The deadlines and the next dialysis of a case as a calendar file, RFC 5545: codes, no findings.

Every file withdraws what no longer runs: a calendar that has it drops it, and its alarms.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final, Literal
from uuid import UUID, uuid5

from bot import __version__
from bot.conversation.reminders import CAUDA_EQUINA, changed_at, wanted
from bot.export.moments import Moment, moments
from bot.flows.grammar import UNKNOWN
from bot.guidance.spoken_times import say_moment
from bot.logic.text_files import read_texts
from bot.screens.summary import awaited
from bot.screens.view import View

Slot = Literal["mri", "mri_first", "treatment", "session"]
SLOTS: Final[tuple[Slot, ...]] = ("mri", "mri_first", "treatment", "session")
NAMESPACE: Final = UUID("6f1d3d5e-3a1c-5f6b-9d44-6a1b2f0c7e21")
MOST_OCTETS: Final = 75
SESSIONS: Final = ("next_dialysis", "dialysis_days")
REQUESTED: Final = "mri_requested"
READ: Final = (
    "lesions_seen",
    "ct_lesions_seen",
    "level",
    "escc",
)  # fields of images that were read


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a case, the same in every file; without `moment` it is withdrawn."""

    slot: Slot
    summary: str
    moment: Moment | None
    alarms: tuple[tuple[datetime, str], ...] = ()


def calendar_text(view: View) -> str:
    """Return the calendar file of a case: what runs, and withdrawn what may have run before."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//CordCall//CordCall {__version__}//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        *(line for event in events(view) for line in _event_lines(view, event)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in fold(line))


def events(view: View) -> tuple[Event, ...]:
    """Return the events of a case, at most one a slot; that of the MRI is always there."""
    running = {_slot(each): each for each in moments(view) if _runs(view, each)}
    alarms = _alarms(view)
    return tuple(
        Event(slot, _summary(view, slot), running.get(slot), alarms.get(slot, ()))
        for slot in SLOTS
        if slot in running or _may_have_run(view, slot)
    )


def _slot(moment: Moment) -> Slot | None:
    match moment.kind:
        case "mri" | "mri_first" | "treatment":
            return moment.kind
        case "next_session":
            return "session"
    return None


def _runs(view: View, moment: Moment) -> bool:
    """Return whether a moment stands in a calendar: as a reminder of it would be given.

    The first MRI deadline counts only before the other one; a session that is over does not.
    """
    if view.case.status == "closed" or _slot(moment) is None:
        return False
    due = view.result.due
    if moment.kind == "mri_first":
        return due is not None and moment.at < due
    if moment.kind == "next_session":
        return not moment.is_past(view.now)
    return view.standing.settled


def _may_have_run(view: View, slot: Slot) -> bool:
    """Return whether an earlier file of a case may have an event, by all that was ever answered."""
    answered = (each for each in view.case.answers if each.value != UNKNOWN)
    fields = {q.field for each in answered if (q := view.flow.question(each.question))}
    match slot:
        case "mri":
            return True
        case "mri_first":
            return any(each.kind == REQUESTED for each in view.case.timeline)
        case "treatment":
            return not fields.isdisjoint(READ)
        case "session":
            return not fields.isdisjoint(SESSIONS)


def _alarms(view: View) -> dict[Slot, tuple[tuple[datetime, str], ...]]:
    """Return when reminders of a case are still to come, by event."""
    found: dict[Slot, tuple[tuple[datetime, str], ...]] = {}
    said = _words("alarm")
    for each in wanted(view.case, view.standing, changed_at(view.case), None):
        if each.kind in said and each.due_at and each.due_at > view.now:
            slot = _about(each.kind)
            alarm = (each.due_at, said[each.kind].format(code=view.case.code))
            found[slot] = (*found.get(slot, ()), alarm)
    return found


def _about(kind: str) -> Slot:
    if kind == CAUDA_EQUINA:
        return "mri_first"
    return "treatment" if kind.startswith("treatment") else "mri"


def _summary(view: View, slot: Slot) -> str:
    what, _ = awaited(view.case, view.result)
    names = {"mri": what if what in _words("summary") else "mri", "mri_first": "first"}
    return _words("summary")[names.get(slot, slot)].format(code=view.case.code)


def _event_lines(view: View, event: Event) -> Iterator[str]:
    case, moment = view.case, event.moment
    made = say_moment(view.now, view.zone)
    yield "BEGIN:VEVENT"
    yield f"UID:{uid(case.code, case.begun_at, event.slot)}"
    yield f"DTSTAMP:{utc(view.now)}"
    yield f"SEQUENCE:{case.version}"
    if moment and moment.day and moment.until:
        yield f"DTSTART;VALUE=DATE:{moment.at:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{moment.until:%Y%m%d}"
    else:
        yield f"DTSTART:{utc(moment.at if moment else view.result.opened_at)}"
    yield f"STATUS:{'CONFIRMED' if moment else 'CANCELLED'}"
    yield f"SUMMARY:{escape(event.summary)}"
    if moment:
        yield f"DESCRIPTION:{escape(_words('event')['note'].format(time=made))}"
    yield "CLASS:PRIVATE"
    yield "TRANSP:TRANSPARENT"
    if moment and not moment.day:
        for at, said in event.alarms:
            yield from _alarm_lines(at - moment.at, said)
    yield "END:VEVENT"


def _alarm_lines(after: timedelta, said: str) -> Iterable[str]:
    return (
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"TRIGGER:{duration(after)}",
        f"DESCRIPTION:{escape(said)}",
        "END:VALARM",
    )


def uid(code: str, begun_at: datetime, slot: Slot) -> str:
    """Return the id of an event: the same in every file of a case, and of no other case."""
    return str(uuid5(NAMESPACE, f"{code} {utc(begun_at)} {slot}"))


def utc(moment: datetime) -> str:
    """Write an instant in UTC, which no rule of a time zone can move."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def duration(span: timedelta) -> str:
    """Write a span of time in hours, minutes and seconds: "-PT3H", "PT1H30M"."""
    seconds = round(abs(span).total_seconds())
    parts = ((seconds // 3600, "H"), (seconds // 60 % 60, "M"), (seconds % 60, "S"))
    said = "".join(f"{number}{unit}" for number, unit in parts if number) or "0S"
    return f"{'-' if span < timedelta() else ''}PT{said}"


def escape(text: str) -> str:
    """Escape a text as RFC 5545 asks: backslash, semicolon, comma, line break."""
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\n")):
        text = text.replace(plain, written)
    return text.replace("\n", "\\n")


def fold(line: str) -> Iterator[str]:
    """Fold a line into pieces of at most 75 octets, never within a character."""
    piece, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > MOST_OCTETS:
            yield piece
            piece, size = " ", 1
        piece, size = piece + character, size + octets
    yield piece


@cache
def _words(table: str) -> dict[str, str]:
    found: dict[str, Any] = read_texts("bot.export", "calendar.toml")
    return dict(found[table])
