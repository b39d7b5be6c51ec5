"""A turn asks the database a question only once, and again when its answer may have changed."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from state.groups import Colleague, Group
from state.records import Entry
from state.sqlite.store import SqliteStore
from tests.conftest import NOON, stored_case

CHAT = "-1005"
GROUP = Group(CHAT, "1", NOON)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "asked.db")
    with opened.turn():
        opened.groups.enrol(GROUP)
        opened.cases.add(stored_case())
    yield opened
    opened.close()


@pytest.fixture
def asked(store: SqliteStore) -> Iterator[Counter[str]]:
    """How often each table was read, by the first word after FROM."""
    counts = Counter[str]()

    def note(statement: str) -> None:
        if statement.startswith("SELECT"):
            counts[statement.partition(" FROM ")[2].partition(" ")[0]] += 1

    store.database.connection.set_trace_callback(note)
    yield counts
    store.database.connection.set_trace_callback(None)


def test_the_same_question_is_asked_once_a_turn(store: SqliteStore, asked: Counter[str]) -> None:
    for _ in range(2):
        with store.turn():
            assert [store.groups.find(CHAT) for _ in range(3)] == [GROUP] * 3
            store.inbox.claim(1)
            assert store.groups.find(CHAT) == GROUP
    assert asked == {"groups": 2}


def test_outside_of_a_turn_it_is_always_asked(store: SqliteStore, asked: Counter[str]) -> None:
    assert [store.groups.find(CHAT) for _ in range(3)] == [GROUP] * 3
    assert asked == {"groups": 3}


def test_what_changes_a_table_is_seen_at_once(store: SqliteStore) -> None:
    quiet = replace(GROUP, quiet="22-07")
    with store.turn():
        assert store.groups.find(CHAT) == GROUP
        store.groups.change(quiet)
        assert store.groups.find(CHAT) == quiet
        store.chats.rename(CHAT, "-1006")
        assert store.groups.find(CHAT) is None
        assert store.groups.find("-1006") == replace(quiet, chat="-1006")


def test_a_case_is_read_anew_after_each_of_its_tables_changed(store: SqliteStore) -> None:
    case = stored_case()
    with store.turn():
        assert store.cases.find(case.code) == case
        answered = store.cases.save(case.with_answer("back_pain", "yes", "ann", NOON), case)
        assert store.cases.find(case.code) == answered
        noted = store.cases.save(answered.with_entry(Entry("called", "", "ann", NOON)), answered)
        assert store.cases.find(case.code) == noted
        store.database.execute("UPDATE answers SET who = 'bob'")
        assert {each.who for each in store.cases.find(case.code).answers} == {"bob"}


def test_what_is_rolled_back_is_not_remembered(store: SqliteStore) -> None:
    ann = Colleague(CHAT, "1001", "Ann", NOON)
    with store.turn():
        assert store.groups.colleagues(CHAT) == []
        with suppress(ZeroDivisionError), store.part():
            store.groups.see(ann)
            assert store.groups.colleagues(CHAT) == [ann]
            raise ZeroDivisionError
        assert store.groups.colleagues(CHAT) == []
    with suppress(ZeroDivisionError), store.turn():
        store.groups.see(ann)
        assert store.groups.colleague(CHAT, "1001") == ann
        raise ZeroDivisionError
    with store.turn():
        assert store.groups.colleague(CHAT, "1001") is None


def test_a_list_that_was_read_can_be_changed(store: SqliteStore) -> None:
    with store.turn():
        store.groups.colleagues(CHAT).append(Colleague(CHAT, "1", "Ann", NOON))
        assert store.groups.colleagues(CHAT) == []
