"""Turns on PostgreSQL: what is undone, what is not known, who waits, and what is not waited for."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from bot.database_address import Address
from state.postgres import opening
from state.postgres.disk import FLUSH
from state.postgres.failures import Failed
from state.postgres.link import Link
from state.postgres.store import PostgresStore
from state.store import CommitUnknown, StoreError
from tests.postgres.server import Server

ADD = "INSERT INTO owners (who) VALUES (?)"
ALL = "SELECT who FROM owners ORDER BY who"
PATIENCE_S = 10.0


@pytest.fixture
def store(postgres_url: str) -> Iterator[PostgresStore]:
    opened = PostgresStore(Address.read(postgres_url))
    yield opened
    opened.close()


@pytest.fixture
def other(postgres_url: str) -> Iterator[PostgresStore]:
    """The database of another worker."""
    opened = PostgresStore(Address.read(postgres_url))
    yield opened
    opened.close()


def end(server: Server, store: PostgresStore) -> None:
    """End the connection on which a worker works, as an administrator can."""
    (number,) = store.database.connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
    server.sql(f"SELECT pg_terminate_backend({number}, 5000)")


def owners(store: PostgresStore) -> list[str]:
    return [who for (who,) in store.database.execute(ALL)]


def test_a_connection_that_was_lost_between_turns_is_not_noticed(
    store: PostgresStore, postgres_server: Server
) -> None:
    end(postgres_server, store)
    with store.turn():
        store.database.execute(ADD, ("ann",))
    end(postgres_server, store)
    assert owners(store) == ["ann"]


async def test_nor_is_one_that_was_lost_before_a_turn_beside(
    store: PostgresStore, postgres_server: Server
) -> None:
    end(postgres_server, store)
    async with store.turn_beside():
        store.database.execute(ADD, ("ann",))
    end(postgres_server, store)
    assert not store.is_held()
    end(postgres_server, store)
    await store.wait_for_others()
    assert owners(store) == ["ann"]


def test_a_connection_that_is_lost_in_a_turn_undoes_it_and_it_can_be_repeated(
    store: PostgresStore, postgres_server: Server
) -> None:
    def turn(*, lose: bool) -> None:
        with store.turn():
            store.database.execute(ADD, ("ann",))
            if lose:
                end(postgres_server, store)
            store.database.execute(ADD, ("bob",))

    with pytest.raises(StoreError, match=r"terminating connection.*nothing was changed") as caught:
        turn(lose=True)
    assert not isinstance(caught.value, CommitUnknown)
    assert owners(store) == []
    turn(lose=False)
    assert owners(store) == ["ann", "bob"]


def test_a_turn_goes_on_with_no_other_connection_than_its_own(
    store: PostgresStore, postgres_server: Server
) -> None:
    """Else what follows the loss would be kept alone, even if somebody ignores the failure."""
    with pytest.raises(StoreError, match="the connection was lost") as caught, store.turn():
        store.database.execute(ADD, ("ann",))
        end(postgres_server, store)
        with pytest.raises(StoreError), store.part():
            raise AssertionError("a part was begun on a connection that is lost")
        store.database.connected.renew()
        for statement in (ALL, "UPDATE owners SET who = 'bob'"):
            with pytest.raises(Failed):
                store.database.execute(statement)
    assert not isinstance(caught.value, CommitUnknown), "the commit was never asked for"
    assert owners(store) == []


def test_a_connection_that_is_lost_at_a_commit_is_said_by_an_error_of_its_own(
    store: PostgresStore, postgres_server: Server
) -> None:
    with store.turn():
        store.database.execute(ADD, ("bob",))
    with (
        pytest.raises(CommitUnknown, match="whether the turn was kept is not known"),
        store.turn(),
    ):
        store.database.execute(ADD, ("ann",))
        end(postgres_server, store)
    assert owners(store) == ["bob"]


def test_a_commit_whose_answer_is_lost_is_unknown_although_it_was_kept(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = store.database.connection
    run = link.run

    def run_and_lose(*statements: str) -> object:
        done = run(*statements)
        if "COMMIT" in statements:
            link.close()
            return run(*statements)
        return done

    monkeypatch.setattr(link, "run", run_and_lose)
    with pytest.raises(CommitUnknown), store.turn():
        store.database.execute(ADD, ("ann",))
    assert owners(store) == ["ann"]


async def test_of_a_turn_beside_it_is_unknown_as_well(
    store: PostgresStore, postgres_server: Server
) -> None:
    with pytest.raises(CommitUnknown):
        async with store.turn_beside():
            end(postgres_server, store)
    async with store.turn_beside():
        store.database.execute(ADD, ("ann",))
    assert owners(store) == ["ann"]


@pytest.mark.parametrize("asks", [False, True])
def test_a_turn_in_which_a_failure_was_ignored_is_not_kept_in_part(
    store: PostgresStore, asks: bool
) -> None:
    said = "a statement of the turn had failed" if asks else "a value was refused"
    with pytest.raises(StoreError, match=said), store.turn():
        store.database.execute(ADD, ("ann",))
        with suppress(Exception):
            again = store.database.execute(ADD, ("ann",))
            assert not asks or again.rowcount
    assert owners(store) == []


def test_a_statement_that_fails_at_the_end_of_its_part_undoes_that_alone(
    store: PostgresStore,
) -> None:
    with store.turn():
        store.database.execute(ADD, ("ann",))
        with pytest.raises(Failed, match="a value was refused"), store.part():
            store.database.execute(ADD, ("bob",))
            store.database.execute(ADD, ("ann",))
        store.database.execute(ADD, ("cy",))
    assert owners(store) == ["ann", "cy"]


def test_a_statement_before_a_part_does_not_fail_in_it(store: PostgresStore) -> None:
    with pytest.raises(StoreError, match="a value was refused"), store.turn():
        store.database.execute(ADD, ("ann",))
        store.database.execute(ADD, ("ann",))
        with store.part():
            raise AssertionError("a part was begun after a failure")
    assert owners(store) == []


def test_of_a_part_that_fails_before_anything_was_sent_nothing_is_kept(
    store: PostgresStore,
) -> None:
    with store.turn():
        with suppress(ZeroDivisionError), store.part():
            store.database.execute(ADD, ("ann",))
            raise ZeroDivisionError
        with suppress(ZeroDivisionError), store.part():
            store.database.execute(ADD, ("bob",))
            assert owners(store) == ["bob"]
            store.database.execute(ADD, ("cy",))
            raise ZeroDivisionError
        store.database.execute(ADD, ("dan",))
    assert owners(store) == ["dan"]


def test_a_part_that_fails_for_want_of_the_database_ends_the_turn(
    store: PostgresStore, postgres_server: Server
) -> None:
    with pytest.raises(StoreError, match="terminating connection"), store.turn():
        store.database.execute(ADD, ("ann",))
        with store.part():
            end(postgres_server, store)
            store.database.execute(ADD, ("bob",))
    assert owners(store) == []


def test_parts_within_parts_are_undone_alone(store: PostgresStore) -> None:
    with store.turn():
        with store.part():
            store.database.execute(ADD, ("ann",))
            with pytest.raises(Exception, match="refused"), store.part():
                store.database.execute(ADD, ("bob",))
                store.database.execute(ADD, ("ann",))
        with pytest.raises(ZeroDivisionError), store.part():
            store.database.execute(ADD, ("cat",))
            raise ZeroDivisionError
    assert owners(store) == ["ann"]


def test_a_turn_that_waits_too_long_for_another_worker_says_so(
    store: PostgresStore, other: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.database.execute("SELECT set_config('lock_timeout', '50ms', false)")
    with other.turn():
        with pytest.raises(StoreError, match="another worker is writing; nothing was changed"):
            store.require_writable()
        assert store.is_held() and not other.database.connection.execute(ALL).fetchall()
    store.require_writable()


async def test_a_turn_beside_that_waits_too_long_says_so_and_the_loop_goes_on(
    store: PostgresStore, other: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "LOCK_SECONDS", 0.1)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.005)
            ticks += 1

    ticking = asyncio.create_task(tick())
    with other.turn():
        with pytest.raises(StoreError, match="another worker is writing"):
            async with store.turn_beside():
                raise AssertionError("a turn was begun beside another")
        with pytest.raises(StoreError, match="another worker is writing"):
            await store.wait_for_others()
        assert owners(store) == []
    ticking.cancel()
    assert ticks > 5
    async with store.turn_beside():
        store.database.execute(ADD, ("ann",))


async def test_who_waits_beside_the_loop_begins_when_the_other_has_ended(
    store: PostgresStore, other: PostgresStore
) -> None:
    began, end_it = threading.Event(), threading.Event()

    def hold() -> None:
        with other.turn():
            other.database.execute(ADD, ("ann",))
            began.set()
            end_it.wait(PATIENCE_S)

    holding = threading.Thread(target=hold)
    holding.start()
    assert began.wait(PATIENCE_S)

    async def wait() -> list[str]:
        async with store.turn_beside():
            return owners(store)

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0.05)
    assert not waiting.done()
    with suppress(StoreError):
        assert owners(store) == []
    end_it.set()
    assert await waiting == ["ann"]
    holding.join()


def test_a_worker_that_hangs_in_a_turn_does_not_hold_up_the_others_for_ever(
    store: PostgresStore, other: PostgresStore
) -> None:
    (limit,) = store.database.execute("SHOW idle_in_transaction_session_timeout").fetchone() or (
        "",
    )
    assert limit == "10s"
    other.database.execute(
        "SELECT set_config('idle_in_transaction_session_timeout', '50ms', false)"
    )
    with pytest.raises(StoreError, match="idle-in-transaction timeout"), other.turn():
        other.database.execute(ADD, ("ann",))
        with store.turn():
            store.database.execute(ADD, ("bob",))
        other.database.execute(ADD, ("cat",))
    assert owners(other) == ["bob"]


def test_a_statement_that_takes_too_long_undoes_the_turn(store: PostgresStore) -> None:
    store.database.execute("SELECT set_config('statement_timeout', '50ms', false)")
    with pytest.raises(StoreError, match="it took too long; nothing was"), store.turn():
        store.database.execute(ADD, ("ann",))
        store.database.execute("SELECT pg_sleep(5)")
    assert owners(store) == []


def test_a_turn_waits_for_the_disk_unless_it_need_not_last(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, done = store.database.connected.disk._link, list[str]()
    monkeypatch.setattr(link, "run", done.append)
    with store.turn(lasting=False):
        store.database.execute(ADD, ("ann",))
    assert done == []
    with store.turn():
        store.database.execute(ADD, ("bob",))
        assert done == []
    assert done == [FLUSH]


@pytest.mark.parametrize(
    ("given", "kept"), [("off", "on"), ("remote_apply", "remote_apply"), ("local", "local")]
)
def test_a_server_that_waits_for_nothing_is_asked_to_and_for_more_it_may_be_set(
    postgres_url: str, postgres_server: Server, given: str, kept: str
) -> None:
    url = f"{postgres_url}&options=-csynchronous_commit%3D{given}"
    asked = "SHOW synchronous_commit"
    with closing(PostgresStore(Address.read(url))) as store:
        assert store.database.connected.disk._link.run(asked).fetchone() == (kept,)
        assert store.database.execute(asked).fetchone() == ("off",)
        end(postgres_server, store)
        store.require_writable()
        assert store.database.execute(asked).fetchone() == ("off",)


def test_each_statement_sees_what_was_committed_last_whatever_the_server_prefers(
    postgres_url: str, other: PostgresStore
) -> None:
    level = "default_transaction_isolation"
    url = f"{postgres_url}&options=-c{level}%3Dserializable%20-cdefault_transaction_read_only%3Don"
    url += "&target_session_attrs=any"
    with closing(PostgresStore(Address.read(url))) as store:
        with store.turn():
            assert store.database.execute("SHOW transaction_isolation").fetchone() == (
                "read committed",
            )
            store.database.execute(ADD, ("ann",))
        assert owners(other) == ["ann"]


def test_what_is_read_together_is_of_one_moment(store: PostgresStore, other: PostgresStore) -> None:
    with store.database.reading():
        assert owners(store) == []
        with other.turn():
            other.database.execute(ADD, ("ann",))
        assert owners(store) == []
        assert [who for (who,) in store.database.each(ALL)] == []
        with pytest.raises(StoreError, match="a turn is under way"), store.turn():
            raise AssertionError("a turn was begun while something was read")
    assert owners(store) == ["ann"]
    with pytest.raises(StoreError, match="read-only"), store.database.reading():
        store.database.execute(ADD, ("bob",))
    assert owners(store) == ["ann"]


def test_a_turn_in_a_turn_is_refused_and_the_first_goes_on(store: PostgresStore) -> None:
    with store.turn():
        store.database.execute(ADD, ("ann",))
        with pytest.raises(StoreError, match="a turn is under way in this process"):
            store.require_writable()
        assert store.database.in_turn
    assert not store.database.in_turn
    assert owners(store) == ["ann"]


def test_what_was_erased_leaves_the_tables(store: PostgresStore, postgres_server: Server) -> None:
    with store.turn():
        store.database.execute_many(ADD, [(f"person-{number}",) for number in range(500)])
    with store.turn():
        store.database.execute("DELETE FROM owners")
        store.database.erasing.scrubs_next = True
    assert not store.database.erasing.scrubs_next
    name = store.database.execute("SELECT current_database()").fetchone() or ("",)
    size = postgres_server.sql("SELECT pg_relation_size('owners')", name[0])
    assert size == "0"


def test_where_somebody_holds_a_table_the_erasing_goes_on_elsewhere_and_says_so(
    store: PostgresStore, postgres_url: str
) -> None:
    import psycopg

    with psycopg.connect(postgres_url) as reader:
        reader.execute("LOCK TABLE owners IN SHARE ROW EXCLUSIVE MODE")
        with pytest.raises(StoreError, match=r'skipping vacuum of "owners"'):
            store.scrub()
    store.scrub()


async def test_after_a_turn_beside_the_erasing_holds_nobody_up(store: PostgresStore) -> None:
    async with store.turn_beside():
        store.database.execute("DELETE FROM owners")
        store.database.erasing.scrubs_next = True
    assert not store.database.erasing.scrubs_next


def test_a_text_with_a_nul_is_found_nowhere_and_not_kept(store: PostgresStore) -> None:
    with store.turn():
        store.database.execute(ADD, ("ann",))
        with pytest.raises(Exception, match="a text with a NUL in it"), store.part():
            store.database.execute(ADD, ("a\0nn",))
        assert store.cases.find("KES-42\0") is None
    assert store.cases.find("\0") is None
    assert owners(store) == ["ann"]


def test_a_store_that_was_closed_says_so_and_is_not_connected_again(
    store: PostgresStore, postgres_server: Server
) -> None:
    store.close()
    for uses in (store.chats.is_reachable, store.readers.get, store.cards.of):
        with pytest.raises(StoreError, match=r"it was closed; nothing was changed"):
            uses("ann")
    with pytest.raises(StoreError, match=r"it was closed"), store.turn():
        pass
    asked = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cordcall'"
    assert postgres_server.sql(asked) == "0"


def test_two_who_erase_at_once_do_not_hinder_each_other(
    store: PostgresStore, postgres_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, second = Link.run, list[bool]()

    def scrubbed_twice(link: Link, *statements: str) -> object:
        if statements[0].startswith("VACUUM"):
            store.scrub()
            second.append(store.database.erasing.scrubs_next)
        return run(link, *statements)

    with store.turn():
        store.database.execute_many(ADD, [(f"person-{number}",) for number in range(500)])
        store.database.execute("DELETE FROM owners")
    monkeypatch.setattr(Link, "run", scrubbed_twice)
    store.scrub()
    assert second == [True]
    name = store.database.execute("SELECT current_database()").fetchone() or ("",)
    assert postgres_server.sql("SELECT pg_relation_size('owners')", name[0]) == "0"
