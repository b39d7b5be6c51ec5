"""The store: what it refuses, and that a turn is whole or nothing."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.screens.screen import Block, Button, Part, Screen, load
from state.lock import Lock
from state.records import Card, LeftTap, Minted, Priority, StoredCase
from state.sqlite import connection
from state.sqlite.schema import migrations
from state.sqlite.store import SqliteStore
from state.sqlite.version import APPLICATION_ID, SCHEMA_VERSION
from state.store import StoreError
from tests.conftest import NOON


def a_case(code: str = "KES-42") -> StoredCase:
    return StoredCase(
        code=code,
        chat="chat",
        owner="ann",
        status="open",
        begun_at=NOON,
        flow="triage",
        fingerprint="f",
        ruleset="r",
        touched_at=NOON,
    ).with_answer("cord_signs", ["gait", "bladder"], "ann", NOON)


def put(store: SqliteStore, screen: str, chat: str = "chat") -> None:
    store.outbox.enqueue(
        chat=chat,
        code=None,
        screens=[screen],
        token=None,
        query=None,
        tapped=None,
        anew=False,
        priority=Priority.ANSWER,
        at=NOON,
    )


def test_a_case_comes_back_as_it_was_kept(store: SqliteStore) -> None:
    case = a_case().with_answer("back_pain", True, "ann", NOON).with_answer("ecog", 0, "ann", NOON)
    with store.turn():
        store.cases.add(case)
        store.cases.activate("chat", case.code)
    assert store.cases.find("KES-42") == case
    assert store.cases.active("chat") == case


def test_a_turn_is_undone_as_a_whole(store: SqliteStore) -> None:
    with pytest.raises(RuntimeError), store.turn():
        store.cases.add(a_case())
        put(store, "{}")
        raise RuntimeError
    assert store.cases.find("KES-42") is None
    assert store.outbox.queued("chat") == []


def test_the_outbox_keeps_the_order_and_forgets_what_was_shown(store: SqliteStore) -> None:
    with store.turn():
        for screen in ("1", "2", "3"):
            put(store, screen)
        put(store, "4", chat="other")
    queued = store.outbox.queued("chat")
    assert [each.screens for each in queued] == [("1",), ("2",), ("3",)]
    assert len(store.outbox.queued()) == 4
    with store.turn():
        store.outbox.sent(row.id for row in queued[:2])
    assert [each.screens for each in store.outbox.queued("chat")] == [("3",)]


def test_an_update_is_done_once_and_its_attempts_are_counted(store: SqliteStore) -> None:
    with store.turn():
        assert store.inbox.receive(1, "tap", NOON, again=False) == 1
        assert store.inbox.receive(1, "tap", NOON, again=True) == 1
        assert store.inbox.receive(1, "tap", NOON, again=False) == 2
        assert store.inbox.left_taps() == [LeftTap(1, "tap", 2)]
        assert store.inbox.claim(1)
        assert not store.inbox.claim(1)
        assert store.inbox.receive(1, "tap", NOON, again=False) == 0
        assert store.inbox.left_taps() == []


def test_what_waits_is_forgotten_but_for_a_tap(store: SqliteStore) -> None:
    with store.turn():
        store.inbox.receive(1, None, NOON, again=False)
        store.inbox.receive(2, "tap", NOON, again=False)
        store.inbox.forget(NOON + timedelta(seconds=1))
    assert store.database.execute("SELECT update_id FROM inbox").fetchall() == [(2,)]


def test_a_part_that_fails_is_undone_alone(store: SqliteStore) -> None:
    with store.turn():
        store.cases.add(a_case("KES-42"))
        with pytest.raises(RuntimeError), store.part():
            store.cases.add(a_case("KES-43"))
            raise RuntimeError
    assert store.cases.find("KES-42") is not None
    assert store.cases.find("KES-43") is None


def test_a_group_that_moves_takes_everything_along_but_its_messages(store: SqliteStore) -> None:
    case = replace(a_case(), chat="-1")
    with store.turn():
        store.cases.add(case)
        store.cases.activate("-1", case.code)
        store.cards.keep(Card(case.code, "card", "-1", 7, NOON))
        store.buttons.mint(Minted("token", "-1", case.code, 0, (("back", ""),)), NOON)
        put(store, "1", chat="-1")
        store.chats.rename("-1", "-1001")
    assert store.cases.active("-1") is None
    assert store.cases.active("-1001") == replace(case, chat="-1001")
    assert [row.chat for row in store.outbox.queued()] == ["-1001"]
    minted = store.buttons.find("token")
    assert store.cards.find(case.code, "card") is None
    assert minted and minted.chat == "-1001"


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
            "INSERT INTO outbox (chat, screens, anew, queued_at) VALUES ('1', ?, 1, '')",
            (json.dumps([json.dumps(old)]),),
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
    with pytest.raises(StoreError, match="removed or replaced"), store.turn():
        store.cases.add(a_case())


def test_two_processes_of_one_role_do_not_share_a_database(database: Path) -> None:
    lock = Lock(database, "terminal")
    with pytest.raises(StoreError, match="in use by another terminal"):
        Lock(database, "terminal")
    Lock(database, "Telegram bot").release()
    lock.release()
    Lock(database, "terminal").release()


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
