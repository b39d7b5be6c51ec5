"""Erased data is gone from the file and its log, with everything that belonged to it."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest
from sqlite_utils import Database
from structlog.testing import capture_logs

from bot.incoming import Command, Incoming
from bot.service.service import Service
from state.people import Reader
from state.sql.version import APPLICATION_ID, SCHEMA_VERSION
from state.sqlite.connection import BUSY_SECONDS
from state.sqlite.schema_groups import migrations
from state.sqlite.store import SqliteStore
from tests.commands.test_notes import at_work
from tests.conftest import NOON, Clock
from tests.dialogue import CHAT, do, shown
from tests.state.contract.values import a_case, add, closed

ANN = "987654321"
OF_A_PERSON = {"who", "owner", "maker", "chat"}
INDEXED = ("SELECT code, touched_at FROM cases", "UPDATE chats", "DELETE FROM cases")
NAMES = [each.name for each in migrations.pending(Database(memory=True))]


def count(store: SqliteStore, table: str) -> int:
    return int(store.database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_erased_words_are_neither_in_the_file_nor_in_its_log(
    service: Service, database: Path, clock: Clock
) -> None:
    do(service, "/triage", "gait")
    code = at_work(service).code.encode()
    files = [database, database.with_name(f"{database.name}-wal")]
    assert any(b'["gait"]' in each.read_bytes() for each in files)
    do(service, "/close transferred")
    clock.pass_by(days=31)
    service.forget_old()
    kept = b"".join(each.read_bytes() for each in files)
    assert b'["gait"]' not in kept
    assert kept.count(code) == count(service.store, "audit") == 3
    clock.pass_by(days=335)
    service.forget_old()
    assert code not in b"".join(each.read_bytes() for each in files)


def test_every_table_with_a_column_for_a_person_is_looked_through_for_them(
    store: SqliteStore,
) -> None:
    """One that `state/sql/people.py` leaves out is in no /mydata, and may outlast /forget."""
    columns = store.database.execute(
        "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c "
        "WHERE m.type = 'table'"
    )
    named = {table for table, column in columns if column in OF_A_PERSON}
    assert {"members", "cases", "chats", "invitations"} <= named
    assert named - set(store.people.stored_of(ANN)) == set()


def test_a_reader_in_another_process_neither_stops_the_erasing_nor_holds_it_up(
    service: Service, database: Path, clock: Clock
) -> None:
    do(service, "/triage", "gait", "/close transferred")
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM cases").fetchone()
        clock.pass_by(days=31)
        began = perf_counter()
        service.forget_old()
        assert perf_counter() - began < BUSY_SECONDS / 2
    assert count(service.store, "cases") == 0
    kept = service.store.database.execute("PRAGMA busy_timeout").fetchone()
    assert kept == (BUSY_SECONDS * 1000,)


def test_a_chat_of_which_nothing_is_left_is_forgotten(service: Service, clock: Clock) -> None:
    touched = replace(service, touch=True)
    touched.take(Incoming(CHAT, "ann", Command("triage")))
    with service.store.turn() as store:
        store.chats.set_reachable(CHAT, reachable=False)
    clock.pass_by(days=29)
    touched.forget_old()
    assert count(service.store, "chats") == 1
    clock.pass_by(days=2)
    shown(touched)
    touched.forget_old()
    assert count(service.store, "chats") == 0


def test_a_chat_with_a_button_or_a_message_that_waits_is_kept(
    service: Service, clock: Clock
) -> None:
    touched = replace(service, touch=True)
    touched.take(Incoming(CHAT, "ann", Command("triage")))
    clock.pass_by(days=31)
    touched.take(Incoming(CHAT, "ann", Command("drug")))
    case = at_work(touched)
    with service.store.turn() as store:
        store.cases.forget(clock.now, 1)
    assert service.store.cases.find(case.code) is None
    touched.forget_old()
    assert count(service.store, "chats") == 1
    shown(touched)
    clock.pass_by(days=13)
    touched.forget_old()
    assert count(service.store, "chats") == 1
    clock.pass_by(days=2)
    touched.forget_old()
    assert count(service.store, "chats") == 0


@pytest.mark.parametrize("reachable", [True, False])
def test_of_a_stranger_who_blocks_the_bot_nothing_is_noted(
    store: SqliteStore, reachable: bool
) -> None:
    with store.turn():
        store.chats.set_reachable("6666", reachable)
    assert count(store, "chats") == 0


def test_an_update_that_never_came_again_goes_after_three_days_and_a_tap_stays(
    service: Service, clock: Clock
) -> None:
    with service.store.turn() as store:
        store.inbox.receive(1, None, NOON, again=False)
        store.inbox.receive(2, "[]", NOON, again=False)
    clock.pass_by(days=2)
    service.forget_old()
    assert count(service.store, "inbox") == 2
    clock.pass_by(days=2)
    service.forget_old()
    assert [left.update_id for left in service.store.inbox.left_taps()] == [2]
    assert count(service.store, "inbox") == 1


def test_old_readers_and_cases_are_found_by_an_index(store: SqliteStore) -> None:
    add(store, closed(a_case(touched_at=NOON - timedelta(days=31))))
    asked = []
    store.database.connection.set_trace_callback(asked.append)
    store.readers.forget(NOON)
    store.cases.forget(NOON - timedelta(days=30), 1)
    store.database.connection.set_trace_callback(None)
    plans = [
        detail
        for sql in asked
        if "readers" in sql or sql.startswith(INDEXED)
        for *_, detail in store.database.execute(f"EXPLAIN QUERY PLAN {sql}")
    ]
    assert [p for p in plans if p.startswith("SCAN") and "readers" not in p] == []
    used = ("idx_answers_who", "idx_cases_owner", "idx_cases_touched_at", "idx_chats_active")
    assert all(any(index in plan for plan in plans) for index in used)


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_every_older_schema_becomes_the_present_one(
    tmp_path: Path, store: SqliteStore, version: int
) -> None:
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old)) as plain, plain:
        migrations.apply(Database(plain), stop_before=NAMES[version])
        plain.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        plain.execute(f"PRAGMA user_version = {version}")
        plain.execute(
            "INSERT INTO cases (code, chat, owner, status, begun_at, flow, fingerprint, ruleset) "
            "VALUES ('KES-42', '1', '1', 'open', ?, '', '', '')",
            (NOON.isoformat(),),
        )
    schema = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
    with closing(SqliteStore(old)) as upgraded:
        assert (
            upgraded.database.execute(schema).fetchall()
            == store.database.execute(schema).fetchall()
        )
        assert upgraded.database.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert count(upgraded, "cases") == 1


def test_what_is_promised_can_be_done(service: Service) -> None:
    (screen,) = do(service, "/privacy")
    assert "30 days after a case was last touched." in screen.plain()
    assert "no answers; 365 days." in screen.plain()
    assert "/forget erases it, except the audit; without access, ask" in screen.plain()
    assert "operator" not in screen.plain()


async def test_who_is_erased_in_a_turn_beside_others_is_gone_at_its_end(
    store: SqliteStore, database: Path
) -> None:
    remember(store)
    async with store.turn_beside():
        store.people.forget(ANN)
    assert ANN not in on_disk(database)


def test_what_a_reader_keeps_in_the_log_is_said_once_and_gone_after_the_next_turn(
    store: SqliteStore, database: Path
) -> None:
    remember(store)
    with capture_logs() as lines, closing(sqlite3.connect(database)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM readers").fetchone()
        for _ in range(2):
            with store.turn() as turn:
                turn.people.forget(ANN)
        assert ANN in on_disk(database)
    assert [each["event"] for each in lines] == [
        "the log of the database still holds what was erased"
    ]
    with store.turn():
        pass
    assert ANN not in on_disk(database)


def remember(store: SqliteStore) -> None:
    with store.turn() as turn:
        turn.readers.keep(Reader(ANN, "nurse"), NOON)


def on_disk(database: Path) -> str:
    files = database.parent.glob(f"{database.name}*")
    return b"".join(each.read_bytes() for each in files).decode("latin-1")
