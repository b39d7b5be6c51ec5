"""A failing database is logged when something changes, and once a minute."""

import pytest
from structlog.testing import capture_logs

from bot.adapters.telegram.database_log import SECONDS_APART, SECONDS_TO_BELIEVE, DatabaseLog
from state.store import StoreError

FULL = StoreError("CORDCALL_DATABASE: cordcall.db: database or disk is full")
LOCKED = StoreError("CORDCALL_DATABASE: cordcall.db: database is locked")


class Clock:
    """Seconds that pass when a test says so."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_same_failure_is_logged_once_a_minute(clock: Clock) -> None:
    database = DatabaseLog(clock)
    with capture_logs() as logged:
        for _ in range(240):
            database.failed(FULL)
            clock.now_s += 0.5
    assert [each["reason"] for each in logged] == [str(FULL)] * int(120 / SECONDS_APART)


def test_another_reason_is_logged_at_once(clock: Clock) -> None:
    database = DatabaseLog(clock)
    with capture_logs() as logged:
        for each in (FULL, FULL, LOCKED, LOCKED):
            database.failed(each)
    assert [each["reason"] for each in logged] == [str(FULL), str(LOCKED)]


def test_the_end_is_logged_once_and_only_when_nothing_fails_any_more(clock: Clock) -> None:
    database = DatabaseLog(clock)
    with capture_logs() as logged:
        database.works()
        database.failed(FULL)
        database.works()
        clock.now_s += SECONDS_TO_BELIEVE
        database.works()
        database.works()
        database.failed(FULL)
    assert [each["event"] for each in logged] == [
        "the database cannot be used",
        "the database can be used again",
        "the database cannot be used",
    ]
