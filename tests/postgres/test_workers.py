"""Several workers on one database: who sends to which chat, who leads, what they hear."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from bot.database_address import Address
from state.postgres import locks
from state.postgres import workers as module
from state.postgres.schema import QUEUED
from state.postgres.store import PostgresStore
from state.postgres.workers import SHARES, share_of
from state.records import Priority
from state.topics.workers import Word
from tests.docs import ROOT
from tests.postgres.server import Server

CHATS = [str(number) for number in range(1000, 1400)]
PATIENCE = 15.0
SECONDS_TO_TAKE_OVER = 10.0
SECONDS_TO_SETTLE = 0.3  # some looks
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOLDS = """
import asyncio, sys
from bot.database_address import Address
from state.postgres.store import PostgresStore

class Hears:
    def queued(self, chat): pass
    def told(self, words): pass
    def missed(self): pass
    def gained(self): print("gained", flush=True)
    async def left(self): pass

async def main():
    await PostgresStore(Address.read(sys.argv[1])).workers.run(Hears(), "1")

asyncio.run(main())
"""


@dataclass
class Hears:
    """Notes what a worker hears; what is under way to a chat holds up that it is left."""

    queued_for: list[str] = field(default_factory=list)
    words: list[list[Word]] = field(default_factory=list)
    gains: int = 0
    misses: int = 0
    may_leave: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_leave.set()

    def queued(self, chat: str) -> None:
        self.queued_for.append(chat)

    def told(self, words: Sequence[Word]) -> None:
        self.words.append([*words])

    def missed(self) -> None:
        self.misses += 1

    def gained(self) -> None:
        self.gains += 1

    async def left(self) -> None:
        await self.may_leave.wait()


class Worker:
    """A worker in this process, with a store of its own."""

    def __init__(self, url: str, version: str = "1") -> None:
        self.store = PostgresStore(Address.read(url))
        self.hears = Hears()
        self.task = asyncio.create_task(self.store.workers.run(self.hears, version))

    def chats(self) -> set[str]:
        return {each for each in CHATS if self.store.workers.sends_to(each)}

    async def end(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        self.store.close()


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS_BETWEEN_LOOKS", 0.05)


@asynccontextmanager
async def workers(url: str, count: int) -> AsyncIterator[list[Worker]]:
    those = [Worker(url) for _ in range(count)]
    try:
        await until(lambda: divided(those))
        await asyncio.sleep(SECONDS_TO_SETTLE)
        yield those
    finally:
        for each in those:
            await each.end()


def divided(those: Sequence[Worker]) -> bool:
    """Return whether each chat is one worker's, each has its part, and one of them leads."""
    chats = [chat for each in those for chat in each.chats()]
    shares = [len({*map(share_of, each.chats())}) for each in those]
    fair = SHARES / len(those)
    leaders = sum(each.store.workers.leads for each in those)
    return (
        sorted(chats) == CHATS and leaders == 1 and max(shares) <= fair + 1
        and min(shares) >= fair - 2
    )  # fmt: skip


async def until(holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)


def flushes_of(store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """List the flushes of a store's disk from now on, instead of making them."""
    flushed = list[int]()
    disk = store.database.connected.disk
    monkeypatch.setattr(disk, "_flush_in_thread", lambda: flushed.append(1))
    return flushed


def queue(store: PostgresStore, chat: str) -> None:
    with store.turn(lasting=False):
        enqueue(store, chat)


def enqueue(store: PostgresStore, chat: str) -> None:
    store.outbox.enqueue(
        chat=chat, code=None, screens=[], token=None, query=None, tapped=None, anew=False,
        priority=Priority.ANSWER, at=NOW,
    )  # fmt: skip


async def test_one_worker_alone_sends_to_every_chat_and_leads(postgres_url: str) -> None:
    async with workers(postgres_url, 1) as (one,):
        assert one.chats() == {*CHATS}
        assert one.store.workers.leads and one.store.workers.count == 1
        assert one.hears.misses == 0


async def test_no_chat_is_ever_sent_to_by_two_while_workers_come_and_go(postgres_url: str) -> None:
    async with workers(postgres_url, 2) as those:
        together = [*those]

        async def watch() -> None:
            while True:
                chats = [chat for each in together for chat in each.chats()]
                assert len(chats) == len({*chats})
                assert sum(each.store.workers.leads for each in together) <= 1
                await asyncio.sleep(0.001)

        watching = asyncio.create_task(watch())
        third = Worker(postgres_url)
        together.append(third)
        await until(lambda: divided(together))
        await third.end()
        together.remove(third)
        await until(lambda: divided(together))
        watching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watching


async def test_a_share_is_given_up_only_once_nothing_is_under_way_to_its_chats(
    postgres_url: str,
) -> None:
    async with workers(postgres_url, 1) as (one,):
        one.hears.may_leave.clear()
        two = Worker(postgres_url)
        try:
            await until(lambda: len(one.chats()) < len(CHATS))
            await asyncio.sleep(0.3)
            assert two.chats() == set()
            one.hears.may_leave.set()
            await until(lambda: divided([one, two]))
        finally:
            await two.end()


async def test_what_one_queues_is_told_to_whoever_sends_it_and_to_nobody_else(
    postgres_url: str,
) -> None:
    async with workers(postgres_url, 2) as (one, two):
        others = min(two.chats())
        queue(one.store, others)
        queue(one.store, min(one.chats()))
        await until(lambda: two.hears.queued_for == [others])
        await asyncio.sleep(0.1)
        assert one.hears.queued_for == [] and two.hears.queued_for == [others]


async def test_a_turn_tells_at_once_of_what_others_send_and_of_nothing_else(
    postgres_url: str,
) -> None:
    async with workers(postgres_url, 2) as (one, two):
        own, others = min(one.chats()), sorted(two.chats())[:2]
        with psycopg.connect(postgres_url, autocommit=True) as listening:
            listening.execute(f"LISTEN {QUEUED}")
            for chats in ([own], [*others, own, others[0]], [own]):
                with one.store.turn(lasting=False):
                    for chat in chats:
                        enqueue(one.store, chat)
            with one.store.turn(lasting=False):
                one.store.database.connected.takings += 1  # others have taken chats
                enqueue(one.store, own)
            heard = listening.notifies(timeout=0.5)
            assert [json.loads(each.payload) for each in heard] == [others, [own]]


async def test_a_group_that_becomes_another_chat_is_told_to_whoever_sends_there(
    postgres_url: str,
) -> None:
    async with workers(postgres_url, 2) as (one, two):
        old, new = min(one.chats()), min(two.chats())
        queue(one.store, old)
        with one.store.turn(lasting=False):
            one.store.chats.rename(old, new)
        await until(lambda: two.hears.queued_for == [new])


async def test_what_somebody_else_than_a_worker_queues_is_told_too(postgres_url: str) -> None:
    async with workers(postgres_url, 2) as (one, two):
        first, second = sorted(two.chats())[:2]
        with psycopg.connect(postgres_url) as another:
            another.execute("INSERT INTO outbox (chat) VALUES (%s)", (first,))
        await until(lambda: two.hears.queued_for == [first])
        with psycopg.connect(postgres_url) as another:
            another.execute("UPDATE outbox SET chat = %s", (second,))
        await until(lambda: two.hears.queued_for == [first, second])
        assert one.hears.queued_for == []


async def test_what_is_told_together_with_a_taking_of_shares_is_heard(postgres_url: str) -> None:
    """It is told only once: nobody would look for that row before its chat is heard of again."""
    async with workers(postgres_url, 2) as (one, two):
        others = sorted(two.chats())[:10]
        for chat in others:
            with psycopg.connect(postgres_url) as taking:
                taking.execute("SELECT pg_notify(%s, %s)", (module.TOLD, module.TAKEN))
                taking.execute("SELECT pg_notify(%s, %s)", (QUEUED, json.dumps([chat])))
            await asyncio.sleep(0.02)
        await asyncio.sleep(SECONDS_TO_SETTLE)
        assert two.hears.queued_for == others and one.hears.queued_for == []


async def test_what_is_told_is_seen_by_whoever_has_just_looked(postgres_url: str) -> None:
    """It may be heard in the step of the event loop in which somebody looked before it was kept."""
    async with workers(postgres_url, 2) as (one, two):
        chat, seen = min(two.chats()), list[int]()
        hears = two.hears.queued

        def reads(chat: str) -> None:
            hears(chat)
            seen.append(len(two.store.outbox.pressing(chat, 10)))

        two.hears.queued = reads  # type: ignore[method-assign]
        assert two.store.outbox.pressing(chat, 10) == []
        queue(one.store, chat)
        told = psycopg.Notify(QUEUED, json.dumps([chat]), one.store.database.connected.link.pid)
        two.store.workers._hear(two.hears, told)
        assert seen == [1]


async def test_shares_are_taken_without_waiting_for_a_replica(
    postgres_url: str, postgres_server: Server
) -> None:
    """Whoever takes some holds up every turn of every worker meanwhile."""
    async with workers(postgres_url, 1) as (one,):
        postgres_server.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        try:
            postgres_server.sql("SELECT pg_reload_conf()")
            await asyncio.sleep(SECONDS_TO_SETTLE)
            two = Worker(postgres_url)
            await until(lambda: divided([one, two]), SECONDS_TO_TAKE_OVER)
            queue(one.store, min(two.chats()))
        finally:
            postgres_server.sql("ALTER SYSTEM RESET synchronous_standby_names")
            postgres_server.sql("SELECT pg_reload_conf()")
        await two.end()


async def test_what_another_has_committed_is_on_the_disk_before_it_is_sent(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with workers(postgres_url, 2) as (one, two):
        flushed = flushes_of(two.store, monkeypatch)
        await two.store.wait_for_disk()
        flushed.clear()
        queue(one.store, min(two.chats()))
        await until(lambda: two.hears.queued_for != [])
        await two.store.wait_for_disk()
        assert flushed == [1]


async def test_what_another_has_committed_is_on_the_disk_before_it_is_shown_untold(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sends to a chat already may read what is new there before it is told."""
    one, two = (PostgresStore(Address.read(postgres_url)) for _ in range(2))
    flushed = flushes_of(two, monkeypatch)
    assert two.outbox.pressing("1", 8) == []
    await two.wait_for_disk()
    flushed.clear()
    queue(one, "1")
    await asyncio.sleep(0)
    assert len(two.outbox.pressing("1", 8)) == 1
    await two.wait_for_disk()
    assert flushed == [1]
    one.close()
    two.close()


async def test_what_a_worker_left_is_on_the_disk_before_another_sends_it(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with workers(postgres_url, 2) as (one, two):
        flushed = flushes_of(two.store, monkeypatch)
        await two.store.wait_for_disk()
        chat, gains = min(one.chats()), two.hears.gains
        queue(one.store, chat)
        flushed.clear()
        await one.end()
        await until(lambda: two.hears.gains > gains and two.store.workers.sends_to(chat))
        await two.store.wait_for_disk()
        assert flushed == [1]


async def test_one_tells_the_others_and_not_itself(postgres_url: str) -> None:
    async with workers(postgres_url, 2) as (one, two):
        one.store.workers.tell("called", "-100", 1)
        one.store.workers.tell("shown", "1", 2, "x" * 9000)
        await until(lambda: two.hears.words == [["called", "-100", 1]])
        assert one.hears.words == []


async def test_another_version_waits_until_the_last_of_the_old_one_has_ended(
    postgres_url: str,
) -> None:
    one, two = Worker(postgres_url), Worker(postgres_url)
    await until(lambda: divided([one, two]))
    new = Worker(postgres_url, "2")
    try:
        await asyncio.sleep(0.3)
        assert not new.store.workers.works and new.chats() == set()
        await one.end()
        await until(lambda: two.chats() == {*CHATS})
        assert not new.store.workers.works
        await two.end()
        await until(lambda: divided([new]))
        assert new.store.workers.works
    finally:
        await new.end()


async def test_two_versions_that_start_at_once_do_not_both_work(postgres_url: str) -> None:
    those = [Worker(postgres_url, version) for version in ("1", "2")]
    try:
        await until(lambda: any(each.store.workers.works for each in those))
        await asyncio.sleep(0.3)
        assert sum(each.store.workers.works for each in those) == 1
    finally:
        for each in those:
            await each.end()


async def test_a_lost_connection_is_a_lost_share_at_once_and_all_is_taken_again(
    postgres_url: str, postgres_server: Server
) -> None:
    async with workers(postgres_url, 2) as (one, two):
        gains = one.hears.gains, two.hears.gains
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND query LIKE '%pg_locks%' "
                "AND pid <> pg_backend_pid()"
            )
        await until(lambda: one.hears.gains > gains[0] and two.hears.gains > gains[1])
        await until(lambda: divided([one, two]))
        assert (one.hears.misses, two.hears.misses) == (1, 1)


async def another_process(url: str) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDS, url, cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        assert await process.stdout.readline() == b"gained\n"
    return process


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_worker_that_is_killed_or_hangs_is_replaced_within_ten_seconds(
    postgres_url: str, how: signal.Signals
) -> None:
    process = await another_process(postgres_url)
    one = Worker(postgres_url)
    try:
        await until(lambda: len(one.chats()) > len(CHATS) / 4)
        process.send_signal(how)
        await until(lambda: divided([one]), SECONDS_TO_TAKE_OVER)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await one.end()


async def test_what_was_queued_while_a_look_took_too_long_is_looked_for_after_it(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who was sure when the look began, and is again at its end, may have been unsure between."""
    async with workers(postgres_url, 1) as (one,):
        held = locks.held

        async def slowly(*given: Any) -> list[tuple[int, bool]]:
            await asyncio.sleep(0.1)
            return await held(*given)

        monkeypatch.setattr(module, "SECONDS_BETWEEN_LOOKS", 0.3)
        monkeypatch.setattr(module, "SURE_SECONDS", 0.6)
        monkeypatch.setattr(locks, "held", slowly)
        gains = one.hears.gains
        await until(lambda: one.hears.gains > gains + 1)


async def test_what_was_kept_by_a_connection_that_is_lost_is_looked_for(
    postgres_url: str, postgres_server: Server
) -> None:
    """It may have been kept although the commit failed; and what it told was passed over."""
    async with workers(postgres_url, 1) as (one,):
        gains = one.hears.gains
        postgres_server.sql(f"SELECT pg_terminate_backend({one.store.database.connected.link.pid})")
        queue(one.store, "1000")
        await until(lambda: one.hears.gains > gains)


async def test_what_is_not_surely_held_is_not_sent_to(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was stopped for a while may have lost its shares without having heard of it."""
    async with workers(postgres_url, 1) as (one,):
        later = module.monotonic() + module.SURE_SECONDS
        monkeypatch.setattr(module, "monotonic", lambda: later)
        assert one.chats() == set() and not one.store.workers.leads


async def test_who_finds_in_a_turn_that_others_have_taken_chats_looks_before_it_sends(
    postgres_url: str,
) -> None:
    """A machine that stood still does not know for how long: its clock may have stood still too."""
    async with workers(postgres_url, 1) as (one,):
        gains = one.hears.gains
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute("UPDATE engine SET taken = taken + 1")
        assert one.chats() == {*CHATS}
        with one.store.turn():
            assert one.chats() == set() and not one.store.workers.leads
        await until(lambda: divided([one]))
        assert one.hears.gains == gains + 1


async def test_who_is_cut_off_takes_no_updates_once_others_have_taken_its_place(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They may be of another version, that waited until this one seemed to have ended."""
    async with workers(postgres_url, 1) as (one,):

        async def refused(*_: object) -> None:
            raise psycopg.OperationalError("too many connections")

        with monkeypatch.context() as patch:
            patch.setattr(one.store.workers, "_work", refused)
            with psycopg.connect(postgres_url, autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND query LIKE '%pg_locks%' "
                    "AND pid <> pg_backend_pid()"
                )
            await until(lambda: one.store.workers.is_cut_off)
            with one.store.turn():
                assert one.store.workers.works
            two = Worker(postgres_url, "2")
            try:
                await until(lambda: divided([two]))
                with one.store.turn():
                    assert not one.store.workers.works
            finally:
                await two.end()
        await until(lambda: divided([one]) and one.store.workers.works)


async def test_an_error_while_working_together_is_logged_and_all_begins_anew(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with workers(postgres_url, 2) as (one, two):
        gains = two.hears.gains
        with monkeypatch.context() as patch:
            patch.setattr(two.hears, "told", two.hears.words.index)
            one.store.workers.tell("called", "-100", 1)
            await until(lambda: not two.chats())
        await until(lambda: divided([one, two]))
        assert two.hears.gains > gains
