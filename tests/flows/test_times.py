"""Typed times: every form that is read, every one that is refused, and the clock changes."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.flows.times import (
    ALLOWED_FUTURE,
    ALLOWED_PAST,
    FURTHEST,
    MONTHS,
    WEEKDAYS,
    Unreadable,
    read_time,
)
from tests.conftest import NOON

LONDON = ZoneInfo("Europe/London")
KOLKATA = ZoneInfo("Asia/Kolkata")
FULL_MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
]  # fmt: skip
FULL_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
SPRING = datetime(2026, 3, 29, 7, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 25, 7, tzinfo=UTC)


def read(
    typed: str,
    now: datetime = NOON,
    zone: tzinfo = LONDON,
    *,
    past: bool = True,
    start: datetime | None = None,
) -> str:
    return read_time(typed, now, zone, past=past, start=start or now).isoformat()


def refused(typed: str, now: datetime = NOON, zone: tzinfo = LONDON, *, past: bool = True) -> str:
    with pytest.raises(Unreadable) as caught:
        read(typed, now, zone, past=past)
    line = str(caught.value)
    assert line.isprintable()
    assert len(line) <= 160
    return line


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2 h ago", "2026-11-22T10:00:00+00:00"),
        ("2h ago", "2026-11-22T10:00:00+00:00"),
        ("2 H AGO", "2026-11-22T10:00:00+00:00"),
        ("  2   hours\tago ", "2026-11-22T10:00:00+00:00"),
        ("1 hour ago", "2026-11-22T11:00:00+00:00"),
        ("1 hr ago", "2026-11-22T11:00:00+00:00"),
        ("3 hrs ago", "2026-11-22T09:00:00+00:00"),
        ("1.5 h ago", "2026-11-22T10:30:00+00:00"),
        ("0.1 m ago", "2026-11-22T11:59:54+00:00"),
        ("20 m ago", "2026-11-22T11:40:00+00:00"),
        ("20 min ago", "2026-11-22T11:40:00+00:00"),
        ("20 mins ago", "2026-11-22T11:40:00+00:00"),
        ("1 minute ago", "2026-11-22T11:59:00+00:00"),
        ("90 minutes ago", "2026-11-22T10:30:00+00:00"),
        ("1 d ago", "2026-11-21T12:00:00+00:00"),
        ("1 day ago", "2026-11-21T12:00:00+00:00"),
        ("3 days ago", "2026-11-19T12:00:00+00:00"),
        ("0 h ago", "2026-11-22T12:00:00+00:00"),
        ("9:05", "2026-11-22T09:05:00+00:00"),
        ("09:05", "2026-11-22T09:05:00+00:00"),
        ("9.05", "2026-11-22T09:05:00+00:00"),
        ("12:00", "2026-11-22T12:00:00+00:00"),
        ("0:00", "2026-11-22T00:00:00+00:00"),
        ("today 09:05", "2026-11-22T09:05:00+00:00"),
        ("Today, 09:05", "2026-11-22T09:05:00+00:00"),
        ("yesterday 21:00", "2026-11-21T21:00:00+00:00"),
        ("Mon 21:00", "2026-11-16T21:00:00+00:00"),
        ("Sun 10:00", "2026-11-22T10:00:00+00:00"),
        ("Sun 12:00", "2026-11-22T12:00:00+00:00"),
        ("Sun 12:01", "2026-11-15T12:01:00+00:00"),
        ("22 Nov 09:00", "2026-11-22T09:00:00+00:00"),
        ("22 Nov, 09:00", "2026-11-22T09:00:00+00:00"),
        ("1 nov 9.05", "2026-11-01T09:05:00+00:00"),
        ("22 November 09:00", "2026-11-22T09:00:00+00:00"),
        ("23 Nov 21:00", "2025-11-23T21:00:00+00:00"),
        ("31 Dec 23:59", "2025-12-31T23:59:00+00:00"),
        ("1 June 09:00", "2026-06-01T09:00:00+01:00"),
        ("22 Nov 2026 09:00", "2026-11-22T09:00:00+00:00"),
        ("2026-11-22 09:00", "2026-11-22T09:00:00+00:00"),
        ("2026-11-22T09:00", "2026-11-22T09:00:00+00:00"),
        ("2026-11-22t09.00", "2026-11-22T09:00:00+00:00"),
    ],
)
def test_every_form_of_a_past_time_is_read(typed: str, expected: str) -> None:
    assert read(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("in 5 h", "2026-11-22T17:00:00+00:00"),
        ("In 5 hours", "2026-11-22T17:00:00+00:00"),
        ("in 30 min", "2026-11-22T12:30:00+00:00"),
        ("in 1.5 d", "2026-11-24T00:00:00+00:00"),
        ("in 0 m", "2026-11-22T12:00:00+00:00"),
        ("22:30", "2026-11-22T22:30:00+00:00"),
        ("today 22:30", "2026-11-22T22:30:00+00:00"),
        ("tomorrow 07:00", "2026-11-23T07:00:00+00:00"),
        ("Mon 07:00", "2026-11-23T07:00:00+00:00"),
        ("Sun 22:30", "2026-11-22T22:30:00+00:00"),
        ("Sun 12:00", "2026-11-22T12:00:00+00:00"),
        ("Sun 11:59", "2026-11-29T11:59:00+00:00"),
        ("22 Nov 22:30", "2026-11-22T22:30:00+00:00"),
        ("21 Nov 07:00", "2027-11-21T07:00:00+00:00"),
        ("1 Jan 07:00", "2027-01-01T07:00:00+00:00"),
        ("1 Jan 2027 07:00", "2027-01-01T07:00:00+00:00"),
        ("2026-11-23 07:00", "2026-11-23T07:00:00+00:00"),
    ],
)
def test_every_form_of_a_time_to_come_is_read(typed: str, expected: str) -> None:
    assert read(typed, past=False) == expected


@pytest.mark.parametrize("past", [True, False])
@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "now",
        "noon",
        "yesterday",
        "tomorrow",
        "Mon",
        "22 Nov",
        "2026-11-22",
        "7",
        "07",
        "7 am",
        "7:5",
        "24:00",
        "23:60",
        "123:00",
        "12:000",
        "12:00:00",
        "-1:00",
        "12:00 Z",
        "2026-11-22T09:00Z",
        "2026-11-22T09:00:00+00:00",
        "h ago",
        "2 ago",
        "2 weeks ago",
        "two h ago",
        "12345 h ago",
        "1.25 h ago",
        "1,5 h ago",
        "-2 h ago",
        "2 h",
        "ago 2 h",
        "in h",
        "in 2",
        "2 h before now",
        "last Mon 21:00",
        "Nov 22 21:00",
        "22Nov 21:00",
        "22 Nov 26 21:00",
        "22 Foo 21:00",
        "22 no 21:00",
        "0 Nov 21:00",
        "31 Nov 21:00",
        "29 Feb 21:00",
        "29 Feb 2026 21:00",
        "2026-02-30 21:00",
        "2026-13-01 21:00",
        "0000-01-01 21:00",
        "2026-1-1 21:00",
        "Foo 21:00",
        "mo 21:00",
        "\u0661\u0662:\u0660\u0660",
        "unknown",
        "/plan",
    ],
)
def test_what_is_no_time_is_refused_with_the_forms_that_are(typed: str, past: bool) -> None:
    allowed = ALLOWED_PAST if past else ALLOWED_FUTURE
    assert refused(typed, past=past) == f"allowed: {allowed}"


@pytest.mark.parametrize("past", [True, False])
def test_every_form_that_a_refusal_names_is_read(past: bool) -> None:
    late = NOON.replace(hour=23) if past else NOON.replace(hour=6)
    forms = re.split(r", | or ", ALLOWED_PAST if past else ALLOWED_FUTURE)
    assert len(forms) == 6
    for form in forms:
        moment = datetime.fromisoformat(read(form, late, past=past))
        assert moment <= late if past else moment >= late


@pytest.mark.parametrize(("number", "name"), list(enumerate(FULL_MONTHS, 1)))
def test_months_are_named_short_or_whole(number: int, name: str) -> None:
    expected = read(f"2026-{number:02}-05 09:00", NOON.replace(month=12))
    for each in (name, name[:3], name.upper()):
        assert read(f"5 {each} 09:00", NOON.replace(month=12)) == expected
    assert name[:3].casefold() == MONTHS[number - 1]


@pytest.mark.parametrize("word", ["junk", "octopus", "marvellous", "sepsis", "mayo", "decade"])
def test_a_word_that_only_begins_like_a_month_is_no_month(word: str) -> None:
    assert refused(f"22 {word} 09:00") == f"allowed: {ALLOWED_PAST}"


def test_september_is_also_named_with_four_letters() -> None:
    assert read("5 sept 09:00") == "2026-09-05T09:00:00+01:00"


@pytest.mark.parametrize(("number", "name"), list(enumerate(FULL_WEEKDAYS)))
def test_weekdays_are_named_short_or_whole(number: int, name: str) -> None:
    past, coming = (
        datetime.fromisoformat(read(f"{name} 12:00", past=side)) for side in (True, False)
    )
    assert past.weekday() == coming.weekday() == number
    assert NOON - past < timedelta(days=7)
    assert coming - NOON < timedelta(days=7)
    for each in (name[:3], name.casefold(), name.upper()):
        assert read(f"{each} 12:00") == past.isoformat()
    assert name[:3].casefold() == WEEKDAYS[number]


@pytest.mark.parametrize(("typed", "day"), [("tues", 17), ("weds", 18), ("thurs", 19), ("thu", 19)])
def test_weekdays_are_also_named_as_often_shortened(typed: str, day: int) -> None:
    assert read(f"{typed} 21:00") == f"2026-11-{day}T21:00:00+00:00"


@pytest.mark.parametrize(
    "typed",
    [
        "22/11 21:00",
        "11/22 21:00",
        "5/6/2026 21:00",
        "05.06.2026 21:00",
        "22-11 21:00",
        "22-11-26 21:00",
        "1/2, 21:00",
    ],
)
@pytest.mark.parametrize("past", [True, False])
def test_a_date_whose_day_and_month_could_be_swapped_is_refused(typed: str, past: bool) -> None:
    assert refused(typed, past=past) == (
        "day and month could be swapped; type 22 Nov 21:00 or 2026-11-22 21:00"
    )


@pytest.mark.parametrize(
    "typed", ["12:01", "22:30", "tomorrow 07:00", "22 Nov 21:00", "2026-11-22 12:01", "in 1 m"]
)
def test_a_time_to_come_is_no_past_time(typed: str) -> None:
    assert refused(typed).startswith("that is later than now; ")


@pytest.mark.parametrize(
    "typed",
    ["11:59", "yesterday 21:00", "22 Nov 09:00", "2026-11-22 11:59", "1 m ago", "2 h before"],
)
def test_a_past_time_is_no_time_to_come(typed: str) -> None:
    assert refused(typed, past=False).startswith("that is earlier than now; ")


@pytest.mark.parametrize(
    ("typed", "past", "line"),
    [
        ("22:30", True, "that is later than now; for last night type: yesterday 22:30"),
        ("07:00", False, "that is earlier than now; for the next day type: tomorrow 07:00"),
        ("9.05", False, "that is earlier than now; for the next day type: tomorrow 9.05"),
        ("in 5 h", True, f"that is later than now; allowed: {ALLOWED_PAST}"),
        ("today 22:30", True, f"that is later than now; allowed: {ALLOWED_PAST}"),
        ("20 min ago", False, f"that is earlier than now; allowed: {ALLOWED_FUTURE}"),
        ("2 h before", False, f"that is earlier than now; allowed: {ALLOWED_FUTURE}"),
    ],
)
def test_the_other_day_is_never_guessed_but_named(typed: str, past: bool, line: str) -> None:
    assert refused(typed, past=past) == line


@pytest.mark.parametrize(
    ("typed", "past"), [("22:30", True), ("22.30", True), ("9:05", False), ("0:00", False)]
)
def test_what_a_refusal_says_to_type_can_be_typed(typed: str, past: bool) -> None:
    _, said, suggestion = refused(typed, past=past).partition("type: ")
    assert said
    assert read(suggestion, past=past)


def test_before_counts_from_the_start_of_the_case_and_not_from_now() -> None:
    start = NOON - timedelta(hours=4)
    assert read("3 h before", start=start) == "2026-11-22T05:00:00+00:00"
    assert read("0 h before", start=start) == "2026-11-22T08:00:00+00:00"
    assert read("3 h ago", start=start) == "2026-11-22T09:00:00+00:00"


def test_fractions_of_a_second_of_now_are_dropped() -> None:
    assert read("2 h ago", NOON.replace(microsecond=999_999)) == "2026-11-22T10:00:00+00:00"


@pytest.mark.parametrize("past", [True, False])
def test_a_year_away_is_the_furthest(past: bool) -> None:
    side = -1 if past else 1
    edge = NOON + side * FURTHEST
    beyond = edge + side * timedelta(minutes=1)
    assert read(f"{edge:%Y-%m-%d %H:%M}", past=past) == edge.isoformat()
    assert refused(f"{beyond:%Y-%m-%d %H:%M}", past=past) == "that is more than a year away"


@pytest.mark.parametrize(
    ("typed", "past"),
    [
        ("367 d ago", True),
        ("9999 days ago", True),
        ("in 9999 days", False),
        ("1999-12-31 23:59", True),
        ("31 Dec 1999 23:59", True),
        ("2999-12-31 23:59", False),
    ],
)
def test_more_than_a_year_away_is_refused(typed: str, past: bool) -> None:
    assert refused(typed, past=past) == "that is more than a year away"


@pytest.mark.parametrize(
    ("typed", "zone", "past"),
    [
        ("0001-01-01 00:00", KOLKATA, True),
        ("1 Jan 0001 00:00", KOLKATA, True),
        ("9999-12-31 23:59", ZoneInfo("America/New_York"), False),
    ],
)
def test_the_ends_of_the_calendar_are_refused_in_every_zone(
    typed: str, zone: ZoneInfo, past: bool
) -> None:
    assert refused(typed, zone=zone, past=past)


@pytest.mark.parametrize(
    ("typed", "past", "expected"),
    [
        ("09:00", True, "2026-11-22T09:00:00+05:30"),
        ("17:30", True, "2026-11-22T17:30:00+05:30"),
        ("17:30", False, "2026-11-22T17:30:00+05:30"),
        ("2 h ago", True, "2026-11-22T15:30:00+05:30"),
        ("tomorrow 07:00", False, "2026-11-23T07:00:00+05:30"),
        ("1 June 09:00", True, "2026-06-01T09:00:00+05:30"),
    ],
)
def test_a_time_is_read_in_the_zone_of_the_hospital(typed: str, past: bool, expected: str) -> None:
    assert read(typed, zone=KOLKATA, past=past) == expected


def test_today_is_the_day_of_the_zone() -> None:
    late = datetime(2026, 11, 22, 20, tzinfo=UTC)
    assert read("01:00", late, KOLKATA) == "2026-11-23T01:00:00+05:30"
    assert read("yesterday 23:50", late, KOLKATA) == "2026-11-22T23:50:00+05:30"
    assert read("Mon 01:00", late, KOLKATA) == "2026-11-23T01:00:00+05:30"
    assert read("01:00", datetime(2026, 11, 22, 2, tzinfo=UTC)) == "2026-11-22T01:00:00+00:00"


def test_the_evening_before_is_asked_for_after_midnight() -> None:
    after = datetime(2026, 11, 23, 0, 10, tzinfo=UTC)
    assert refused("23:50", after).endswith("type: yesterday 23:50")
    assert read("yesterday 23:50", after) == "2026-11-22T23:50:00+00:00"
    assert read("20 min ago", after) == "2026-11-22T23:50:00+00:00"
    assert read("Sun 23:50", after) == "2026-11-22T23:50:00+00:00"


def test_the_small_hours_are_asked_for_before_midnight() -> None:
    before = datetime(2026, 11, 22, 23, 50, tzinfo=UTC)
    assert refused("00:10", before, past=False).endswith("type: tomorrow 00:10")
    assert read("tomorrow 00:10", before, past=False) == "2026-11-23T00:10:00+00:00"
    assert read("in 20 min", before, past=False) == "2026-11-23T00:10:00+00:00"
    assert read("Mon 00:10", before, past=False) == "2026-11-23T00:10:00+00:00"


def test_yesterday_and_tomorrow_cross_the_year() -> None:
    eve, day = datetime(2026, 12, 31, 12, tzinfo=UTC), datetime(2027, 1, 1, 12, tzinfo=UTC)
    assert read("yesterday 21:00", day) == "2026-12-31T21:00:00+00:00"
    assert read("31 Dec 21:00", day) == "2026-12-31T21:00:00+00:00"
    assert read("tomorrow 07:00", eve, past=False) == "2027-01-01T07:00:00+00:00"
    assert read("1 Jan 07:00", eve, past=False) == "2027-01-01T07:00:00+00:00"


def test_a_leap_day_is_read_in_a_leap_year() -> None:
    assert read("29 Feb 09:00", datetime(2028, 3, 1, tzinfo=UTC)) == "2028-02-29T09:00:00+00:00"
    assert (
        read("29 Feb 09:00", datetime(2027, 12, 1, tzinfo=UTC), past=False)
        == "2028-02-29T09:00:00+00:00"
    )


@pytest.mark.parametrize(
    "typed", ["01:00", "01:30", "01:59", "Sun 01:30", "29 Mar 01:30", "2026-03-29 01:30"]
)
def test_an_hour_that_the_clocks_skipped_is_refused(typed: str) -> None:
    skipped = typed[-5:]
    assert refused(typed, SPRING) == f"{skipped} was skipped that day, the clocks went forward"


def test_an_hour_that_will_be_skipped_is_refused_beforehand() -> None:
    eve = SPRING - timedelta(hours=12)
    assert "was skipped" in refused("tomorrow 01:30", eve, past=False)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("00:59", "2026-03-29T00:59:00+00:00"), ("02:00", "2026-03-29T02:00:00+01:00")],
)
def test_the_hours_beside_the_skipped_one_are_read(typed: str, expected: str) -> None:
    assert read(typed, SPRING) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("Fri 01:30", "2026-03-27T01:30:00+00:00"), ("Mon 01:30", "2026-03-30T01:30:00+01:00")],
)
def test_the_skipped_hour_of_one_day_does_not_spoil_another_weekday(
    typed: str, expected: str
) -> None:
    assert read(typed, datetime(2026, 4, 1, 12, tzinfo=UTC)) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("00:59", "2026-10-25T00:59:00+01:00"),
        ("01:00", "2026-10-25T01:00:00+01:00"),
        ("01:59", "2026-10-25T01:59:00+01:00"),
        ("02:00", "2026-10-25T02:00:00+00:00"),
        ("Sun 01:30", "2026-10-25T01:30:00+01:00"),
        ("25 Oct 01:30", "2026-10-25T01:30:00+01:00"),
    ],
)
def test_an_hour_that_came_twice_is_the_earlier_one(typed: str, expected: str) -> None:
    assert read(typed, AUTUMN) == expected


@pytest.mark.parametrize(
    ("now", "typed", "past", "expected"),
    [
        (SPRING, "12 h ago", True, "2026-03-28T19:00:00+00:00"),
        (AUTUMN, "12 h ago", True, "2026-10-24T20:00:00+01:00"),
        (AUTUMN, "6 h before", True, "2026-10-25T01:00:00+00:00"),
        (SPRING - timedelta(hours=12), "in 12 h", False, "2026-03-29T08:00:00+01:00"),
        (AUTUMN - timedelta(hours=12), "in 12 h", False, "2026-10-25T07:00:00+00:00"),
    ],
)
@pytest.mark.parametrize("zone_of_now", [UTC, LONDON], ids=str)
def test_a_span_counts_the_hours_that_pass_also_when_the_clocks_change(
    now: datetime, typed: str, past: bool, expected: str, zone_of_now: tzinfo
) -> None:
    assert read(typed, now.astimezone(zone_of_now), past=past) == expected


@pytest.mark.parametrize("zone_of_now", [UTC, LONDON], ids=str)
def test_now_in_the_doubled_hour_is_told_from_the_same_time_an_hour_before(
    zone_of_now: tzinfo,
) -> None:
    second = datetime(2026, 10, 25, 1, 15, tzinfo=UTC).astimezone(zone_of_now)
    assert read("01:30", second) == "2026-10-25T01:30:00+01:00"
    first = (second.astimezone(UTC) - timedelta(hours=1)).astimezone(zone_of_now)
    assert refused("01:30", first).startswith("that is later than now; ")
    assert read("01:30", first, past=False) == "2026-10-25T01:30:00+01:00"


WORDS = [
    "2", "12", "0.5", "h", "d", "min", "days", "ago", "in", "before", "today", "yesterday",
    "tomorrow", "mon", "wednesday", "sun", "22", "29", "25", "feb", "mar", "oct", "nov",
    "december", "2025", "2026", "2027", "9999", "2026-11-22", "2026-03-29", "2026-10-25",
    "0001-01-01", "22/11", "9999-12-31", "01:30", "0:00", "12:00", "23:59", "9.05", "24:00",
    "t", "z", ".", ",",
]  # fmt: skip
TYPED = st.text(max_size=30) | st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
NOWS = st.sampled_from(
    [
        NOON,
        SPRING,
        AUTUMN,
        datetime(2026, 10, 25, 0, 15, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 15, tzinfo=UTC),
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
        datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC),
    ]
)


@settings(deadline=None, max_examples=300)
@given(
    typed=TYPED,
    now=NOWS,
    zone=st.sampled_from([LONDON, KOLKATA]),
    zone_of_now=st.sampled_from([UTC, LONDON, KOLKATA]),
    past=st.booleans(),
)
@example("0001-01-01 0:00", NOON, KOLKATA, UTC, True)
@example("01:30", datetime(2026, 10, 25, 1, 15, tzinfo=UTC), LONDON, LONDON, False)
def test_any_text_is_a_moment_on_the_right_side_of_now_or_unreadable(
    typed: str, now: datetime, zone: ZoneInfo, zone_of_now: tzinfo, past: bool
) -> None:
    now = now.astimezone(zone_of_now)
    try:
        moment = read_time(typed, now, zone, past=past, start=now)
    except Unreadable as error:
        assert str(error).isprintable()
        return
    distance = (moment.astimezone(UTC) - now.astimezone(UTC)) * (-1 if past else 1)
    assert timedelta() <= distance <= FURTHEST
    assert moment.tzinfo is zone
    assert moment.microsecond == 0
