"""Shared fixtures: a clock that stands still, an engine, a service over a real database."""

import asyncio
import gc
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.database_address import Address
from bot.flows.triage import FLOW
from bot.installation import Setting
from bot.logic.assessment import RULESET_VERSION
from bot.service.service import Service
from state.engines import open_store
from state.records import StoredCase
from state.sqlite.database import Database
from state.sqlite.engine import errors
from state.sqlite.store import SqliteStore
from state.store import Store
from tests.hurry import HurriedLoop, hurry_clocks
from tests.known import compared_when_closed
from tests.postgres.fixtures import _emptied, postgres_empty, postgres_server, postgres_url
from tests.processes import kill_left

__all__ = ["_emptied", "postgres_empty", "postgres_server", "postgres_url"]

os.environ["PTB_TIMEDELTA"] = "true"
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else each process compiles every module anew
sys.dont_write_bytecode = False
os.umask(0o077)  # what tests write is private, as a hospital's files are
OpenStore = Callable[[], Store]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        choices=("sqlite", "postgres"),
        default="sqlite",
        help="on which engine the fixture `store` is; on postgres only tests that use it are run",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is of SQLite itself, or uses no store, where the store is on PostgreSQL."""
    if config.getoption("engine") == "sqlite":
        return
    kept, left = list[pytest.Item](), list[pytest.Item]()
    for item in items:
        runs = "store" in getattr(item, "fixturenames", ()) and not item.get_closest_marker(
            "sqlite"
        )
        (kept if runs else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


def pytest_collection_finish() -> None:
    """Leave the thousands of tests themselves out of garbage collection, and collect less often."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Leave no program of a failed test running: it would outlive the tests."""
    yield
    kill_left()


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    hurried = "hurry" in getattr(item, "fixturenames", ())
    return {"loop": HurriedLoop if hurried else asyncio.new_event_loop}


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let seconds pass faster; a module asks for it with `usefixtures`."""
    hurry_clocks(monkeypatch)


@pytest.fixture(scope="session", autouse=True)
def known_is_so() -> Iterator[None]:
    """Whenever a store is closed, what it knew was what its database said."""
    with compared_when_closed(Database, errors):
        yield


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


def stored_case() -> StoredCase:
    """A case that was begun at noon and has no answer yet."""
    return StoredCase(
        code="KES-42",
        chat="chat",
        owner="ann",
        status="open",
        begun_at=NOON,
        flow=FLOW.id,
        fingerprint=FLOW.fingerprint,
        ruleset=RULESET_VERSION,
        touched_at=NOON,
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def machine() -> FlowMachine:
    return FlowMachine(FLOW)


@pytest.fixture
def engine(machine: FlowMachine) -> Engine:
    return Engine(machine, "stepwise", UTC)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "cordcall.db"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a database without a case: migrating one for each test would be slow."""
    path = tmp_path_factory.mktemp("migrated") / "cordcall.db"
    SqliteStore(path).close()
    return path.read_bytes()


@pytest.fixture
def open_again(request: pytest.FixtureRequest, database: Path) -> OpenStore:
    """Opens the store of a test, as a second process would; it is empty at first.

    One in a file does not wait for the disk; tests/state has fully durable ones.
    """
    if request.config.getoption("engine") == "postgres":
        return partial(open_store, Address.read(request.getfixturevalue("postgres_url")))
    database.write_bytes(request.getfixturevalue("migrated"))
    return partial(SqliteStore, database, durability="OFF")


@pytest.fixture
def store(open_again: OpenStore) -> Iterator[Store]:
    store = open_again()
    yield store
    store.close()


@pytest.fixture
def service(store: Store, engine: Engine, clock: Clock) -> Service:
    return Service(store, Setting(engine, "Spinal coordinator, 020 7946 0000", 30), clock)
