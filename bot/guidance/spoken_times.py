"""Says moments and spans of time the way the ward reads them. Reads no clock."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

DAYS_IN_A_WEEK: Final = 7
WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


def say_moment(moment: datetime, zone: tzinfo | None = None) -> str:
    """Say a moment with weekday and zone: "Sun 22 Nov 23:40 GMT"."""
    local = moment.astimezone(zone) if zone else moment
    return f"{_say_date(local)} {say_clock(local)} {say_zone(local)}"


def say_dated(local: datetime) -> str:
    """Say a moment for paper, which is kept, with its year: "Sun 22 Nov 2026 23:40 GMT"."""
    return f"{_say_date(local)} {local.year} {say_clock(local)} {say_zone(local)}"


def say_clock(moment: datetime) -> str:
    """Say what a clock shows at a moment: "08:31"."""
    return f"{moment.hour:02}:{moment.minute:02}"


def say_weekday(day: date) -> str:
    """Say a day of the week: "Fri"."""
    return WEEKDAYS[day.weekday()]


def _say_date(day: date) -> str:
    return f"{say_weekday(day)} {day.day} {MONTHS[day.month - 1]}"


def say_zone(moment: datetime) -> str:
    """Say the zone of a moment: "GMT", or "UTC+03" and "UTC+05:45" where it has only numbers."""
    name = moment.tzname() or ""
    if name[:1] not in ("+", "-"):
        return name
    return f"UTC{name[:3]}:{name[3:]}" if len(name) > 3 else f"UTC{name}"


def say_short(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """Say a moment with weekday: "Fri 08:31"; "Fri 4 Dec 08:31" in days, "Tue 10 Nov" days ago."""
    local = moment.astimezone(zone)
    days_away = abs((local.date() - now.astimezone(zone).date()).days)
    if days_away < DAYS_IN_A_WEEK - 1:
        return f"{say_weekday(local)} {say_clock(local)}"
    day = _say_date(local)
    return f"{day} {say_clock(local)}" if local > now else day


def say_day(day: date) -> str:
    """Say a day: "22 Nov 2026"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def say_beside(moment: datetime, zone: tzinfo, reader: tzinfo | None) -> str:
    """Say a moment by the reader's clock, shown beside that in `zone`: " (00:40 CET for you)".

    Empty if both clocks agree; with the weekday if it is a different day there.
    """
    if reader is None:
        return ""
    here, there = moment.astimezone(zone), moment.astimezone(reader)
    if here.utcoffset() == there.utcoffset():
        return ""
    weekday = "" if here.date() == there.date() else f"{say_weekday(there)} "
    return f" ({weekday}{say_clock(there)} {say_zone(there)} for you)"


def say_span(span: timedelta) -> str:
    """Say a span in days, hours and minutes, rounded down: "11 h 50 min"."""
    minutes = int(abs(span).total_seconds()) // 60
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days >= 2:
        return f"{days} d {hours} h" if hours else f"{days} d"
    hours += days * 24
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"


def say_time_left(due: datetime, now: datetime) -> str:
    """Say how long until a deadline, or how overdue it is."""
    left = due.astimezone(UTC) - now.astimezone(UTC)
    return f"overdue by {say_span(left)}" if left < timedelta() else f"in {say_span(left)}"
