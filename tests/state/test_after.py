"""The time line and the reminders as they are kept, and the upgrade that brings them."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.conversation.engine import Engine
from bot.installation import Setting
from bot.service.service import Service
from state.records import Entry, Wanted
from state.sql.version import APPLICATION_ID
from state.sqlite.schema_groups import migrations
from state.sqlite.store import SqliteStore
from state.store import StoreError
from tests.conftest import NOON, Clock, stored_case
from tests.dialogue import CHAT, do

SOON = NOON + timedelta(hours=1)
DUE = NOON + timedelta(hours=12)


@pytest.fixture
def code(store: SqliteStore) -> str:
    case = stored_case()
    with store.turn():
        store.cases.add(case)
    return case.code


def pending(store: SqliteStore, code: str) -> list[tuple[str, object]]:
    return [(each.kind, each.due_at) for each in store.reminders.pending(code)]


def test_a_time_line_comes_back_in_order_and_grows(store: SqliteStore) -> None:
    case = replace(stored_case(), adding=True).with_entry(Entry("called", "surgeon", "ann", NOON))
    with store.turn():
        store.cases.add(case)
    assert store.cases.find(case.code) == case
    more = replace(case.with_entry(Entry("mri_done", "", "bob", SOON)), adding=False)
    with store.turn():
        kept = store.cases.save(more, case)
    assert store.cases.find(case.code) == kept == replace(more, version=1)


def test_what_is_not_wanted_any_more_is_dropped_and_what_is_kept_stays(
    store: SqliteStore, code: str
) -> None:
    later = DUE + timedelta(hours=1)
    with store.turn():
        store.reminders.set(code, [Wanted("mri_before", DUE, SOON), Wanted("mri_due", DUE, DUE)])
        store.reminders.set(
            code, [Wanted("mri_before", DUE, NOON), Wanted("mri_due", later, later)]
        )
    assert pending(store, code) == [("mri_before", SOON), ("mri_due", later)]


def test_one_that_was_claimed_is_not_wanted_again(store: SqliteStore, code: str) -> None:
    wanted = [Wanted("mri_due", DUE, DUE)]
    with store.turn():
        store.reminders.set(code, wanted)
        assert store.reminders.claim(code, DUE - timedelta(seconds=1)) is None
        claimed = store.reminders.claim(code, DUE)
        assert claimed is not None and claimed.kind == "mri_due"
        store.reminders.set(code, [])
        store.reminders.set(code, wanted)
        assert store.reminders.claim(code, DUE) is None
    assert pending(store, code) == []


def test_of_several_that_are_due_the_newest_is_given_and_all_are_claimed(
    store: SqliteStore, code: str
) -> None:
    with store.turn():
        store.reminders.set(code, [Wanted("mri_due", DUE, DUE), Wanted("mri_before", DUE, SOON)])
        claimed = store.reminders.claim(code, DUE)
    assert claimed is not None and claimed.kind == "mri_due"
    assert store.reminders.first() is None


def test_what_was_put_off_stays_as_long_as_its_deadline(store: SqliteStore, code: str) -> None:
    let_be = Wanted("mri_snoozed", DUE, None)
    with store.turn():
        store.reminders.put_off(code, "mri_snoozed", DUE, SOON)
        store.reminders.set(code, [let_be])
        assert pending(store, code) == [("mri_snoozed", SOON)]
        store.reminders.claim(code, SOON)
        store.reminders.put_off(code, "mri_snoozed", DUE, DUE)
        assert pending(store, code) == [("mri_snoozed", DUE)]
        store.reminders.set(code, [Wanted("mri_snoozed", SOON, None)])
    assert pending(store, code) == []


def test_the_same_reminder_is_kept_once(store: SqliteStore, code: str) -> None:
    row = (code, "mri_due", DUE.isoformat(), DUE.isoformat())
    insert = "INSERT INTO reminders (code, kind, deadline, due_at) VALUES (?, ?, ?, ?)"
    with pytest.raises(StoreError, match="UNIQUE"), store.turn():
        store.database.execute(insert, row)
        store.database.execute(insert, row)


def test_the_next_reminder_is_found_through_an_index(store: SqliteStore) -> None:
    plan = store.database.execute(
        "EXPLAIN QUERY PLAN SELECT reminders.due_at FROM reminders JOIN cases USING (code) "
        "WHERE reminders.claimed_at IS NULL AND cases.chat != '' ORDER BY reminders.due_at LIMIT 1"
    ).fetchall()
    said = " ".join(str(row[-1]) for row in plan)
    assert "idx_reminders_pending" in said and "TEMP B-TREE" not in said


def test_an_open_case_of_the_schema_before_goes_on_and_is_reminded(
    database: Path, engine: Engine, clock: Clock
) -> None:
    with closing(sqlite3.connect(database)) as old, old:
        migrations.apply(Database(old), stop_before="0004_after")
        old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        old.execute("PRAGMA user_version = 3")
        at, flow = NOON.isoformat(), engine.machine.flow
        old.execute(
            "INSERT INTO cases (code, chat, owner, status, begun_at, flow, fingerprint, ruleset, "
            "touched_at, position, revisiting, version) "
            "VALUES ('KES-42', ?, 'ann', 'open', ?, ?, ?, '', ?, 'radicular_pain', NULL, 3)",
            (CHAT, at, flow.id, flow.fingerprint, at),
        )
        old.execute(
            "INSERT INTO answers (code, question, value, who, at) "
            "VALUES ('KES-42', 'cord_signs', '[\"gait\"]', 'ann', ?)",
            (at,),
        )
        old.execute("INSERT INTO chats (chat, active) VALUES (?, 'KES-42')", (CHAT,))
    with closing(SqliteStore(database)) as store:
        case = store.cases.find("KES-42")
        assert case is not None
        assert (case.latest, case.version, case.adding, case.timeline) == (
            {"cord_signs": ["gait"]}, 3, False, (),
        )  # fmt: skip
        service = Service(store, Setting(engine, "", 30), clock)
        assert "12:00 MRI requested" in do(service, "/requested")[1].plain()
        assert len(store.reminders.pending("KES-42")) == 4
