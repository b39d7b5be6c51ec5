"""A turn that fails or is cancelled at its commit leaves nothing behind, and is not swallowed."""

import asyncio
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from state.sqlite.database import Database
from state.sqlite.store import SqliteStore
from state.store import StoreError

PATIENCE = 5.0


def durability(store: SqliteStore) -> int:
    return int(store.database.execute("PRAGMA synchronous").fetchone()[0])


async def test_a_turn_cancelled_at_a_commit_that_fails_is_cancelled(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_commit, go_on = threading.Event(), threading.Event()

    def fail(self: Database) -> None:
        in_commit.set()
        go_on.wait(PATIENCE)
        self.connection.execute("ROLLBACK")
        self._settled.set()
        raise sqlite3.OperationalError("database or disk is full")

    async def turn() -> None:
        async with store.turn_beside():
            store.cases.activate("1", None)

    monkeypatch.setattr(Database, "_commit", fail)
    task = asyncio.create_task(turn())
    await asyncio.to_thread(in_commit.wait, PATIENCE)
    task.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    with store.turn():
        store.cases.activate("2", None)


async def test_a_commit_that_cannot_begin_is_undone_and_blocks_nothing(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("cannot schedule new futures after shutdown")

    with monkeypatch.context() as patch:
        patch.setattr(ThreadPoolExecutor, "submit", refuse)
        with pytest.raises(RuntimeError):
            async with store.turn_beside():
                store.cases.activate("1", None)
    assert not store.database.connection.in_transaction
    with store.turn():
        store.cases.activate("2", None)
    chats = store.database.execute("SELECT chat FROM chats").fetchall()
    assert chats == [("2",)]


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
