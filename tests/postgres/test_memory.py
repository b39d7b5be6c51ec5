"""What was read is kept in memory until this worker or another one changes it."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from bot.database_address import Address
from state.groups import Group
from state.postgres.changes import TURNS_KEPT
from state.postgres.store import PostgresStore
from state.records import Minted, Priority
from state.store import CommitUnknown
from tests.conftest import NOON
from tests.postgres.server import Server

GROUP = Group("-1005", "1", NOON)
QUIET = replace(GROUP, quiet="22-07")
COUNTED = "SELECT turns FROM engine"


@pytest.fixture(params=[(True, True), (True, False), (False, True), (False, False)])
def know_of_each_other(request: pytest.FixtureRequest) -> tuple[bool, bool]:
    """Whether this worker and the other one have noticed each other."""
    found: tuple[bool, bool] = request.param
    return found


@pytest.fixture
def store(postgres_url: str, know_of_each_other: tuple[bool, bool]) -> Iterator[PostgresStore]:
    opened = PostgresStore(Address.read(postgres_url))
    opened.database.others_work = lambda: know_of_each_other[0]
    yield opened
    opened.close()


@pytest.fixture
def other(
    postgres_url: str, store: PostgresStore, know_of_each_other: tuple[bool, bool]
) -> Iterator[PostgresStore]:
    """The store of another worker, in which there is a group."""
    opened = PostgresStore(Address.read(postgres_url))
    opened.database.others_work = lambda: know_of_each_other[1]
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


def queue(store: PostgresStore, chat: str) -> None:
    store.outbox.enqueue(
        chat=chat, code=None, screens=["{}"], token=None, query=None, tapped=None, anew=False,
        priority=Priority.ANSWER, at=NOON,
    )  # fmt: skip


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


def test_what_another_worker_has_changed_about_something_else_is_not_read_anew(
    store: PostgresStore,
    other: PostgresStore,
    asked: Counter[str],
    know_of_each_other: tuple[bool, bool],
) -> None:
    with other.turn():
        other.groups.enrol(replace(GROUP, chat="-1006"))
    for number in range(3):
        assert store.groups.find(GROUP.chat) == GROUP
        with other.turn():
            other.groups.change(replace(QUIET, chat="-1006", repeat_min=10 + number))
            other.chats.activate("chat", None)
        with store.turn():
            assert store.groups.find(GROUP.chat) == GROUP
    assert asked["groups"] == (1 if all(know_of_each_other) else 4)


def test_what_another_worker_queues_and_sends_elsewhere_is_not_read_anew(
    store: PostgresStore,
    other: PostgresStore,
    asked: Counter[str],
    know_of_each_other: tuple[bool, bool],
) -> None:
    minted = Minted("token", GROUP.chat, None, None, ())
    with other.turn():
        other.buttons.mint(minted, NOON)
    for _ in range(3):
        assert store.outbox.pressing(GROUP.chat, 9) == []
        assert store.buttons.find("token") == minted
        with other.turn():
            queue(other, "-1006")
            other.buttons.note_shown("token", GROUP.chat, 7)
        with other.turn():
            (row,) = other.outbox.pressing("-1006", 9)
            other.outbox.note_sending(row, 0, sending=True)
            other.outbox.sent([row.id])
    times = 1 if all(know_of_each_other) else 3
    assert (asked["outbox"], asked["buttons"]) == (times, times)


def test_what_another_worker_has_begun_and_sent_is_read_anew(
    store: PostgresStore, other: PostgresStore
) -> None:
    with store.turn():
        queue(store, GROUP.chat)
    (row,) = store.outbox.pressing(GROUP.chat, 9)
    with other.turn():
        other.outbox.note_sending(row, 0, sending=True)
    assert [each.sending for each in store.outbox.pressing(GROUP.chat, 9)] == [True]
    with other.turn():
        other.outbox.sent([row.id])
    assert store.outbox.pressing(GROUP.chat, 9) == []


@pytest.mark.parametrize("turns", [TURNS_KEPT, TURNS_KEPT + 1])
def test_after_more_turns_than_are_kept_everything_is_read_anew(
    store: PostgresStore, other: PostgresStore, turns: int
) -> None:
    assert store.groups.find(GROUP.chat) == GROUP
    quieten(other)
    for _ in range(turns - 1):
        with other.turn():
            other.chats.activate("it's a \\chat\n\u2028", None)
    assert store.groups.find(GROUP.chat) == QUIET
    assert store.chats.active_code("it's a \\chat\n\u2028") is None


def test_what_was_queued_by_another_worker_is_read(
    store: PostgresStore, other: PostgresStore
) -> None:
    def queued() -> int:
        return len(store.outbox.pressing(GROUP.chat, 9))

    for number in range(3):
        assert queued() == number
        with other.turn():
            queue(other, GROUP.chat)
    with other.turn():
        other.outbox.sent(row.id for row in other.outbox.queued())
    assert queued() == 0


def test_of_what_is_to_leave_no_trace_the_other_workers_are_told_nothing(
    store: PostgresStore, other: PostgresStore
) -> None:
    assert store.groups.find(GROUP.chat) == GROUP
    with other.turn():
        other.groups.change(QUIET)
        other.database.erasing.scrubs_next = True
    assert other.database.execute("SELECT count(*) FROM changes").fetchone() == (0,)
    assert store.groups.find(GROUP.chat) == QUIET


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
