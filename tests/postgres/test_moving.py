"""A database moved whole: every row of it is there and the same, and everything goes on."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from bot.database_address import Address
from state.chain import verify
from state.postgres.store import PostgresStore
from state.sql.whole_copy import Table
from state.sqlite.store import SqliteStore
from state.store import Store
from tests.dialogue import CHAT, do
from tests.postgres.moved import (
    LATE,
    OTHERS,
    cordcall,
    everything_in,
    filled,
    in_file,
    in_postgres,
    serve,
    talked,
)
from tests.postgres.server import Place, Server
from tests.state.contract.values import put
from tests.state.encrypted import KEY

PASSWORD = "s3same"
SEQUENCE = "sqlite_sequence"


@pytest.fixture
def url(postgres_server: Server, postgres_empty: str) -> str:
    return postgres_server.url(postgres_empty)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir()
    file = folder / "key"
    file.touch(0o600)
    file.write_text(KEY.digits)
    return file


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with nothing but databases in it."""
    folder = tmp_path / "place"
    folder.mkdir()
    return folder


def test_there_and_back_every_row_of_every_table_is_the_same(place: Path, url: str) -> None:
    filled(place / "one.db")
    before, everything = in_file(place / "one.db"), everything_in(place)
    there = cordcall(place, "move", "one.db", url)
    assert (there.err, there.status) == ("", 0)
    assert everything_in(place) == everything
    assert {**in_postgres(url, place / "one.db"), SEQUENCE: before[SEQUENCE]} == before
    back = cordcall(place, "move", url, "two.db")
    assert (back.err, back.status) == ("", 0)
    assert in_file(place / "two.db") == before
    assert min(len(rows) for name, rows in before.items() if name not in OTHERS) > 15
    assert sorted(each.name for each in place.iterdir()) == ["one.db", "two.db"]
    assert (place / "two.db").stat().st_mode & 0o777 == 0o600


def test_what_was_done_is_said_and_what_to_set_now(place: Path, url: str) -> None:
    with closing(SqliteStore(place / "one.db")) as store:
        talked(store)
        with store.audit.trail() as trail:
            start, last = trail.start, verify(trail)
    shown = Address.read(url)
    rows = sum(len(each) for name, each in in_file(place / "one.db").items()) - 2
    said = cordcall(place, "move", "one.db", url).out.decode().splitlines()
    assert said[0].startswith(f"{shown}: written and checked; cases: 2, open: 2, last used 2026-")
    assert said[0].endswith("; members: 3")
    assert said[1] == (
        f"rows: {rows} in 30 tables, each the same in both; audit: rows {start.number + 1} to "
        f"{last.number} are as written in both; {last}"
    )
    assert said[2].startswith(f"CORDCALL_DATABASE={url}: set this before the next start, with ")
    assert "CORDCALL_KEY_FILE unset" in said[2]
    assert said[3].startswith("one.db: left as it was. Once CordCall has started on the other")
    said = cordcall(place, "move", url, "two.db").out.decode().splitlines()
    assert said[0].startswith("two.db: written and checked; cases: 2, open: 2")
    assert f"CORDCALL_DATABASE={place / 'two.db'}: set this" in said[2]


def goes_on(store: Store) -> None:
    """Go on with a conversation: new rows follow the old ones, and what waits still waits."""
    case = store.cases.active(CHAT)
    assert case and case.answers
    waiting = store.outbox.queued(LATE)
    assert [(row.screens, row.sending) for row in waiting] == [
        (("waits 0",), False), (("waits 1",), False), (("waits 2",), True),
    ]  # fmt: skip
    with store.turn():
        put(store, "new", chat=LATE)
    new = store.outbox.queued(LATE)[-1]
    assert new.screens == ("new",)
    assert new.id > waiting[-1].id + 1  # the highest one given was erased before the move
    assert do(serve(store), "/called nephrology", "/plan")
    later = store.cases.active(CHAT)
    assert later and later.timeline[:-1] == case.timeline
    assert later.timeline[-1].detail == "nephrology"
    with store.audit.trail() as trail:
        assert trail.start.number == 3
        assert verify(trail).number > 9


def test_a_conversation_goes_on_where_it_was_moved_to_and_back(place: Path, url: str) -> None:
    with closing(SqliteStore(place / "one.db")) as store:
        talked(store)
    assert cordcall(place, "move", "one.db", url).status == 0
    assert cordcall(place, "move", url, "two.db").status == 0
    with closing(PostgresStore(Address.read(url))) as there:
        goes_on(there)
    with closing(SqliteStore(place / "two.db")) as back:
        goes_on(back)
    assert cordcall(place, "move", url, "three.db").status == 0
    with closing(SqliteStore(place / "three.db")) as store, store.audit.trail() as trail:
        assert verify(trail).number > 9


def test_no_number_is_given_twice(place: Path, url: str) -> None:
    filled(place / "one.db")
    assert cordcall(place, "move", "one.db", url).status == 0
    with psycopg.connect(url) as connection:
        numbered = {
            name: connection.execute(
                f"SELECT max(id), nextval(pg_get_serial_sequence('{name}', 'id')) FROM {name}"
            ).fetchall()[0]
            for name in ("answers", "events", "reminders", "handovers", "outbox")
        }
        (audited,) = connection.execute("SELECT audited FROM engine").fetchall()[0]
        (highest,) = connection.execute("SELECT max(number) FROM audit").fetchall()[0]
    assert {name: new - old for name, (old, new) in numbered.items()} == {
        "answers": 1, "events": 1, "reminders": 1, "handovers": 1, "outbox": 1,
    }  # fmt: skip
    assert audited == highest
    assert cordcall(place, "move", url, "two.db").status == 0
    with closing(sqlite3.connect(place / "two.db")) as back:
        given = dict(back.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
    assert given == {"audit": highest, "outbox": numbered["outbox"][1]}


def test_an_audit_whose_rows_are_all_cut_goes_on_after_its_last_number(
    place: Path, url: str
) -> None:
    with closing(SqliteStore(place / "one.db")) as store:
        talked(store)
        with store.turn():
            last = store.audit.last()
            store.database.execute("UPDATE audit_start SET number = ?, hash = ?", (
                last.number, bytes.fromhex(last.hash),
            ))  # fmt: skip
            store.database.execute("DELETE FROM audit")
    assert cordcall(place, "move", "one.db", url).status == 0
    assert cordcall(place, "move", url, "two.db").status == 0
    with closing(SqliteStore(place / "two.db")) as back, back.audit.trail() as trail:
        assert (trail.start, trail.newest, [*trail.rows]) == (last, last.number, [])


def test_an_encrypted_file_is_moved_and_one_that_comes_back_is_encrypted(
    place: Path, url: str, key_file: Path
) -> None:
    filled(place / "one.db", KEY)
    before = in_file(place / "one.db", KEY)
    kept = {"CORDCALL_KEY_FILE": str(key_file)}
    there = cordcall(place, "move", "one.db", url, **kept)
    assert (there.err, there.status) == ("", 0)
    back = cordcall(place, "move", url, "two.db", **kept)
    assert (back.err, back.status) == ("", 0)
    assert f"with CORDCALL_KEY_FILE={key_file}" in back.out.decode()
    assert not (place / "two.db").read_bytes().startswith(b"SQLite")
    assert in_file(place / "two.db", KEY) == before
    assert cordcall(place, "move", url, "plain.db").status == 0
    assert in_file(place / "plain.db") == before


def test_what_was_only_begun_is_filled(place: Path, url: str) -> None:
    filled(place / "one.db")
    before = in_file(place / "one.db")
    PostgresStore(Address.read(url)).close()
    assert cordcall(place, "move", "one.db", url).status == 0
    SqliteStore(place / "begun.db").close()
    (place / "empty.db").touch()
    for name in ("begun.db", "empty.db"):
        done = cordcall(place, "move", url, name)
        assert (done.status, done.err) == (0, "")
        assert in_file(place / name) == before
    (kept,) = place.glob("*.replaced-*")
    assert kept.name.startswith("begun.db.replaced-")


def test_a_log_that_a_kill_has_left_is_moved_with_its_file_and_stays(place: Path, url: str) -> None:
    with closing(SqliteStore(place / "used.db")) as store:
        talked(store)
        for end in ("", "-wal"):
            (place / f"one.db{end}").write_bytes((place / f"used.db{end}").read_bytes())
    before = everything_in(place)
    assert len(before["one.db-wal"]) > 100_000
    assert cordcall(place, "move", "one.db", url).status == 0
    after = everything_in(place)
    assert {name: after[name] for name in before} == before
    with closing(PostgresStore(Address.read(url))) as there:
        goes_on(there)


def test_a_password_is_taken_from_where_libpq_looks_and_never_shown(
    place: Path, tmp_path: Path
) -> None:
    filled(place / "one.db")
    servers = Place()
    try:
        server = Server.begun(servers, password=PASSWORD).start()
        server.sql("CREATE DATABASE one")
        url = server.url("one", tcp=True)
        passfile = tmp_path / "pgpass"
        passfile.touch(0o600)
        passfile.write_text(f"*:*:*:*:{PASSWORD}\n")
        wrong = cordcall(place, "move", "one.db", url, PGPASSWORD=f"not {PASSWORD}")
        there = cordcall(place, "move", "one.db", url, PGPASSWORD=PASSWORD)
        back = cordcall(place, "move", url, "two.db", PGPASSFILE=str(passfile))
        assert (wrong.status, there.status, back.status) == (2, 0, 0)
        assert "password authentication failed" in wrong.err
        assert PASSWORD not in f"{wrong}{there}{back}"
    finally:
        servers.close()


def test_a_table_is_read_in_the_order_of_its_key_without_sorting_it(place: Path) -> None:
    filled(place / "one.db")
    with closing(sqlite3.connect(place / "one.db")) as connection:
        for name in in_file(place / "one.db"):
            columns = connection.execute(f"PRAGMA table_info({name})").fetchall()
            key = sorted((row[5], row[1]) for row in columns if row[5])
            if not key:
                continue
            table = Table(name, tuple(row[1] for row in columns), tuple(each for _, each in key))
            plan = connection.execute(f"EXPLAIN QUERY PLAN {table.select()}").fetchall()
            assert "TEMP B-TREE" not in str(plan), name


@pytest.mark.slow
def test_rows_of_the_whole_size_that_is_kept_are_moved(place: Path, url: str) -> None:
    """More rows than a statement takes at once, some of them a megabyte long."""
    filled(place / "one.db")
    rows = [(os.urandom(500_000).hex(), str(number)) for number in range(3)]
    rows += [("x", str(number)) for number in range(3, 100_010)]
    with closing(sqlite3.connect(place / "one.db")) as connection, connection:
        connection.executemany("INSERT INTO outbox (screens, chat) VALUES (?, ?)", rows)
    before = in_file(place / "one.db")
    assert cordcall(place, "move", "one.db", url).status == 0
    assert cordcall(place, "move", url, "two.db").status == 0
    assert in_file(place / "two.db") == before
