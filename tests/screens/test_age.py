"""After the rules' review date, the card and `/version` say so."""

from datetime import UTC, datetime, timedelta, timezone

from bot.screens.age import age_line
from bot.service.service import Service
from tests.conftest import Clock
from tests.dialogue import do

PAST = "Rules: reviewed until 26 Nov 2027 only; check every step."
LAST_EVENING = datetime(2027, 11, 26, 23, 30, tzinfo=UTC)


def test_the_day_itself_still_counts_by_the_hospital_s_calendar() -> None:
    east = timezone(timedelta(hours=1))
    assert age_line(LAST_EVENING, UTC) == ()
    assert age_line(LAST_EVENING, east) == (PAST,)


def test_version_names_the_day_and_says_when_it_is_past(service: Service, clock: Clock) -> None:
    said = do(service, "/version")[0].plain().split("\n")
    assert "Rules: count as reviewed until 26 Nov 2027." in said
    clock.now = LAST_EVENING + timedelta(hours=1)
    said = do(service, "/version")[0].plain().split("\n")
    assert PAST in said
    assert not any("count as reviewed" in line for line in said)
