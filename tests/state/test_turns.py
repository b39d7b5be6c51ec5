"""What is committed is on the disk once that was waited for, whoever else waits."""

import asyncio
import errno
import math
import sqlite3
import threading
import time
from contextlib import closing

import pytest

from state.sqlite import log_on_disk
from state.sqlite.store import SqliteStore
from state.store import StoreError

PATIENCE = 5.0


def durability(store: SqliteStore) -> int:
    return int(store.database.execute("PRAGMA synchronous").fetchone()[0])


def fail(*_: object) -> None:
    raise OSError(errno.EIO, "Input/output error")


async def test_who_waits_for_the_disk_at_one_time_waits_for_one_sync(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = list[int]()
    monkeypatch.setattr(log_on_disk, "SYNC", synced.append)

    async def turn(chat: str) -> None:
        async with store.turn_beside():
            store.cases.activate(chat, None)
        await store.wait_for_disk()

    await asyncio.gather(*(turn(str(number)) for number in range(9)))
    assert len(synced) == 1
    await store.wait_for_disk()
    with store.turn():
        store.cases.activate("a", None)
    await store.wait_for_disk()
    assert len(synced) == 1
    await turn("b")
    assert len(synced) == 2


async def test_a_commit_during_a_sync_waits_for_the_next_one(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncing, go_on, synced = threading.Event(), threading.Event(), list[int]()

    def sync(file: int) -> None:
        syncing.set()
        go_on.wait(PATIENCE)
        synced.append(file)

    monkeypatch.setattr(log_on_disk, "SYNC", sync)
    async with store.turn_beside():
        store.cases.activate("1", None)
    first = asyncio.create_task(store.wait_for_disk())
    await asyncio.to_thread(syncing.wait, PATIENCE)
    async with store.turn_beside():
        store.cases.activate("2", None)
    second = asyncio.create_task(store.wait_for_disk())
    await asyncio.sleep(0)
    go_on.set()
    await first
    assert len(synced) == 1
    await second
    assert len(synced) == 2


async def test_after_a_sync_that_failed_all_is_moved_before_anything_lasts(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.database.moving, "_moves_from", math.inf)
    async with store.turn_beside():
        store.cases.activate("1", None)
    with monkeypatch.context() as patch:
        patch.setattr(log_on_disk, "SYNC", fail)
        with pytest.raises(StoreError, match="what was changed last may be lost"):
            await store.wait_for_disk()
    with closing(sqlite3.connect(store.path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM cases").fetchone()
        with pytest.raises(StoreError, match="may be lost"):
            await store.wait_for_disk()
    await store.wait_for_disk()
    assert store.path.with_name(f"{store.path.name}-wal").stat().st_size == 0
    with closing(sqlite3.connect(store.path)) as other:
        assert other.execute("SELECT chat FROM chats").fetchall() == [("1",)]


async def test_a_sync_that_is_going_on_has_not_failed(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A turn syncs what a task waits for, in the moment in which its thread begins."""
    begin, reader = threading.Event(), sqlite3.connect(store.path)

    def sync(_: int) -> None:
        begin.set()
        time.sleep(0.1)

    monkeypatch.setattr(log_on_disk, "SYNC", sync)
    store.database._log._thread.submit(begin.wait, PATIENCE)
    with closing(reader):
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM cases").fetchone()
        async with store.turn_beside():
            store.cases.activate("1", None)
        waiting = asyncio.create_task(store.wait_for_disk())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        with store.turn():
            pass
        await waiting


def test_a_turn_waits_for_the_disk_also_after_one_that_did_not_and_failed(
    store: SqliteStore,
) -> None:
    lasting = durability(store)
    store.database.execute("PRAGMA busy_timeout = 20")
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError), store.turn(lasting=False):
            raise AssertionError("a turn was begun in a locked database")
        other.execute("ROLLBACK")
    with store.turn():
        assert durability(store) == lasting
    with store.turn(lasting=False):
        assert durability(store) < lasting
    with store.turn():
        assert durability(store) == lasting


async def test_a_turn_that_writes_nothing_syncs_what_was_committed_before(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = list[int]()
    monkeypatch.setattr(log_on_disk, "SYNC", synced.append)
    async with store.turn_beside():
        store.cases.activate("1", None)
    with store.turn():
        pass
    await store.wait_for_disk()
    assert len(synced) == 1
