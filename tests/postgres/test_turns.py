"""Turns on PostgreSQL: what is undone, what is not known, who waits, and what is not waited for."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from state.postgres import opening
from state.postgres.address import Address
from state.postgres.database import Database
from state.postgres.disk import FLUSH
from state.store import CommitUnknown, StoreError
from tests.postgres.server import Server

ADD = "INSERT INTO owners (who) VALUES (?)"
ALL = "SELECT who FROM owners ORDER BY who"
PATIENCE_S = 10.0


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    opened = Database(Address.read(postgres_url))
    yield opened
    opened.close()


@pytest.fixture
def other(postgres_url: str) -> Iterator[Database]:
    """The database of another worker."""
    opened = Database(Address.read(postgres_url))
    yield opened
    opened.close()


def end(server: Server, database: Database) -> None:
    """End the connection on which a worker works, as an administrator can."""
    (number,) = database.connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
    server.sql(f"SELECT pg_terminate_backend({number}, 5000)")


def owners(database: Database) -> list[str]:
    return [who for (who,) in database.execute(ALL)]


def test_a_connection_that_was_lost_between_turns_is_not_noticed(
    database: Database, postgres_server: Server
) -> None:
    end(postgres_server, database)
    with database.turn():
        database.execute(ADD, ("ann",))
    end(postgres_server, database)
    assert owners(database) == ["ann"]


async def test_nor_is_one_that_was_lost_before_a_turn_beside(
    database: Database, postgres_server: Server
) -> None:
    end(postgres_server, database)
    async with database.turn_beside():
        database.execute(ADD, ("ann",))
    end(postgres_server, database)
    assert not database.is_held()
    end(postgres_server, database)
    await database.wait_for_others()
    assert owners(database) == ["ann"]


def test_a_connection_that_is_lost_in_a_turn_undoes_it_and_it_can_be_repeated(
    database: Database, postgres_server: Server
) -> None:
    def turn(*, lose: bool) -> None:
        with database.turn():
            database.execute(ADD, ("ann",))
            if lose:
                end(postgres_server, database)
            database.execute(ADD, ("bob",))

    with pytest.raises(StoreError, match=r"terminating connection.*nothing was changed") as caught:
        turn(lose=True)
    assert not isinstance(caught.value, CommitUnknown)
    assert owners(database) == []
    turn(lose=False)
    assert owners(database) == ["ann", "bob"]


def test_a_turn_goes_on_with_no_other_connection_than_its_own(
    database: Database, postgres_server: Server
) -> None:
    """Else what follows the loss would be kept alone, even if somebody ignores the failure."""
    with pytest.raises(StoreError), database.turn():
        database.execute(ADD, ("ann",))
        end(postgres_server, database)
        with suppress(StoreError), database.part():
            database.execute(ADD, ("bob",))
        database._connected.renew()
        database.execute(ADD, ("cat",))
    assert owners(database) == []


def test_a_connection_that_is_lost_at_a_commit_is_said_by_an_error_of_its_own(
    database: Database, postgres_server: Server
) -> None:
    with (
        pytest.raises(CommitUnknown, match="whether the turn was kept is not known"),
        database.turn(),
    ):
        database.execute(ADD, ("ann",))
        end(postgres_server, database)
    assert owners(database) == []


def test_a_commit_whose_answer_is_lost_is_unknown_although_it_was_kept(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = database.connection
    run = link.run

    def run_and_lose(statements: str) -> object:
        done = run(statements)
        if statements == "COMMIT":
            link.close()
            return run(statements)
        return done

    monkeypatch.setattr(link, "run", run_and_lose)
    with pytest.raises(CommitUnknown), database.turn():
        database.execute(ADD, ("ann",))
    assert owners(database) == ["ann"]


async def test_of_a_turn_beside_it_is_unknown_as_well(
    database: Database, postgres_server: Server
) -> None:
    with pytest.raises(CommitUnknown):
        async with database.turn_beside():
            end(postgres_server, database)
    async with database.turn_beside():
        database.execute(ADD, ("ann",))
    assert owners(database) == ["ann"]


def test_a_turn_in_which_a_failure_was_ignored_is_not_kept_in_part(database: Database) -> None:
    with pytest.raises(StoreError, match="a statement of the turn had failed"), database.turn():
        database.execute(ADD, ("ann",))
        with suppress(Exception):
            database.execute(ADD, ("ann",))
    assert owners(database) == []


def test_a_part_that_fails_for_want_of_the_database_ends_the_turn(
    database: Database, postgres_server: Server
) -> None:
    with pytest.raises(StoreError, match="terminating connection"), database.turn():
        database.execute(ADD, ("ann",))
        with database.part():
            end(postgres_server, database)
            database.execute(ADD, ("bob",))
    assert owners(database) == []


def test_parts_within_parts_are_undone_alone(database: Database) -> None:
    with database.turn():
        with database.part():
            database.execute(ADD, ("ann",))
            with pytest.raises(Exception, match="refused"), database.part():
                database.execute(ADD, ("bob",))
                database.execute(ADD, ("ann",))
        with pytest.raises(ZeroDivisionError), database.part():
            database.execute(ADD, ("cat",))
            raise ZeroDivisionError
    assert owners(database) == ["ann"]


def test_a_question_is_asked_once_a_turn_and_again_after_a_part_was_undone(
    database: Database,
) -> None:
    def ask() -> list[tuple[str]]:
        return database.once("owners", ALL, (), lambda rows: rows.fetchall())

    with database.turn():
        assert ask() is ask() and ask() == []
        with suppress(ZeroDivisionError), database.part():
            database.execute(ADD, ("ann",))
            assert ask() == [("ann",)]
            raise ZeroDivisionError
        assert ask() == []
        database.execute_many(ADD, [("bob",), ("cat",)])
        assert ask() == [("bob",), ("cat",)]
    assert ask() is not ask()


def test_a_turn_that_waits_too_long_for_another_worker_says_so(
    database: Database, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.execute("SELECT set_config('lock_timeout', '50ms', false)")
    with other.turn():
        with pytest.raises(StoreError, match="another worker is writing; nothing was changed"):
            database.require_writable()
        assert database.is_held() and not other.connection.execute(ALL).fetchall()
    database.require_writable()


async def test_a_turn_beside_that_waits_too_long_says_so_and_the_loop_goes_on(
    database: Database, other: Database, monkeypatch: pytest.MonkeyPatch
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
            async with database.turn_beside():
                raise AssertionError("a turn was begun beside another")
        with pytest.raises(StoreError, match="another worker is writing"):
            await database.wait_for_others()
        assert owners(database) == []
    ticking.cancel()
    assert ticks > 5
    async with database.turn_beside():
        database.execute(ADD, ("ann",))


async def test_who_waits_beside_the_loop_begins_when_the_other_has_ended(
    database: Database, other: Database
) -> None:
    began, end_it = threading.Event(), threading.Event()

    def hold() -> None:
        with other.turn():
            other.execute(ADD, ("ann",))
            began.set()
            end_it.wait(PATIENCE_S)

    holding = threading.Thread(target=hold)
    holding.start()
    assert began.wait(PATIENCE_S)

    async def wait() -> list[str]:
        async with database.turn_beside():
            return owners(database)

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0.05)
    assert not waiting.done()
    with suppress(StoreError):
        assert owners(database) == []
    end_it.set()
    assert await waiting == ["ann"]
    holding.join()


def test_a_worker_that_hangs_in_a_turn_does_not_hold_up_the_others_for_ever(
    database: Database, other: Database
) -> None:
    (limit,) = database.execute("SHOW idle_in_transaction_session_timeout").fetchone() or ("",)
    assert limit == "10s"
    other.execute("SELECT set_config('idle_in_transaction_session_timeout', '50ms', false)")
    with pytest.raises(StoreError, match="idle-in-transaction timeout"), other.turn():
        other.execute(ADD, ("ann",))
        with database.turn():
            database.execute(ADD, ("bob",))
        other.execute(ADD, ("cat",))
    assert owners(other) == ["bob"]


def test_a_statement_that_takes_too_long_undoes_the_turn(database: Database) -> None:
    database.execute("SELECT set_config('statement_timeout', '50ms', false)")
    with pytest.raises(StoreError, match="it took too long; nothing was"), database.turn():
        database.execute(ADD, ("ann",))
        database.execute("SELECT pg_sleep(5)")
    assert owners(database) == []


def test_a_turn_waits_for_the_disk_unless_it_need_not_last(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, done = database._connected.disk._link, list[str]()
    monkeypatch.setattr(link, "run", done.append)
    with database.turn(lasting=False):
        database.execute(ADD, ("ann",))
    assert done == []
    with database.turn():
        database.execute(ADD, ("bob",))
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
    with closing(Database(Address.read(url))) as database:
        assert database._connected.disk._link.run(asked).fetchone() == (kept,)
        assert database.execute(asked).fetchone() == ("off",)
        end(postgres_server, database)
        database.require_writable()
        assert database.execute(asked).fetchone() == ("off",)


def test_each_statement_sees_what_was_committed_last_whatever_the_server_prefers(
    postgres_url: str, other: Database
) -> None:
    level = "default_transaction_isolation"
    url = f"{postgres_url}&options=-c{level}%3Dserializable%20-cdefault_transaction_read_only%3Don"
    url += "&target_session_attrs=any"
    with closing(Database(Address.read(url))) as database:
        with database.turn():
            assert database.execute("SHOW transaction_isolation").fetchone() == ("read committed",)
            database.execute(ADD, ("ann",))
        assert owners(other) == ["ann"]


def test_what_is_read_together_is_of_one_moment(database: Database, other: Database) -> None:
    with database.reading():
        assert owners(database) == []
        with other.turn():
            other.execute(ADD, ("ann",))
        assert owners(database) == []
        assert [who for (who,) in database.each(ALL)] == []
        with pytest.raises(StoreError, match="a turn is under way"), database.turn():
            raise AssertionError("a turn was begun while something was read")
    assert owners(database) == ["ann"]
    with pytest.raises(StoreError, match="read-only"), database.reading():
        database.execute(ADD, ("bob",))
    assert owners(database) == ["ann"]


def test_a_turn_in_a_turn_is_refused_and_the_first_goes_on(database: Database) -> None:
    with database.turn():
        database.execute(ADD, ("ann",))
        with pytest.raises(StoreError, match="a turn is under way in this process"):
            database.require_writable()
        assert database.in_turn
    assert not database.in_turn
    assert owners(database) == ["ann"]


def test_what_was_erased_leaves_the_tables(database: Database, postgres_server: Server) -> None:
    with database.turn():
        database.execute_many(ADD, [(f"person-{number}",) for number in range(500)])
    with database.turn():
        database.execute("DELETE FROM owners")
        database.scrubs_next = True
    assert not database.scrubs_next
    name = database.execute("SELECT current_database()").fetchone() or ("",)
    size = postgres_server.sql("SELECT pg_relation_size('owners')", name[0])
    assert size == "0"


def test_where_somebody_holds_a_table_the_erasing_goes_on_elsewhere_and_says_so(
    database: Database, postgres_url: str
) -> None:
    import psycopg

    with psycopg.connect(postgres_url) as reader:
        reader.execute("LOCK TABLE owners IN SHARE ROW EXCLUSIVE MODE")
        with pytest.raises(StoreError, match=r'skipping vacuum of "owners"'):
            database.scrub()
    database.scrub()


async def test_after_a_turn_beside_the_erasing_holds_nobody_up(database: Database) -> None:
    async with database.turn_beside():
        database.execute("DELETE FROM owners")
        database.scrubs_next = True
    assert not database.scrubs_next
