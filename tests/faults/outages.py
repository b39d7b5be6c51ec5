"""Outages of the database, on either engine, and waits for it that are short."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import pytest

import state.sqlite.connection
from bot.adapters.telegram.outbox import pace
from state.sqlite.store import SqliteStore
from state.store import Store, StoreError
from tests.stored import place_of

OUTAGES: Final = ("locked", "full", "read-only", "unreadable")
SHORT_S: Final = 0.1
ONLY_CORDCALL: Final = (
    "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'cordcall'"
)


@pytest.fixture
def database(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A database with short waits, for it and for a chat's pace."""
    if request.config.getoption("engine") == "postgres":
        from state.postgres import connected, opening

        session = opening.SESSION.replace("lock_timeout = '5s'", "lock_timeout = '100ms'")
        assert session != opening.SESSION
        monkeypatch.setattr(opening, "SESSION", session)
        monkeypatch.setattr(connected, "SECONDS_BETWEEN_TRIES", 0)
    wait_for_others(SHORT_S, request, monkeypatch)
    monkeypatch.setattr(pace, "CHAT_SECONDS", SHORT_S)
    return tmp_path / "cordcall.db"


def wait_for_others(
    seconds: float, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set how long a turn waits for another process that writes."""
    if request.config.getoption("engine") == "postgres":
        from state.postgres import opening

        monkeypatch.setattr(opening, "LOCK_SECONDS", seconds)
    else:
        monkeypatch.setattr(state.sqlite.connection, "BUSY_SECONDS", seconds)


@contextmanager
def outage(kind: str, store: Store) -> Iterator[None]:
    """Block all writes until the end of the block."""
    blocked = of_a_file if isinstance(store, SqliteStore) else of_a_server
    with blocked(kind, store):
        yield


def is_readable(kind: str, store: Store) -> bool:
    """Return whether a database can be read in an outage.

    A server that takes no changes is not even connected to: another one may.
    """
    return kind in ("locked", "full") or (kind == "read-only" and isinstance(store, SqliteStore))


def no_room(store: Store) -> Exception:
    """Return what an engine raises inside a turn when the disk is full."""
    if isinstance(store, SqliteStore):
        return sqlite3.OperationalError("database or disk is full")
    from state.postgres.failures import Failed

    return Failed("53100", "could not extend file")


def rows(store: Store, table: str) -> int:
    """Count rows over a separate connection."""
    with connected(store) as other:
        return int(other.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


@contextmanager
def connected(store: Store) -> Iterator[Any]:
    """Be connected to a database as another program, which commits each statement."""
    if isinstance(store, SqliteStore):
        with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
            yield other
    else:
        import psycopg

        with psycopg.connect(place_of(store), autocommit=True) as other_session:
            yield other_session


@contextmanager
def of_a_file(kind: str, store: Any) -> Iterator[None]:
    if kind == "locked":
        with connected(store) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    pages = int(store.database.execute("PRAGMA page_count").fetchone()[0])
    begin, end = {
        "full": (f"max_page_count = {pages}", "max_page_count = 1000000"),
        "read-only": ("query_only = ON", "query_only = OFF"),
        "unreadable": ("query_only = ON", "query_only = OFF"),
    }[kind]
    store.database.execute(f"PRAGMA {begin}")
    if kind == "unreadable":
        store.database.connection.set_progress_handler(lambda: 1, 1)
    try:
        yield
    finally:
        store.database.connection.set_progress_handler(None, 1)
        store.database.execute(f"PRAGMA {end}")


@contextmanager
def of_a_server(kind: str, store: Any) -> Iterator[None]:
    """Block a server: a full disk is refused by triggers, a lost network by the way to it."""
    from state.postgres import opening

    with connected(store) as other, ExitStack() as ends:
        (name,) = other.execute("SELECT current_database()").fetchone()
        other.execute(f"SELECT pg_advisory_lock({opening.WRITING})")
        if kind == "full":
            ends.callback(other.execute, "DROP FUNCTION no_room() CASCADE")
            other.execute(_no_room())
        elif kind == "read-only":
            reset = f"ALTER DATABASE {name} RESET default_transaction_read_only"
            ends.callback(other.execute, reset)
            other.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        elif kind == "unreadable":
            ends.enter_context(patch.object(opening, "connect", _refuse))
        if kind in ("read-only", "unreadable"):
            other.execute(f"SELECT pg_terminate_backend(pid, 5000) {ONLY_CORDCALL}")
        if kind != "locked":
            other.execute(f"SELECT pg_advisory_unlock({opening.WRITING})")
        yield


def _no_room() -> str:
    """Return what lets every change fail as it does on a full disk."""
    from state.postgres.schema import tables

    each = "CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {} EXECUTE FUNCTION no_room()"
    return "; ".join(
        (
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$",
            *(each.format(table) for table in tables()),
        )
    )


def _refuse(*_: object) -> None:
    raise StoreError("CORDCALL_DATABASE: the server cannot be reached")
