"""How moments, spans, deadlines and limits are worded."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest

from bot.guidance.spoken_times import say_beside, say_moment, say_span, say_time_left
from bot.logic.figures import say_hours
from tests.conftest import NOON

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        (UTC, "Sun 22 Nov 12:00 UTC"),
        (LONDON, "Sun 22 Nov 12:00 GMT"),
        (ZoneInfo("Asia/Kolkata"), "Sun 22 Nov 17:30 IST"),
        (ZoneInfo("Pacific/Kiritimati"), "Mon 23 Nov 02:00 UTC+14"),
        (timezone(timedelta(hours=-5)), "Sun 22 Nov 07:00 UTC-05:00"),
        (None, "Sun 22 Nov 12:00 UTC"),
    ],
)
def test_a_moment_is_said_with_weekday_and_zone(zone: tzinfo | None, said: str) -> None:
    assert say_moment(NOON, zone) == said


def test_a_moment_is_said_in_its_own_offset_where_no_zone_is_given() -> None:
    moment = datetime.fromisoformat("2026-11-22T17:30:00+05:30")
    assert say_moment(moment) == "Sun 22 Nov 17:30 UTC+05:30"


def test_a_moment_has_no_zero_before_its_day_and_drops_its_seconds() -> None:
    assert say_moment(datetime(2026, 6, 1, 8, 5, 59, tzinfo=LONDON)) == "Mon 1 Jun 08:05 BST"


def test_the_doubled_hour_is_told_apart_by_its_zone() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert say_moment(first, LONDON) == "Sun 25 Oct 01:30 BST"
    assert say_moment(first + timedelta(hours=1), LONDON) == "Sun 25 Oct 01:30 GMT"


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(), "0 min"),
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=11, minutes=50), "11 h 50 min"),
        (timedelta(hours=24), "24 h"),
        (timedelta(hours=24, minutes=1), "24 h 1 min"),
        (timedelta(hours=47, minutes=59, seconds=59), "47 h 59 min"),
        (timedelta(hours=48), "2 d"),
        (timedelta(hours=48, minutes=59), "2 d"),
        (timedelta(hours=49), "2 d 1 h"),
        (timedelta(days=13, hours=23, minutes=59), "13 d 23 h"),
        (timedelta(days=14), "14 d"),
        (timedelta(days=400), "400 d"),
        (-timedelta(hours=11, minutes=50), "11 h 50 min"),
        (-timedelta(seconds=1), "0 min"),
    ],
)
def test_a_span_is_said_in_its_two_largest_units_rounded_down(span: timedelta, said: str) -> None:
    assert say_span(span) == said


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(hours=12), "in 12 h"),
        (timedelta(hours=11, minutes=59, seconds=59), "in 11 h 59 min"),
        (timedelta(seconds=1), "in 0 min"),
        (timedelta(), "in 0 min"),
        (-timedelta(seconds=1), "overdue by 0 min"),
        (-timedelta(hours=3, minutes=20), "overdue by 3 h 20 min"),
        (-timedelta(days=3), "overdue by 3 d"),
    ],
)
def test_time_left_turns_into_time_overdue(left: timedelta, said: str) -> None:
    assert say_time_left(NOON + left, NOON) == said


@pytest.mark.parametrize(
    ("due", "now", "said"),
    [
        ("2026-10-25T07:00+00:00", "2026-10-24T20:00+01:00", "in 12 h"),
        ("2026-03-29T08:00+01:00", "2026-03-28T19:00+00:00", "in 12 h"),
        ("2026-10-25T01:30+01:00", "2026-10-25T01:15+00:00", "overdue by 45 min"),
    ],
)
@pytest.mark.parametrize("zone", [None, LONDON], ids=str)
def test_time_left_counts_the_hours_that_pass_also_when_the_clocks_change(
    due: str, now: str, said: str, zone: ZoneInfo | None
) -> None:
    moments = [datetime.fromisoformat(each) for each in (due, now)]
    if zone:
        moments = [each.astimezone(zone) for each in moments]
    assert say_time_left(*moments) == said


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (4, "4 h"),
        (12, "12 h"),
        (24, "24 h"),
        (48, "48 h"),
        (168, "1 week"),
        (336, "2 weeks"),
    ],
)
def test_a_limit_is_said_in_hours_or_weeks(hours: int, said: str) -> None:
    assert say_hours(hours) == said


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Istanbul", "UTC+03"),
        ("America/Sao_Paulo", "UTC-03"),
        ("Asia/Kathmandu", "UTC+05:45"),
        ("Europe/London", "GMT"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_without_a_name_is_said_as_its_distance_from_utc(zone: str, said: str) -> None:
    assert say_moment(NOON, ZoneInfo(zone)).endswith(f" {said}")
    beside = say_beside(NOON, ZoneInfo("Asia/Tokyo"), ZoneInfo(zone))
    assert beside.endswith(f" {said} for you)")
