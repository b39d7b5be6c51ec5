"""A store's file: what is refused, what is durable, what a full or locked disk does."""

import json
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.screens.screen import Block, Button, Part, Screen, load
from state.lock import Lock
from state.records import Priority
from state.sql.version import APPLICATION_ID, SCHEMA_VERSION
from state.sqlite import connection
from state.sqlite.copies import backup
from state.sqlite.schema_groups import migrations
from state.sqlite.store import SqliteStore
from state.store import StoreError
from tests.state.contract.values import a_case, put


def test_what_waits_in_the_outbox_of_an_older_schema_can_still_be_read(database: Path) -> None:
    part = {"text": "Now", "unix": 7, "relative": False}
    button = {"label": "Yes", "does": "answer x", "value": "1", "typed": "", "style": "plain"}
    block = {"lines": [[part]], "heading": "", "look": "text"}
    old = {"kind": "card", "title": "KES-42", "blocks": [block], "rows": [[button]], "alert": True}
    with closing(sqlite3.connect(database)) as plain, plain:
        migrations.apply(Database(plain), stop_before="0003_delivery")
        plain.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        plain.execute("PRAGMA user_version = 2")
        plain.execute(
            "INSERT INTO outbox (chat, screens, anew, queued_at) VALUES ('1', ?, 1, ?)",
            (json.dumps([json.dumps(old)]), "2026-11-22T12:00:00.000000+00:00"),
        )
    with closing(SqliteStore(database)) as store:
        (row,) = store.outbox.queued("1")
    assert row.priority == Priority.ANSWER
    assert load(row.screens[0]) == Screen(
        "card", "KES-42", (Block(((Part("Now", 7),),)),), ((Button("Yes", "answer x", "1"),),), True
    )


def test_a_database_is_durable_and_marked_as_ours(database: Path, store: SqliteStore) -> None:
    connection = sqlite3.connect(database)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    connection.close()


def test_a_store_waits_for_the_disk_and_leaves_no_trace_of_what_it_erased(
    store: SqliteStore,
) -> None:
    pragmas = {"synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "trusted_schema": 0}
    for name, value in pragmas.items():
        assert store.database.execute(f"PRAGMA {name}").fetchone()[0] == value, name


def test_a_database_is_readable_by_its_owner_only(database: Path, store: SqliteStore) -> None:
    assert database.stat().st_mode & 0o077 == 0


def test_a_database_that_is_removed_while_in_use_is_named(
    database: Path, store: SqliteStore
) -> None:
    database.unlink()
    with (
        pytest.raises(StoreError, match=r"removed or replaced.*stop CordCall"),
        store.turn(),
    ):
        store.cases.add(a_case())


def test_two_processes_of_one_role_do_not_share_a_database(database: Path) -> None:
    lock = Lock(database, "terminal")
    with pytest.raises(StoreError, match="in use by another terminal"):
        Lock(database, "terminal")
    Lock(database, "Telegram bot").release()
    lock.release()
    Lock(database, "terminal").release()


@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to], ids=["symbolic", "hard"])
def test_a_file_is_locked_under_every_name_and_no_lock_file_is_left(
    database: Path, tmp_path: Path, link: Callable[[Path, Path], None]
) -> None:
    lock = Lock(database, "terminal")
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    other = folder / "other.db"
    link(other, database)
    with pytest.raises(StoreError, match=r"other\.db is in use by another terminal"):
        Lock(other, "terminal")
    lock.release()
    Lock(other, "terminal").release()
    assert [each.name for each in folder.iterdir()] == ["other.db"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["cordcall.db", "elsewhere"]


def test_a_lock_stays_while_a_store_on_its_file_opens_and_closes(database: Path) -> None:
    lock = Lock(database, "terminal")
    SqliteStore(database).close()
    with pytest.raises(StoreError, match="in use by another terminal"):
        Lock(database, "terminal")
    lock.release()


def test_a_damaged_page_is_found_at_the_start_and_the_file_left_alone(database: Path) -> None:
    with closing(SqliteStore(database)) as store, store.turn():
        store.cases.add(a_case())
        (page,) = store.database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'answers'"
        ).fetchone()
        (size,) = store.database.execute("PRAGMA page_size").fetchone()
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * 50)
    before = database.read_bytes()
    with pytest.raises(StoreError, match=r"is damaged: .*allowed: .*`cordcall restore FILE`"):
        SqliteStore(database)
    assert database.read_bytes() == before


def test_a_file_cut_short_is_refused_and_left_alone(database: Path) -> None:
    with closing(SqliteStore(database)) as store, store.turn():
        store.cases.add(a_case())
    os.truncate(database, database.stat().st_size // 2)
    before = database.read_bytes()
    with pytest.raises(StoreError, match=r"is damaged: .*`cordcall restore FILE`"):
        SqliteStore(database)
    assert database.read_bytes() == before


def test_a_backup_copied_by_hand_beside_an_old_log_is_refused(
    database: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    with closing(SqliteStore(database)) as store:
        with store.turn():
            store.cases.add(a_case())
        backup(database, copy)
        with store.turn():
            store.cases.add(a_case("KES-43"))
        log = database.with_name("cordcall.db-wal").read_bytes()
    database.write_bytes(copy.read_bytes())
    database.with_name("cordcall.db-wal").write_bytes(log)
    with pytest.raises(StoreError, match=r"the log of another database, cordcall\.db-wal; "):
        SqliteStore(database)
    assert database.with_name("cordcall.db-wal").read_bytes() == log


def test_a_start_cut_off_in_a_transaction_without_a_log_is_still_undone(database: Path) -> None:
    SqliteStore(database).close()
    half = (
        "import os, sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA journal_mode = DELETE')\n"
        "c.execute('PRAGMA cache_size = 1')\n"
        "c.execute('BEGIN')\n"
        "c.execute('CREATE TABLE half (x)')\n"
        "c.executemany('INSERT INTO half VALUES (?)', [('x' * 4000,)] * 100)\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", half, str(database)], check=True)
    assert database.with_name("cordcall.db-journal").exists()
    with closing(SqliteStore(database)) as store:
        tables = store.database.execute("SELECT name FROM sqlite_master").fetchall()
    assert ("half",) not in tables


def test_what_is_no_database_is_refused_and_left_alone(database: Path) -> None:
    database.write_text("patients, in a spreadsheet, not in a database\n" * 200)
    before = database.read_bytes()
    with pytest.raises(StoreError, match=r"CORDCALL_DATABASE.*not a database"):
        SqliteStore(database)
    assert database.read_bytes() == before


def test_another_programs_database_is_refused_and_left_alone(database: Path) -> None:
    other = sqlite3.connect(database)
    other.execute("CREATE TABLE recipes (name)")
    other.commit()
    other.close()
    before = database.read_bytes()
    with pytest.raises(StoreError, match="another program's database"):
        SqliteStore(database)
    assert database.read_bytes() == before


def test_a_newer_database_is_refused_and_left_alone(database: Path) -> None:
    SqliteStore(database).close()
    newer = sqlite3.connect(database)
    newer.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    newer.close()
    before = database.read_bytes()
    with pytest.raises(StoreError, match="newer than this program; allowed: up to"):
        SqliteStore(database)
    assert database.read_bytes() == before


def test_a_locked_database_is_named_and_nothing_is_lost(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.05)
    store = SqliteStore(database)
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked; nothing was changed"), store.turn():
        store.cases.add(a_case())
    with pytest.raises(StoreError, match="locked"):
        SqliteStore(database)
    other.execute("ROLLBACK")
    other.close()
    with store.turn():
        store.cases.add(a_case())
    assert store.cases.find("KES-42") is not None
    store.close()


def test_a_full_disk_undoes_the_turn(database: Path) -> None:
    store = SqliteStore(database)
    pages = store.database.execute("PRAGMA page_count").fetchone()[0]
    store.database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="full; nothing was changed"), store.turn():
        store.cases.add(a_case())
        put(store, "x" * 100_000)
    assert store.cases.find("KES-42") is None
    assert store.outbox.queued("chat") == []
    store.close()


@pytest.mark.parametrize("place", ["missing/folder/cordcall.db", "."])
def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(StoreError, match=r"CORDCALL_DATABASE: .*; allowed: "):
        SqliteStore(tmp_path / place)


def test_a_start_that_was_cut_off_is_finished_by_the_next(database: Path) -> None:
    half = sqlite3.connect(database)
    half.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    half.close()
    store = SqliteStore(database)
    with store.turn():
        store.cases.add(a_case())
    store.close()
    again = SqliteStore(database)
    assert again.cases.find("KES-42") is not None
    again.close()


def test_a_file_that_cannot_grow_cannot_be_written(store: SqliteStore) -> None:
    store.require_writable()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        with pytest.raises(StoreError):
            store.require_writable()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    store.require_writable()


def test_a_system_that_cannot_lock_is_refused_in_one_line(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(StoreError, match=r"^this system: darwin .*; allowed: Linux$"):
        Lock(database, "terminal")
    assert not database.exists()
