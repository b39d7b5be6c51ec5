"""Reads a typed time: "2 h ago", "22:30", "yesterday 21:00", "Mon 07:00". Never guesses a day."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

FURTHEST: Final = timedelta(days=366)
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALLOWED_PAST: Final = "2 h ago, 22:30, yesterday 21:00, Mon 21:00, 22 Nov 21:00 or 2026-11-22 21:00"
ALLOWED_FUTURE: Final = "in 5 h, 22:30, tomorrow 07:00, Mon 07:00, 22 Nov 07:00 or 2026-11-22 07:00"

_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
_SPAN: Final = r"(?P<amount>\d{1,4}(?:\.\d)?) ?(?P<unit>m|min|mins|minutes?|h|hrs?|hours?|d|days?)"
_AGO: Final = re.compile(rf"{_SPAN} ago", re.ASCII)
_AHEAD: Final = re.compile(rf"in {_SPAN}", re.ASCII)
_BEFORE: Final = re.compile(rf"{_SPAN} before", re.ASCII)
_CLOCK: Final = re.compile(r"(?:(?P<day>.+?),? )?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})", re.ASCII)
_BARE_CLOCK: Final = re.compile(r"\d{1,2}[:.]\d{2}", re.ASCII)
_WEEKDAY: Final = re.compile(
    r"mon(day)?|tue(s|sday)?|wed(s|nesday)?|thu(r|rs|rsday)?|fri(day)?|sat(urday)?|sun(day)?"
)
_MONTH: Final = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_NAMED_DATE: Final = re.compile(
    rf"(?P<day>\d{{1,2}}) (?P<month>{_MONTH})(?: (?P<year>\d{{4}}))?", re.ASCII
)


class Unreadable(ValueError):
    """A typed time that is invalid or ambiguous."""


def read_time(
    typed: str,
    now: datetime,
    zone: tzinfo,
    *,
    past: bool,
    start: datetime,
    waited: bool = False,
) -> datetime:
    """Read a typed time as a moment in `zone`.

    `past` says on which side of `now` it must be; "3 h before" counts from `start`. With `waited`
    it was typed at `now`, but is read later.
    Raises Unreadable with one line that says what to type.
    """
    text = " ".join(typed.casefold().split())
    now, start = now.astimezone(UTC), start.astimezone(UTC)
    moment = _relative(text, now, start) or _absolute(text, now, zone, past)
    bare = _BARE_CLOCK.fullmatch(text)
    if moment is None:
        raise Unreadable(f"allowed: {ALLOWED_PAST if past else ALLOWED_FUTURE}")
    present = f"{now.astimezone(zone):%H:%M}, when you sent it" if waited else "now"
    if past and moment > now:
        day = say_date(now - timedelta(days=1), zone) if waited else "yesterday"
        hint = f"for last night type: {day} {text}" if bare else f"allowed: {ALLOWED_PAST}"
        raise Unreadable(f"that is later than {present}; {hint}")
    if not past and moment < now:
        day = say_date(now + timedelta(days=1), zone) if waited else "tomorrow"
        hint = f"for the next day type: {day} {text}" if bare else f"allowed: {ALLOWED_FUTURE}"
        raise Unreadable(f"that is earlier than {present}; {hint}")
    if abs(moment - now) > FURTHEST:
        raise Unreadable("that is more than a year away")
    return moment.astimezone(zone).replace(microsecond=0)


def say_date(moment: datetime, zone: tzinfo) -> str:
    """Say the date of a moment as it may be typed: "22 Nov"."""
    local = moment.astimezone(zone)
    return f"{local.day} {MONTHS[local.month - 1].capitalize()}"


def _relative(text: str, now: datetime, start: datetime) -> datetime | None:
    for pattern, origin, sign in ((_AGO, now, -1), (_BEFORE, start, -1), (_AHEAD, now, 1)):
        if found := pattern.fullmatch(text):
            span = timedelta(**{_UNITS[found["unit"][0]]: float(found["amount"])})
            return origin + sign * span
    return None


def _absolute(text: str, now: datetime, zone: tzinfo, past: bool) -> datetime | None:
    found = _CLOCK.fullmatch(text.replace("t", " ", 1) if text[:4].isdigit() else text)
    if not found or int(found["hour"]) > 23 or int(found["minute"]) > 59:
        return None
    hour, minute = int(found["hour"]), int(found["minute"])
    today = now.astimezone(zone).date()
    named = found["day"]
    if named is None:
        return _local(today, hour, minute, zone)
    if _WEEKDAY.fullmatch(named):
        step = -1 if past else 1
        for days in range(8):
            near = today + timedelta(days=step * days)
            if WEEKDAYS[near.weekday()] == named[:3]:
                moment = _local(near, hour, minute, zone)
                if moment <= now if past else moment >= now:
                    return moment
    day = _day(named, today, past)
    return _local(day, hour, minute, zone) if day else None


def _day(named: str, today: date, past: bool) -> date | None:
    if named in ("today", "yesterday", "tomorrow"):
        return today + timedelta(days=("yesterday", "today", "tomorrow").index(named) - 1)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", named, re.ASCII):
        return _date(*(int(part) for part in named.split("-")))
    if re.fullmatch(r"\d{1,2}[/.-]\d{1,2}([/.-]\d{2,4})?", named, re.ASCII):
        raise Unreadable("day and month could be swapped; type 22 Nov 21:00 or 2026-11-22 21:00")
    found = _NAMED_DATE.fullmatch(named)
    if not found:
        return None
    month, day = MONTHS.index(found["month"][:3]) + 1, int(found["day"])
    if found["year"]:
        return _date(int(found["year"]), month, day)
    years = (today.year, today.year - 1) if past else (today.year, today.year + 1)
    dates = [each for year in years if (each := _date(year, month, day))]
    return next((each for each in dates if (each <= today if past else each >= today)), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _local(day: date, hour: int, minute: int, zone: tzinfo) -> datetime:
    """Convert a local time to UTC; of two in autumn take the earlier, which is safer."""
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    try:
        moment = local.astimezone(UTC)
        again = moment.astimezone(zone)
    except OverflowError as error:
        raise Unreadable("that is more than a year away") from error
    if again.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Unreadable(f"{hour:02}:{minute:02} was skipped that day, the clocks went forward")
    return moment
