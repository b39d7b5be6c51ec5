"""Draws what is said about keeping: the question about an old open case, a jump of the clock."""

from datetime import datetime, tzinfo

from bot.guidance.spoken_times import say_moment
from bot.screens.notices import words
from bot.screens.screen import Button, Screen, text
from state.records import StoredCase


def draw_still_open(case: StoredCase, days: int, zone: tzinfo) -> Screen:
    """Ask whether an open case is to be kept for that many days more."""
    said = words("fixed")["still_open"].format(
        code=case.code, since=_dated(case.touched_at, zone), days=days
    )
    keep = Button("Keep", f"resume {case.code}", typed=f"/resume {case.code}")
    close = Button("Close", "close", typed="/close")
    return Screen("reminder", "", (text(said, look="lead"),), ((keep, close),))


def say_clock_jump(before: datetime, now: datetime, until: datetime, zone: tzinfo) -> str:
    """Say to the owners that the clock jumped, and until when nothing is erased."""
    return words("fixed")["clock_jumped"].format(
        before=_dated(before, zone), now=_dated(now, zone), until=_dated(until, zone)
    )


def _dated(moment: datetime, zone: tzinfo) -> str:
    return f"{say_moment(moment, zone)} {moment.astimezone(zone):%Y}"
