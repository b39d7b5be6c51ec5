"""A server that is gone, restarted, read-only or promoted: nothing is said to last that may not."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from time import monotonic, sleep

import pytest

from bot.database_address import Address
from state.postgres import connected, disk
from state.postgres.disk import FLUSH
from state.postgres.store import PostgresStore
from state.store import CommitUnknown, StoreError
from tests.postgres.server import OWNER, Place, Server

ADD = "INSERT INTO owners (who) VALUES (?)"
NAME = "cordcall"
PATIENCE_S = 10.0
SECONDS_NOT_TO_WAIT = 2.0


@pytest.fixture
def server(place: Place) -> Server:
    server = Server.begun(place, wal_writer_delay="10s").start()
    server.sql(f"CREATE DATABASE {NAME}")
    return server


@pytest.fixture
def store(server: Server) -> Iterator[PostgresStore]:
    opened = PostgresStore(Address.read(server.url(NAME)))
    yield opened
    opened.close()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a connection be tried again without a pause."""
    monkeypatch.setattr(connected, "SECONDS_BETWEEN_TRIES", 0)


def flushes(store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each flush that is asked for, beside doing it."""
    link, noted = store.database.connected.disk._link, list[str]()
    run = link.run

    def note(*statements: str) -> object:
        noted.extend(statements)
        return run(*statements)

    monkeypatch.setattr(link, "run", note)
    return noted


def owners(store: PostgresStore) -> list[str]:
    return [who for (who,) in store.database.execute("SELECT who FROM owners ORDER BY who")]


async def add(store: PostgresStore, who: str) -> None:
    async with store.turn_beside():
        store.database.execute(ADD, (who,))


async def test_who_waits_for_the_disk_at_one_time_waits_for_one_flush(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = flushes(store, monkeypatch)

    async def turn(who: str) -> None:
        await add(store, who)
        await store.wait_for_disk()

    await asyncio.gather(*(turn(str(number)) for number in range(9)))
    assert 1 <= len(noted) <= 2
    noted.clear()
    await store.wait_for_disk()
    async with store.turn_beside(lasting=False):
        store.database.execute(ADD, ("not lasting",))
    await store.wait_for_disk()
    await add(store, "lasting")
    with store.turn():
        store.database.execute(ADD, ("waited",))
    assert len(noted) == 1
    await store.wait_for_disk()
    assert len(noted) == 1


async def test_what_was_waited_for_survives_a_crash_of_the_server(
    server: Server, store: PostgresStore, at_once: None
) -> None:
    await add(store, "ann")
    await store.wait_for_disk()
    await add(store, "bob")
    server.restart("immediate")
    with pytest.raises(StoreError, match="what was changed last may be lost"):
        await store.wait_for_disk()
    assert owners(store) == ["ann"]
    await add(store, "bob")
    await store.wait_for_disk()
    server.restart("immediate")
    assert owners(store) == ["ann", "bob"]


async def test_what_was_lost_in_a_crash_is_in_doubt_also_after_the_next_turn(
    server: Server, store: PostgresStore, at_once: None
) -> None:
    await add(store, "ann")
    server.restart("immediate")
    with store.turn():
        store.database.execute(ADD, ("bob",))
    assert owners(store) == ["bob"]
    with pytest.raises(StoreError, match=r"restarted or cut off.*may be lost"):
        await store.wait_for_disk()
    await store.wait_for_disk()


async def test_everybody_who_waits_while_the_server_ends_is_told(
    server: Server, store: PostgresStore, at_once: None
) -> None:
    await add(store, "ann")
    server.stop("immediate")
    waiting = [asyncio.create_task(store.wait_for_disk()) for _ in range(3)]
    told = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(each) for each in told] == [StoreError] * 3
    server.start()
    await add(store, "bob")
    await store.wait_for_disk()
    assert owners(store) == ["bob"]


async def test_a_connection_that_is_lost_alone_puts_nothing_in_doubt(
    server: Server, store: PostgresStore
) -> None:
    await add(store, "ann")
    (number,) = store.database.execute("SELECT pg_backend_pid()").fetchone() or (0,)
    server.sql(f"SELECT pg_terminate_backend({number}, 5000)")
    await add(store, "bob")
    await store.wait_for_disk()
    assert owners(store) == ["ann", "bob"]


async def test_what_is_committed_before_the_connection_for_the_disk_is_back_is_in_doubt(
    server: Server, store: PostgresStore
) -> None:
    """It cannot say whether the server has crashed in between."""
    (number,) = store.database.connected.disk._link.run("SELECT pg_backend_pid()").fetchone() or (
        0,
    )
    server.sql(f"SELECT pg_terminate_backend({number}, 5000)")
    await add(store, "ann")
    with pytest.raises(StoreError, match="may be lost"):
        await store.wait_for_disk()
    await add(store, "bob")
    await store.wait_for_disk()


def want_replica(server: Server) -> None:
    """Let each commit wait for a replica that there is not, from when this returns."""
    server.configure(synchronous_standby_names="absent")
    give_up = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    until = monotonic() + PATIENCE_S
    with ThreadPoolExecutor(1) as thread:
        while monotonic() < until:
            committing = thread.submit(server.sql, FLUSH)
            while not committing.done():
                if server.sql(give_up):
                    return
                sleep(0.01)
    raise AssertionError("no commit waits for a replica")


async def test_a_commit_that_no_replica_confirms_is_in_doubt_until_one_does(
    server: Server, store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "FLUSH_SECONDS", 0.3)
    await add(store, "ann")
    want_replica(server)
    with pytest.raises(StoreError, match=r"has not confirmed within.*may be lost"):
        await store.wait_for_disk()
    with pytest.raises(StoreError, match="may be lost"):
        await store.wait_for_disk()
    await add(store, "bob")
    assert owners(store) == ["ann", "bob"]
    server.configure(synchronous_standby_names="")
    monkeypatch.setattr(disk, "FLUSH_SECONDS", PATIENCE_S)
    await store.wait_for_disk()
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    assert server.sql(asked) == "0"


async def test_who_comes_while_no_replica_confirms_is_told_at_once(
    server: Server, store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else everybody would wait in turn for as long as the first, and the loop with them."""
    monkeypatch.setattr(disk, "FLUSH_SECONDS", SECONDS_NOT_TO_WAIT)
    await add(store, "ann")
    want_replica(server)
    with pytest.raises(StoreError, match="not confirmed"):
        await store.wait_for_disk()
    began = monotonic()
    for who in ("bob", "cat"):
        await add(store, who)
        with pytest.raises(StoreError, match="not confirmed"):
            await store.wait_for_disk()
        with pytest.raises(CommitUnknown, match="not confirmed"), store.turn():
            store.database.execute("SELECT 1")
    assert monotonic() - began < SECONDS_NOT_TO_WAIT
    server.configure(synchronous_standby_names="")
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with suppress(StoreError):
                await store.wait_for_disk()
                break
            await asyncio.sleep(0.01)


def test_of_a_turn_that_no_replica_confirms_it_is_not_known_whether_it_was_kept(
    server: Server, store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "FLUSH_SECONDS", 0.3)
    want_replica(server)
    for who in ("ann", "bob"):
        with pytest.raises(CommitUnknown, match=r"not confirmed.*may be lost"), store.turn():
            store.database.execute(ADD, (who,))
    with store.turn(lasting=False):
        store.database.execute(ADD, ("cat",))
    assert owners(store) == ["ann", "bob", "cat"]
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    assert server.sql(asked) == "1", "each that waits in vain holds a connection"


def test_a_store_is_closed_although_no_replica_confirms(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "FLUSH_SECONDS", 0.3)
    store = PostgresStore(Address.read(server.url(NAME)))
    want_replica(server)
    with pytest.raises(CommitUnknown), store.turn():
        store.database.execute(ADD, ("ann",))
    began = monotonic()
    store.close()
    assert monotonic() - began < PATIENCE_S


async def test_a_wait_that_the_server_has_given_up_is_in_doubt(
    server: Server, store: PostgresStore
) -> None:
    await add(store, "ann")
    want_replica(server)
    waiting = asyncio.create_task(store.wait_for_disk())
    asked = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    while not await asyncio.to_thread(server.sql, asked):
        await asyncio.sleep(0.01)
    with pytest.raises(StoreError, match=r"synchronous replication.*may be lost"):
        await waiting
    server.configure(synchronous_standby_names="")
    await store.wait_for_disk()


def test_so_it_is_if_the_connection_for_the_disk_was_replaced_since_the_commit(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushing = store.database.connected.disk
    wait = flushing.wait_now

    def lose() -> None:
        flushing._link.close()
        wait()

    with monkeypatch.context() as patch:
        patch.setattr(flushing, "wait_now", lose)
        with pytest.raises(CommitUnknown, match="may be lost"), store.turn():
            store.database.execute(ADD, ("ann",))
    with store.turn():
        store.database.execute(ADD, ("bob",))


def test_of_a_turn_whose_server_crashes_before_the_disk_it_is_not_known_whether_it_was_kept(
    server: Server, store: PostgresStore, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait = store.database.connected.disk.wait_now

    def crash() -> None:
        server.restart("immediate")
        wait()

    monkeypatch.setattr(store.database.connected.disk, "wait_now", crash)
    with pytest.raises(CommitUnknown, match="may be lost"), store.turn():
        store.database.execute(ADD, ("ann",))
    assert owners(store) == []


def test_a_server_that_is_gone_is_said_in_one_line_and_not_tried_all_the_time(
    server: Server, store: PostgresStore
) -> None:
    server.stop()
    began = monotonic()
    said = set[str]()
    for _ in range(50):
        with pytest.raises(StoreError, match="nothing was changed; allowed: ") as caught:
            store.require_writable()
        assert not store.is_held()
        said.add(str(caught.value))
    assert monotonic() - began < 5
    assert all("\n" not in each for each in said) and len(said) <= 3
    server.start()
    until = monotonic() + 2 * connected.SECONDS_BETWEEN_TRIES + 1
    while monotonic() < until:
        try:
            store.require_writable()
        except StoreError:
            continue
        break
    store.require_writable()


async def test_a_turn_beside_waits_for_the_new_connection_beside_the_loop(
    server: Server, store: PostgresStore, at_once: None
) -> None:
    server.stop("immediate")
    with pytest.raises(StoreError):
        await add(store, "ann")
    server.start()
    await add(store, "ann")
    assert owners(store) == ["ann"]


def test_a_server_that_takes_no_changes_is_said_and_the_turn_undone(
    server: Server, store: PostgresStore, at_once: None
) -> None:
    server.sql(f"ALTER DATABASE {NAME} SET default_transaction_read_only = on")
    server.restart()
    with pytest.raises(StoreError, match="read-only"):
        store.require_writable()
    server.sql(f"ALTER DATABASE {NAME} RESET default_transaction_read_only")
    server.restart()
    store.require_writable()


async def test_a_replica_that_is_promoted_takes_over(
    server: Server, place: Place, at_once: None
) -> None:
    replica = server.replica()
    hosts = f"127.0.0.1:{server.port},127.0.0.1:{replica.port}"
    with pytest.raises(StoreError, match="read-only"):
        PostgresStore(Address.read(replica.url(NAME, tcp=True)))
    with closing(PostgresStore(Address.read(f"postgresql://{OWNER}@{hosts}/{NAME}"))) as store:
        await add(store, "ann")
        await store.wait_for_disk()
        replica.wait_for(server)
        server.kill()
        with pytest.raises(StoreError, match="nothing was changed"):
            await add(store, "bob")
        replica.promote()
        await add(store, "bob")
        await store.wait_for_disk()
        assert owners(store) == ["ann", "bob"]
        (port,) = store.database.execute("SHOW port").fetchone() or ("",)
        assert port == str(replica.port)


def test_another_database_in_its_place_is_refused(server: Server, at_once: None) -> None:
    with closing(PostgresStore(Address.read(server.url(NAME)))) as store:
        server.restart()
        server.sql(f"ALTER DATABASE {NAME} RENAME TO away")
        server.sql(f"CREATE DATABASE {NAME}")
        with pytest.raises(StoreError, match="has schema 0; allowed"):
            store.require_writable()
        PostgresStore(Address.read(server.url(NAME))).close()
        with pytest.raises(StoreError, match="leads to another database than at the start"):
            store.require_writable()
        server.sql(f"DROP DATABASE {NAME}")
        server.sql(f"ALTER DATABASE away RENAME TO {NAME}")
        store.require_writable()


def test_a_user_with_no_more_rights_than_needed_can_do_all(server: Server) -> None:
    server.sql("CREATE ROLE worker LOGIN")
    server.sql("CREATE DATABASE theirs OWNER worker")
    address = Address.read(server.url("theirs", user="worker"))
    with closing(PostgresStore(address)) as store:
        asyncio.run(_all_that_a_worker_does(store))


async def _all_that_a_worker_does(store: PostgresStore) -> None:
    await add(store, "ann")
    await store.wait_for_disk()
    store.scrub()
    store.require_writable()
    assert owners(store) == ["ann"]


def test_a_user_without_rights_is_said_so_in_one_line(server: Server) -> None:
    server.sql("CREATE ROLE guest LOGIN")
    with pytest.raises(StoreError, match=r"permission denied for schema public; nothing was"):
        PostgresStore(Address.read(server.url(NAME, user="guest")))
    PostgresStore(Address.read(server.url(NAME))).close()
    with pytest.raises(StoreError, match=r"permission denied for table engine; nothing was"):
        PostgresStore(Address.read(server.url(NAME, user="guest")))


def test_a_database_that_is_not_in_utf_8_is_refused(server: Server) -> None:
    server.sql("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    with pytest.raises(StoreError, match=r"is encoded as LATIN1; allowed: UTF8 \(CREATE DATABASE"):
        PostgresStore(Address.read(server.url("latin")))
