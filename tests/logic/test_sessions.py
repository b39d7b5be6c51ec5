"""Dialysis sessions against the MRI deadline: midnight, summer time, a session in progress."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.guidance.texts import say
from bot.logic.assessment import assess, assess_later
from bot.logic.case_input import read_case
from bot.logic.fired_rule import Fired
from bot.logic.sessions import NextSession

LONDON = ZoneInfo("Europe/London")
WEAK: dict[str, Any] = {
    "renal": "haemodialysis",
    "cancer": "known",
    "primary": "lung",
    "cord_signs": ["weakness"],
}


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def session(now: datetime, **case: Any) -> Fired:
    """Return rule G15 of a patient with weak legs who is first seen now: the deadline is 12 h."""
    answer = assess(read_case(WEAK | case), "stepwise", now)
    return next(each for each in answer.actions if each.id == "G15")


@pytest.mark.parametrize(
    ("next_dialysis", "note"),
    [
        ("2026-11-23T07:59:59+00:00", "before"),
        ("2026-11-23T08:00:00+00:00", "before"),
        ("2026-11-23T08:00:01+00:00", "after"),
        ("2026-11-23T08:30:00+01:00", "before"),
        ("2026-11-23T07:30:00-01:00", "after"),
    ],
)
def test_a_session_is_weighed_against_the_moment_of_the_deadline(
    next_dialysis: str, note: str
) -> None:
    fired = session(at("2026-11-22T20:00:00+00:00"), next_dialysis=next_dialysis)
    assert [each for each in fired.say if each in ("before", "after", "same_day")] == [note]


@pytest.mark.parametrize(
    ("now", "days", "day"),
    [
        ("2026-11-22T23:59:00+00:00", ["mon"], "Mon 23 Nov"),
        ("2026-11-23T00:01:00+00:00", ["mon"], "Mon 23 Nov"),
        ("2026-11-23T23:59:00+00:00", ["mon"], "Mon 23 Nov"),
        ("2026-11-24T00:01:00+00:00", ["mon"], "Mon 30 Nov"),
        ("2026-11-24T00:01:00+00:00", ["mon", "wed", "fri"], "Wed 25 Nov"),
        ("2026-11-28T10:00:00+00:00", ["mon", "wed", "fri"], "Mon 30 Nov"),
        ("2026-12-31T23:30:00+00:00", ["sat"], "Sat 2 Jan"),
    ],
)
def test_the_next_of_the_usual_days_turns_at_midnight(now: str, days: list[str], day: str) -> None:
    assert session(at(now), dialysis_days=days).figures["session"] == day


def test_midnight_is_that_of_the_clock_on_the_ward() -> None:
    late = session(at("2026-11-23T00:30:00+01:00"), dialysis_days=["sun", "mon"])
    early = session(at("2026-11-22T23:30:00+00:00"), dialysis_days=["sun", "mon"])
    assert late.figures["session"] == "Mon 23 Nov"
    assert early.figures["session"] == "Sun 22 Nov"


@pytest.mark.parametrize(
    ("last_dialysis", "day"),
    [
        ("2026-11-23T04:00:00+00:00", "Wed 25 Nov"),
        ("2026-11-22T23:00:00+00:00", "Mon 23 Nov"),
        ("2026-11-23T00:30:00+01:00", "Mon 23 Nov"),
        ("unknown", "Mon 23 Nov"),
    ],
)
def test_a_session_of_today_that_is_over_makes_the_next_usual_day_count(
    last_dialysis: str, day: str
) -> None:
    fired = session(
        at("2026-11-23T12:00:00+00:00"), dialysis_days=["mon", "wed"], last_dialysis=last_dialysis
    )
    assert fired.figures["session"] == day


@pytest.mark.parametrize(
    ("now", "days", "note"),
    [
        ("2026-11-22T11:00:00+00:00", ["sun"], "same_day"),
        ("2026-11-22T13:00:00+00:00", ["sun"], "before"),
        ("2026-11-22T12:00:00+00:00", ["mon"], "same_day"),
        ("2026-11-23T11:00:00+00:00", ["mon"], "same_day"),
        ("2026-11-22T11:00:00+00:00", ["mon"], "after"),
        ("2026-11-21T10:00:00+00:00", ["mon"], "after"),
    ],
)
def test_a_day_without_a_time_is_before_on_or_after_the_day_of_the_deadline(
    now: str, days: list[str], note: str
) -> None:
    fired = session(at(now), dialysis_days=days)
    assert fired.say[0] == "day"
    assert [each for each in fired.say if each in ("before", "after", "same_day")] == [note]


def test_a_day_before_the_last_one_is_before_the_deadline() -> None:
    due = at("2026-11-25T08:00:00+00:00")
    assert NextSession(None, date(2026, 11, 24)).against(due) == "before"
    assert NextSession(None, date(2026, 11, 25)).against(due) == "same_day"
    assert NextSession(None, date(2026, 11, 26)).against(due) == "after"


def test_the_deadline_is_twelve_hours_of_time_in_the_night_in_which_the_clocks_go_back() -> None:
    evening = datetime(2026, 10, 24, 20, tzinfo=LONDON)
    half_past_seven = "2026-10-25T07:30:00+00:00"
    assert "after" in session(evening, next_dialysis=half_past_seven).say
    assert "before" in session(evening, next_dialysis="2026-10-25T06:59:00+00:00").say


def test_the_deadline_is_twelve_hours_of_time_in_the_night_in_which_the_clocks_go_forward() -> None:
    evening = datetime(2026, 3, 28, 20, tzinfo=LONDON)
    assert "before" in session(evening, next_dialysis="2026-03-29T08:30:00+01:00").say
    assert "before" in session(evening, next_dialysis="2026-03-29T09:00:00+01:00").say
    assert "after" in session(evening, next_dialysis="2026-03-29T09:01:00+01:00").say


@pytest.mark.parametrize(
    ("last_dialysis", "now", "long_ago"),
    [
        ("2026-11-21T12:00:00+00:00", at("2026-11-22T12:00:00+00:00"), False),
        ("2026-11-21T11:59:59+00:00", at("2026-11-22T12:00:00+00:00"), True),
        ("2026-11-21T13:30:00+01:00", at("2026-11-22T12:00:00+00:00"), False),
        ("2026-10-24T08:00:00+01:00", datetime(2026, 10, 25, 7, 30, tzinfo=LONDON), True),
        ("2026-03-28T08:00:00+00:00", datetime(2026, 3, 29, 8, 30, tzinfo=LONDON), False),
    ],
)
def test_the_last_session_is_long_ago_after_more_than_24_hours_of_time(
    last_dialysis: str, now: datetime, long_ago: bool
) -> None:
    fired = session(now, dialysis_days=["wed"], last_dialysis=last_dialysis)
    assert ("long_ago" in fired.say) == long_ago


@pytest.mark.parametrize(
    ("next_dialysis", "running"),
    [
        ("2026-11-22T11:59:00+00:00", True),
        ("2026-11-22T12:00:00+00:00", True),
        ("2026-11-22T13:00:00+01:00", True),
        ("2026-11-22T12:00:01+00:00", False),
    ],
)
def test_a_session_that_has_begun_may_be_running_and_is_not_waited_for(
    next_dialysis: str, running: bool
) -> None:
    fired = session(at("2026-11-22T12:00:00+00:00"), next_dialysis=next_dialysis)
    assert ("running" in fired.say) == running
    assert ("before" in fired.say) == (not running)
    assert ("the MRI deadline stands" in say(fired)) == running


def test_a_session_begins_to_run_while_the_case_waits() -> None:
    now, later = at("2026-11-22T12:00:00+00:00"), at("2026-11-22T18:00:00+00:00")
    case = read_case(WEAK | {"opened_at": now.isoformat(), "next_dialysis": later.isoformat()})
    answer = assess(case, "stepwise", now)
    waited = assess_later(answer, later)
    first, then = (
        next(each for each in result.actions if each.id == "G15") for result in (answer, waited)
    )
    assert "before" in first.say
    assert "running" in then.say


def test_the_moment_is_said_as_a_clock_time_the_usual_day_without_one() -> None:
    now = at("2026-11-22T12:00:00+00:00")
    timed = session(now, next_dialysis="2026-11-23T07:00:00+00:00", dialysis_days=["wed"])
    assert say(timed).startswith("Next dialysis: Mon 23 Nov 07:00")
    assert "time not known" in say(session(now, dialysis_days=["wed"]))


def test_once_the_images_are_read_no_deadline_is_left_to_weigh_against() -> None:
    read = {"mri": "done", "lesions": [{"level": "T8", "escc": "3"}]}
    fired = session(
        at("2026-11-22T12:00:00+00:00"), **read, next_dialysis="2026-11-23T07:00:00+00:00"
    )
    assert not {"before", "after", "same_day"} & set(fired.say)
    assert "operation" in fired.say
