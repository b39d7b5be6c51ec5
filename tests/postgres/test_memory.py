"""What was read is kept in memory until this worker or another one changes it."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from bot.database_address import Address
from state.groups import Group
from state.postgres.store import PostgresStore
from state.store import CommitUnknown
from tests.conftest import NOON
from tests.postgres.server import Server

GROUP = Group("-1005", "1", NOON)
QUIET = replace(GROUP, quiet="22-07")
COUNTED = "SELECT turns FROM engine"


@pytest.fixture
def store(postgres_url: str) -> Iterator[PostgresStore]:
    opened = PostgresStore(Address.read(postgres_url))
    yield opened
    opened.close()


@pytest.fixture
def other(postgres_url: str, store: PostgresStore) -> Iterator[PostgresStore]:
    """The store of another worker, in which there is a group."""
    opened = PostgresStore(Address.read(postgres_url))
    with opened.turn():
        opened.groups.enrol(GROUP)
    yield opened
    opened.close()


@pytest.fixture
def asked(store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each table was read, by the first word after FROM."""
    counts, link = Counter[str](), store.database.connection
    execute = link.execute

    def note(sql: str, given: tuple[object, ...] = ()) -> object:
        if sql.startswith("SELECT"):
            counts[sql.partition(" FROM ")[2].partition(" ")[0]] += 1
        return execute(sql, given)

    monkeypatch.setattr(link, "execute", note)
    return counts


def quieten(store: PostgresStore, group: Group = QUIET) -> None:
    with store.turn():
        store.groups.change(group)


def test_one_question_is_asked_once_as_long_as_this_worker_alone_writes(
    store: PostgresStore, other: PostgresStore, asked: Counter[str]
) -> None:
    for number in range(4):
        with store.turn():
            assert store.groups.find(GROUP.chat) == GROUP
            store.chats.activate(str(number), None)
    assert store.groups.find(GROUP.chat) == GROUP
    assert asked["groups"] == 1


def test_what_another_worker_has_changed_is_read_anew(
    store: PostgresStore, other: PostgresStore
) -> None:
    for group in (QUIET, GROUP):
        quieten(other, group)
        assert store.groups.find(GROUP.chat) == group
    for group in (QUIET, GROUP):
        quieten(other, group)
        with store.turn():
            assert store.groups.find(GROUP.chat) == group
    for group in (QUIET, GROUP):
        with store.turn():
            store.chats.activate("chat", None)
            assert store.groups.find(GROUP.chat) == replace(GROUP, quiet=store_quiet(other))
        quieten(other, group)


def store_quiet(store: PostgresStore) -> str:
    found = store.groups.find(GROUP.chat)
    assert found
    return found.quiet


async def test_it_is_seen_in_a_turn_beside_too(store: PostgresStore, other: PostgresStore) -> None:
    for group in (QUIET, GROUP):
        quieten(other, group)
        await asyncio.sleep(0)
        assert store.groups.find(GROUP.chat) == group
    quieten(other)
    async with store.turn_beside():
        assert store.groups.find(GROUP.chat) == QUIET


def test_what_is_read_while_another_worker_writes_is_read_anew_when_it_has_committed(
    store: PostgresStore, other: PostgresStore
) -> None:
    with other.turn():
        other.groups.change(QUIET)
        assert store.groups.find(GROUP.chat) == GROUP
    assert store.groups.find(GROUP.chat) == QUIET


def test_what_a_turn_or_a_part_has_undone_is_not_remembered(
    store: PostgresStore, other: PostgresStore
) -> None:
    with store.turn():
        with suppress(ZeroDivisionError), store.part():
            store.groups.change(QUIET)
            assert store.groups.find(GROUP.chat) == QUIET
            raise ZeroDivisionError
        assert store.groups.find(GROUP.chat) == GROUP
    with suppress(ZeroDivisionError), store.turn():
        store.groups.change(QUIET)
        assert store.groups.find(GROUP.chat) == QUIET
        raise ZeroDivisionError
    assert store.groups.find(GROUP.chat) == GROUP


def test_only_turns_that_change_something_are_counted(
    store: PostgresStore, other: PostgresStore
) -> None:
    def counted() -> int:
        (count,) = other.database.execute(COUNTED).fetchone() or (0,)
        return int(count)

    before = counted()
    with store.turn():
        store.groups.find(GROUP.chat)
    with suppress(ZeroDivisionError), store.turn():
        store.groups.change(QUIET)
        raise ZeroDivisionError
    assert counted() == before
    quieten(store)
    assert counted() == before + 1


def test_after_the_connection_was_lost_everything_is_read_anew(
    store: PostgresStore, other: PostgresStore, postgres_server: Server
) -> None:
    """A server that has taken over may have lost as many turns as it has made since."""
    assert store.groups.find(GROUP.chat) == GROUP
    name = other.database.execute("SELECT current_database()").fetchone() or ("",)
    (number,) = store.database.connection.run("SELECT pg_backend_pid()").fetchone() or (0,)
    postgres_server.sql(f"SELECT pg_terminate_backend({number}, 5000)")
    postgres_server.sql("UPDATE groups SET quiet = '22-07'", name[0])
    assert store.groups.find(GROUP.chat) == QUIET


@pytest.mark.parametrize("kept", [False, True])
def test_of_a_turn_that_may_have_been_kept_nothing_is_remembered(
    store: PostgresStore, other: PostgresStore, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    link = store.database.connection
    run = link.run

    def run_and_lose(*statements: str) -> object:
        if "COMMIT" in statements:
            if kept:
                run(*statements)
            link.close()
        return run(*statements)

    assert store.groups.find(GROUP.chat) == GROUP
    monkeypatch.setattr(link, "run", run_and_lose)
    with pytest.raises(CommitUnknown), store.turn():
        store.groups.change(QUIET)
        assert store.groups.find(GROUP.chat) == QUIET
    assert store.groups.find(GROUP.chat) == (QUIET if kept else GROUP)
