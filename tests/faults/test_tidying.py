"""Old cases over months of nights: what is erased, what is asked, and what a wrong clock does."""

import asyncio
import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest

from bot.adapters.telegram import tidying
from bot.adapters.telegram.tidying import Tidier
from bot.incoming import Command, Incoming
from bot.service.keeping import ask_about_open, may_erase, note_clock
from bot.service.service import Service
from state.sqlite.store import SqliteStore
from tests.access import only, open_to_all
from tests.adapters.telegram.test_conversation import card_of, running, tap
from tests.botapi import BotApi, PersonInChat
from tests.conftest import Clock
from tests.dialogue import shown
from tests.faults.steps import all_is_sent, case_of, seen_at, until, with_text
from tests.state.contract.values import a_case, add, closed

pytestmark = pytest.mark.usefixtures("hurry")

RETENTION_DAYS = 30
LONGEST_SILENCE_S = 0.05
ASKED = "is still open, last used Sun 22 Nov"
JUMPED = "The server's clock went from"


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "SECONDS_TO_NEXT", 0.005)


async def days_pass(clock: Clock, service: Service, days: int) -> None:
    """Let days pass for a program that looks at the clock more than once a day."""
    for _ in range(days * 2):
        clock.pass_by(hours=12)
        await until(lambda: seen_at(service) == clock.now)


async def test_an_open_emergency_is_asked_about_once_and_never_erased(
    often: None, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    async with running(server, service):
        await tap(ann, await card_of(ann), "Gait or balance")
        await all_is_sent(service.store)
        old = case_of(service)
        await days_pass(clock, service, RETENTION_DAYS + 1)
        asked = await ann.sees(f"{old.code} {ASKED}")
        assert asked.buttons == [["Keep", "Close"]]
        await days_pass(clock, service, 10)
        await all_is_sent(service.store)
        assert len(with_text(ann, ASKED)) == 1
        kept = service.store.cases.find(old.code)
        assert kept is not None and kept.latest == {"cord_signs": ["gait"]}
    assert server.refused_but() == []


async def test_keep_keeps_it_for_as_long_again_and_goes_on_with_it(
    often: None, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    async with running(server, service):
        await tap(ann, await card_of(ann), "None of these")
        await all_is_sent(service.store)
        old = case_of(service)
        await days_pass(clock, service, RETENTION_DAYS + 1)
        asked = await ann.sees(f"{old.code} {ASKED}")
        await card_of(ann)
        newer = case_of(service)
        assert newer.code != old.code
        await tap(ann, asked, "Keep")
        await ann.sees(f"Now on {old.code}.")
        await all_is_sent(service.store)
        assert case_of(service).code == old.code
        kept = service.store.cases.find(old.code)
        assert kept is not None and kept.touched_at == clock.now and kept.status == "open"
        await days_pass(clock, service, RETENTION_DAYS - 1)
        assert len(with_text(ann, f"{old.code} is still open")) <= 1
        await days_pass(clock, service, 2)
        await ann.sees(f"{old.code} is still open, last used Wed 23 Dec")


async def test_close_closes_it_and_only_then_is_it_erased(
    often: None, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    async with running(server, service):
        await tap(ann, await card_of(ann), "None of these")
        await all_is_sent(service.store)
        old = case_of(service)
        await days_pass(clock, service, RETENTION_DAYS + 1)
        await tap(ann, await ann.sees(f"{old.code} {ASKED}"), "Close")
        await until(lambda: getattr(service.store.cases.find(old.code), "status", "") == "closed")
        await days_pass(clock, service, RETENTION_DAYS + 1)
        await until(lambda: service.store.cases.find(old.code) is None)


async def test_a_clock_31_days_ahead_erases_nothing_over_restarts_and_tells_the_owners(
    often: None, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    owned = replace(service, access=open_to_all("1001"))
    async with running(server, owned):
        await tap(ann, await card_of(ann), "None of these")
        ann.types("/close transferred")
        await ann.sees("Case closed")
        await all_is_sent(service.store)
    (code,) = [case.code for case in service.store.cases.listed("1001", clock.now)]
    clock.pass_by(days=31)
    for _ in range(3):
        async with running(server, owned):
            ann.types("/help")
            await asyncio.sleep(0.1)
        clock.pass_by(hours=1)
    assert service.store.cases.find(code) is not None
    (told,) = with_text(ann, JUMPED)
    assert f"{JUMPED} Sun 22 Nov 12:00 UTC 2026 to Wed 23 Dec 12:00 UTC 2026" in told
    assert "Nothing is erased before Thu 24 Dec 12:00 UTC 2026." in told
    clock.pass_by(days=-31)
    async with running(server, owned):
        await server.until(lambda: len(with_text(ann, JUMPED)) == 2)
        await days_pass(clock, service, 3)
    assert service.store.cases.find(code) is not None


async def test_a_jump_while_it_runs_is_waited_out_for_a_day_then_closed_cases_go(
    often: None, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    add(service.store, closed(a_case(touched_at=clock.now)))
    async with running(server, replace(service, access=open_to_all("1001"))):
        ann.types("/help")
        await ann.sees("About CordCall")
        clock.pass_by(days=40)
        await ann.sees(JUMPED)
        clock.pass_by(hours=23)
        await asyncio.sleep(0.1)
        assert service.store.cases.find("KES-42") is not None
        clock.pass_by(hours=2)
        await until(lambda: service.store.cases.find("KES-42") is None)


def test_who_has_lost_access_is_not_asked_and_their_case_is_kept(
    service: Service, clock: Clock
) -> None:
    guarded = replace(service, touch=True, access=only("bob"))
    add(service.store, a_case(touched_at=clock.now - timedelta(days=31)))
    with service.store.turn():
        assert ask_about_open(guarded, 5) == ([], [])
    guarded.forget_old()
    assert service.store.cases.find("KES-42") is not None
    assert shown(guarded) == []


def test_a_case_that_cannot_be_asked_about_holds_up_no_other(
    service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = clock.now - timedelta(days=31)
    add(service.store, *(a_case(code, code, long_ago) for code in ("KES-41", "KES-42")))
    send = Service.send

    def failing(self: Service, turn: object, *given: object) -> None:
        if getattr(turn, "chat", "") == "KES-41":
            raise ValueError
        send(self, turn, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Service, "send", failing)
    with service.store.turn():
        asked, failed = ask_about_open(replace(service, touch=True), 5)
    assert asked == ["KES-42"]
    assert len(failed) == 1


def test_the_clock_is_trusted_until_it_jumps_either_way(service: Service, clock: Clock) -> None:
    for hours, jumped, trusted in (
        (0, False, True), (24, False, True), (-24, False, True), (25, True, False),
        (23, False, False), (1, False, True), (-25, True, False), (24, False, True),
    ):  # fmt: skip
        clock.pass_by(hours=hours)
        with service.store.turn():
            assert note_clock(service) is jumped, hours
        assert may_erase(service) is trusted, hours


async def test_tidying_never_silences_the_loop_whoever_reads(
    tmp_path: Path, service: Service, clock: Clock
) -> None:
    path = tmp_path / "large.db"
    with closing(SqliteStore(path)) as store:
        long_ago = clock.now - timedelta(days=31)
        for start in range(0, 1000, 100):
            codes = (f"KES-{n}" for n in range(start, start + 100))
            add(store, *(closed(a_case(code, code, long_ago)) for code in codes))
        busy = replace(service, store=store, touch=True)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT count(*) FROM cases").fetchone()
            silent_s = await longest_silence(Tidier(busy, lambda _: None))
        assert store.database.execute("SELECT count(*) FROM cases").fetchone() == (0,)
        assert silent_s < LONGEST_SILENCE_S
        store.scrub()
        assert path.with_name("large.db-wal").stat().st_size == 0


async def longest_silence(tidier: Tidier) -> float:
    """Tidy once, and return the longest time in seconds in which nothing else could run."""
    longest, task = 0.0, asyncio.create_task(tidier.tidy())
    while not task.done():
        began = perf_counter()
        await asyncio.sleep(0.001)
        longest = max(longest, perf_counter() - began)
    with suppress(asyncio.CancelledError):
        await task
    return longest


def test_the_terminal_erases_no_open_case_either(service: Service, clock: Clock) -> None:
    service.take(Incoming("terminal", "terminal", Command("triage")))
    add(service.store, a_case(chat="terminal", touched_at=clock.now))
    clock.pass_by(days=400)
    service.forget_old()
    assert service.store.cases.find("KES-42") is not None
