"""A server that is gone, restarted, read-only or promoted: nothing is said to last that may not."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from time import monotonic

import pytest

from state.postgres import connected, disk
from state.postgres.address import Address
from state.postgres.database import Database
from state.postgres.disk import FLUSH
from state.store import CommitUnknown, StoreError
from tests.postgres.fixtures import require_server
from tests.postgres.server import OWNER, Place, Server

ADD = "INSERT INTO owners (who) VALUES (?)"
NAME = "cordcall"
PATIENCE_S = 10.0


@pytest.fixture
def place() -> Iterator[Place]:
    require_server()
    place = Place()
    yield place
    place.close()


@pytest.fixture
def server(place: Place) -> Server:
    server = Server.begun(place, wal_writer_delay="10s").start()
    server.sql(f"CREATE DATABASE {NAME}")
    return server


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    opened = Database(Address.read(server.url(NAME)))
    yield opened
    opened.close()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a connection be tried again without a pause."""
    monkeypatch.setattr(connected, "SECONDS_BETWEEN_TRIES", 0)


def flushes(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each flush that is asked for, beside doing it."""
    link, noted = database._connected.disk._link, list[str]()
    run = link.run

    def note(statements: str) -> object:
        noted.extend([statements] if statements == FLUSH else [])
        return run(statements)

    monkeypatch.setattr(link, "run", note)
    return noted


def owners(database: Database) -> list[str]:
    return [who for (who,) in database.execute("SELECT who FROM owners ORDER BY who")]


async def add(database: Database, who: str) -> None:
    async with database.turn_beside():
        database.execute(ADD, (who,))


async def test_who_waits_for_the_disk_at_one_time_waits_for_one_flush(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = flushes(database, monkeypatch)

    async def turn(who: str) -> None:
        await add(database, who)
        await database.wait_for_disk()

    await asyncio.gather(*(turn(str(number)) for number in range(9)))
    assert 1 <= len(noted) <= 2
    noted.clear()
    await database.wait_for_disk()
    async with database.turn_beside(lasting=False):
        database.execute(ADD, ("not lasting",))
    await database.wait_for_disk()
    await add(database, "lasting")
    with database.turn():
        database.execute(ADD, ("waited",))
    assert len(noted) == 1
    await database.wait_for_disk()
    assert len(noted) == 1


async def test_what_was_waited_for_survives_a_crash_of_the_server(
    server: Server, database: Database, at_once: None
) -> None:
    await add(database, "ann")
    await database.wait_for_disk()
    await add(database, "bob")
    server.restart("immediate")
    with pytest.raises(StoreError, match="what was changed last may be lost"):
        await database.wait_for_disk()
    assert owners(database) == ["ann"]
    await add(database, "bob")
    await database.wait_for_disk()
    server.restart("immediate")
    assert owners(database) == ["ann", "bob"]


async def test_what_was_lost_in_a_crash_is_in_doubt_also_after_the_next_turn(
    server: Server, database: Database, at_once: None
) -> None:
    await add(database, "ann")
    server.restart("immediate")
    with database.turn():
        database.execute(ADD, ("bob",))
    assert owners(database) == ["bob"]
    with pytest.raises(StoreError, match=r"restarted or cut off.*may be lost"):
        await database.wait_for_disk()
    await database.wait_for_disk()


async def test_everybody_who_waits_while_the_server_ends_is_told(
    server: Server, database: Database, at_once: None
) -> None:
    await add(database, "ann")
    server.stop("immediate")
    waiting = [asyncio.create_task(database.wait_for_disk()) for _ in range(3)]
    told = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(each) for each in told] == [StoreError] * 3
    server.start()
    await add(database, "bob")
    await database.wait_for_disk()
    assert owners(database) == ["bob"]


async def test_a_connection_that_is_lost_alone_puts_nothing_in_doubt(
    server: Server, database: Database
) -> None:
    await add(database, "ann")
    (number,) = database.execute("SELECT pg_backend_pid()").fetchone() or (0,)
    server.sql(f"SELECT pg_terminate_backend({number}, 5000)")
    await add(database, "bob")
    await database.wait_for_disk()
    assert owners(database) == ["ann", "bob"]


async def test_what_is_committed_before_the_connection_for_the_disk_is_back_is_in_doubt(
    server: Server, database: Database
) -> None:
    """It cannot say whether the server has crashed in between."""
    (number,) = database._connected.disk._link.run("SELECT pg_backend_pid()").fetchone() or (0,)
    server.sql(f"SELECT pg_terminate_backend({number}, 5000)")
    await add(database, "ann")
    with pytest.raises(StoreError, match="may be lost"):
        await database.wait_for_disk()
    await add(database, "bob")
    await database.wait_for_disk()


async def test_a_commit_that_no_replica_confirms_is_in_doubt_until_one_does(
    server: Server, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "FLUSH_SECONDS", 0.3)
    await add(database, "ann")
    server.configure(synchronous_standby_names="absent")
    with pytest.raises(StoreError, match=r"has not confirmed within.*may be lost"):
        await database.wait_for_disk()
    with pytest.raises(StoreError, match="may be lost"):
        await database.wait_for_disk()
    await add(database, "bob")
    assert owners(database) == ["ann", "bob"]
    server.configure(synchronous_standby_names="")
    monkeypatch.setattr(disk, "FLUSH_SECONDS", PATIENCE_S)
    await database.wait_for_disk()
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    assert server.sql(asked) == "0"


def test_of_a_turn_that_no_replica_confirms_it_is_not_known_whether_it_was_kept(
    server: Server, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "FLUSH_SECONDS", 0.3)
    server.configure(synchronous_standby_names="absent")
    for who in ("ann", "bob"):
        with pytest.raises(CommitUnknown, match=r"not confirmed.*may be lost"), database.turn():
            database.execute(ADD, (who,))
    with database.turn(lasting=False):
        database.execute(ADD, ("cat",))
    assert owners(database) == ["ann", "bob", "cat"]
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    assert server.sql(asked) == "1", "each that waits in vain holds a connection"


def test_a_store_is_closed_although_no_replica_confirms(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "FLUSH_SECONDS", 0.3)
    database = Database(Address.read(server.url(NAME)))
    server.configure(synchronous_standby_names="absent")
    with pytest.raises(CommitUnknown), database.turn():
        database.execute(ADD, ("ann",))
    began = monotonic()
    database.close()
    assert monotonic() - began < PATIENCE_S


async def test_a_wait_that_the_server_has_given_up_is_in_doubt(
    server: Server, database: Database
) -> None:
    await add(database, "ann")
    server.configure(synchronous_standby_names="absent")
    waiting = asyncio.create_task(database.wait_for_disk())
    asked = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    while not await asyncio.to_thread(server.sql, asked):
        await asyncio.sleep(0.01)
    with pytest.raises(StoreError, match=r"synchronous replication.*may be lost"):
        await waiting
    server.configure(synchronous_standby_names="")
    await database.wait_for_disk()


def test_of_a_turn_whose_server_crashes_before_the_disk_it_is_not_known_whether_it_was_kept(
    server: Server, database: Database, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait = database._connected.disk.wait_now

    def crash() -> None:
        server.restart("immediate")
        wait()

    monkeypatch.setattr(database._connected.disk, "wait_now", crash)
    with pytest.raises(CommitUnknown, match="may be lost"), database.turn():
        database.execute(ADD, ("ann",))
    assert owners(database) == []


def test_a_server_that_is_gone_is_said_in_one_line_and_not_tried_all_the_time(
    server: Server, database: Database
) -> None:
    server.stop()
    began = monotonic()
    said = set[str]()
    for _ in range(50):
        with pytest.raises(StoreError, match="nothing was changed; allowed: ") as caught:
            database.require_writable()
        assert not database.is_held()
        said.add(str(caught.value))
    assert monotonic() - began < 5
    assert all("\n" not in each for each in said) and len(said) <= 3
    server.start()
    until = monotonic() + 2 * connected.SECONDS_BETWEEN_TRIES + 1
    while monotonic() < until:
        try:
            database.require_writable()
        except StoreError:
            continue
        break
    database.require_writable()


async def test_a_turn_beside_waits_for_the_new_connection_beside_the_loop(
    server: Server, database: Database, at_once: None
) -> None:
    server.stop("immediate")
    with pytest.raises(StoreError):
        await add(database, "ann")
    server.start()
    await add(database, "ann")
    assert owners(database) == ["ann"]


def test_a_server_that_takes_no_changes_is_said_and_the_turn_undone(
    server: Server, database: Database, at_once: None
) -> None:
    server.sql(f"ALTER DATABASE {NAME} SET default_transaction_read_only = on")
    server.restart()
    with pytest.raises(StoreError, match="read-only"):
        database.require_writable()
    server.sql(f"ALTER DATABASE {NAME} RESET default_transaction_read_only")
    server.restart()
    database.require_writable()


async def test_a_replica_that_is_promoted_takes_over(
    server: Server, place: Place, at_once: None
) -> None:
    replica = server.replica()
    hosts = f"127.0.0.1:{server.port},127.0.0.1:{replica.port}"
    with pytest.raises(StoreError, match="read-only"):
        Database(Address.read(replica.url(NAME, tcp=True)))
    with closing(Database(Address.read(f"postgresql://{OWNER}@{hosts}/{NAME}"))) as database:
        await add(database, "ann")
        await database.wait_for_disk()
        replica.wait_for(server)
        server.kill()
        with pytest.raises(StoreError, match="nothing was changed"):
            await add(database, "bob")
        replica.promote()
        await add(database, "bob")
        await database.wait_for_disk()
        assert owners(database) == ["ann", "bob"]
        (port,) = database.execute("SHOW port").fetchone() or ("",)
        assert port == str(replica.port)


def test_another_database_in_its_place_is_refused(server: Server, at_once: None) -> None:
    with closing(Database(Address.read(server.url(NAME)))) as database:
        server.restart()
        server.sql(f"ALTER DATABASE {NAME} RENAME TO away")
        server.sql(f"CREATE DATABASE {NAME}")
        with pytest.raises(StoreError, match="has schema 0; allowed"):
            database.require_writable()
        Database(Address.read(server.url(NAME))).close()
        with pytest.raises(StoreError, match="leads to another database than at the start"):
            database.require_writable()
        server.sql(f"DROP DATABASE {NAME}")
        server.sql(f"ALTER DATABASE away RENAME TO {NAME}")
        database.require_writable()


def test_a_user_with_no_more_rights_than_needed_can_do_all(server: Server) -> None:
    server.sql("CREATE ROLE worker LOGIN")
    server.sql("CREATE DATABASE theirs OWNER worker")
    address = Address.read(server.url("theirs", user="worker"))
    with closing(Database(address)) as database:
        asyncio.run(_all_that_a_worker_does(database))


async def _all_that_a_worker_does(database: Database) -> None:
    await add(database, "ann")
    await database.wait_for_disk()
    database.scrub()
    database.require_writable()
    assert owners(database) == ["ann"]


def test_a_user_without_rights_is_said_so_in_one_line(server: Server) -> None:
    server.sql("CREATE ROLE guest LOGIN")
    with pytest.raises(StoreError, match=r"permission denied for schema public; nothing was"):
        Database(Address.read(server.url(NAME, user="guest")))
    Database(Address.read(server.url(NAME))).close()
    with pytest.raises(StoreError, match=r"permission denied for table engine; nothing was"):
        Database(Address.read(server.url(NAME, user="guest")))


def test_a_database_that_is_not_in_utf_8_is_refused(server: Server) -> None:
    server.sql("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    with pytest.raises(StoreError, match=r"is encoded as LATIN1; allowed: UTF8 \(CREATE DATABASE"):
        Database(Address.read(server.url("latin")))
