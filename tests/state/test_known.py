"""What was read stays known until somebody changes it: this turn, another one, another process."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from state.boards import Board, Summary
from state.groups import Answering, AskedBack, Colleague, Duty, Group
from state.handovers import HandOver
from state.key import Key
from state.people import Member, Reader
from state.read_lines import ReadLine
from state.records import Card, Entry, Minted, Priority, Queued, Switch, Wanted
from state.requests import Request
from state.sql.known import MOST_KNOWN, Known, Memory
from state.sql.outbox import MOST_REMEMBERED
from state.sqlite.database import Database
from state.sqlite.reading import VERSION
from state.sqlite.store import SqliteStore
from state.store import StoreError
from tests.conftest import NOON, stored_case
from tests.state.encrypted import KEY

CHAT = "-1005"
ANN = "1001"
CASE = stored_case()
CODE = CASE.code
GROUP = Group(CHAT, "1", NOON)
LATER = NOON + timedelta(hours=1)
LINE = ReadLine(CODE, "m", NOON, 0, {"a": 1}, [], 0, [], [], None)

ROW = Queued(1, CASE.chat, CODE, ("old",), "token", "q", 7, False, Priority.ANSWER, NOON)

Write = Callable[[SqliteStore], object]
WRITES: dict[str, Write] = {
    "a case": lambda store: store.cases.save(CASE.with_answer("ecog", 1, ANN, NOON), CASE),
    "a look": lambda store: store.cases.touch(replace(CASE, touched_at=LATER), CASE),
    "an owner": lambda store: store.ownership.take(CASE, ANN, NOON),
    "a move": lambda store: store.ownership.move(CASE, ANN, ANN, NOON),
    "the end of a case": lambda store: store.cases.erase([CODE]),
    "a chat": lambda store: store.cases.activate(CASE.chat, None),
    "a look-up": lambda store: store.chats.keep_look_up(CASE.chat, "drug "),
    "out of reach": lambda store: store.chats.set_reachable(CASE.chat, reachable=False),
    "another id": lambda store: store.chats.rename(CHAT, "-1006"),
    "a role": lambda store: store.members.keep(Member(ANN, "viewer", "", "1", NOON)),
    "no role": lambda store: store.members.remove(ANN),
    "somebody erased": lambda store: store.people.forget(ANN),
    "a choice": lambda store: store.readers.keep(Reader(ANN, "nurse"), NOON),
    "a group": lambda store: store.groups.change(replace(GROUP, quiet="22-07")),
    "no group": lambda store: store.groups.strike_off(CHAT),
    "a colleague": lambda store: store.groups.see(Colleague(CHAT, "1002", "Bob", NOON)),
    "one less": lambda store: store.groups.part(CHAT, ANN),
    "who answers": lambda store: store.groups.note_answering(Answering(CODE, ANN, NOON)),
    "asked back": lambda store: store.groups.note_asked_back(AskedBack(CODE, ANN, NOON, 1, "x")),
    "a duty": lambda store: store.groups.put_on_call(Duty(CHAT, "b", ANN, "Ann", LATER)),
    "no duty": lambda store: store.groups.end_duty(CHAT, "a"),
    "a line": lambda store: store.read_lines.keep(replace(LINE, unread=3)),
    "no line": lambda store: store.read_lines.end(CODE),
    "a request": lambda store: store.requests.ask(Request(CODE, ANN, "ecog", "1", NOON)),
    "no request": lambda store: store.requests.end(CODE, "1002"),
    "a hand-over": lambda store: store.handovers.keep(
        HandOver(CODE, "o", CHAT, "1", ANN, 0, "f", NOON, NOON, NOON)
    ),
    "no hand-over": lambda store: store.handovers.end(CODE),
    "a reminder": lambda store: store.reminders.set(CODE, [Wanted("kind", LATER, LATER)]),
    "one sent": lambda store: store.reminders.claim(CODE, NOON),
    "a card": lambda store: store.cards.keep(Card(CODE, "card", CASE.chat, 9, NOON)),
    "no card": lambda store: store.cards.drop(CODE, "card", CASE.chat),
    "a board": lambda store: store.boards.turn_to(CHAT, 0, 3),
    "another board": lambda store: store.boards.keep(Board(CHAT, 0, 1, 5)),
    "no board": lambda store: store.boards.drop(Board(CHAT, 0)),
    "a summary": lambda store: store.boards.sum_up(Summary(CODE, "soon", "", None, False)),
    "old buttons": lambda store: store.buttons.forget(LATER),
    "out of use": lambda store: store.out_of_use.keep(Switch("broken")),
    "a row": lambda store: enqueue(store, "new"),
    "a row begun": lambda store: store.outbox.note_sending(ROW, 0, sending=True),
    "a message of it": lambda store: store.outbox.note_sending(ROW, 1, sending=False),
    "a row sent": lambda store: store.outbox.sent([ROW.id]),
    "many rows": lambda store: [enqueue(store, str(number)) for number in range(20)],
    "a row that moved": lambda store: (
        enqueue(store, "elsewhere", CHAT),
        waiting(store),
        store.chats.rename(CHAT, "-1006"),
        waiting(store),
        store.outbox.sent([2]),
    ),
    "rows given up": lambda store: store.outbox.drop(CASE.chat, ROW.id),
    "no rows": lambda store: store.outbox.drop_all(CASE.chat),
    "the audit": lambda store: store.audit.add(ANN, "opened", CODE, "1", NOON),
}


def enqueue(store: SqliteStore, screen: str, chat: str = CASE.chat) -> None:
    store.outbox.enqueue(
        chat=chat, code=CODE, screens=[screen], token="token", query="q", tapped=7, anew=False,
        priority=Priority.ANSWER, at=NOON,
    )  # fmt: skip


def waiting(store: SqliteStore) -> list[list[Queued]]:
    return [store.outbox.pressing(chat, 8) for chat in (CASE.chat, CHAT, "-1006")]


def prepare(store: SqliteStore) -> None:
    """Write a row of everything that is kept in memory, and so make it known."""
    store.cases.add(CASE)
    store.cases.activate(CASE.chat, CODE)
    store.members.keep(Member(ANN, "clinician", "", "1", NOON))
    store.groups.enrol(GROUP)
    store.groups.see(Colleague(CHAT, ANN, "Ann", NOON))
    store.groups.put_on_call(Duty(CHAT, "a", ANN, "Ann", LATER))
    store.read_lines.keep(LINE)
    store.requests.ask(Request(CODE, "1002", "ecog", "1", NOON))
    store.handovers.keep(HandOver(CODE, "o", CHAT, "1", "1002", 0, "f", NOON, NOON))
    store.reminders.set(CODE, [Wanted("kind", NOON, NOON)])
    store.cards.keep(Card(CODE, "card", CASE.chat, 7, NOON))
    store.buttons.mint(Minted("token", CASE.chat, CODE, 0, (("a", "b"),)), NOON)
    store.boards.turn_to(CHAT, 0, 1)
    enqueue(store, *ROW.screens)
    store.audit.add(ANN, "opened", CODE, "1", NOON)


def all_known(store: SqliteStore) -> dict[str, object]:
    """Return what a store says, by each way in which it is asked for what stays known."""
    chat, groups = CASE.chat, store.groups
    return {
        "case": store.cases.find(CODE),
        "chat of it": store.cases.chat_of(CODE),
        "open": store.cases.is_open_at(CODE, 0),
        "active": store.cases.active_code(chat),
        "reachable": store.chats.is_reachable(chat),
        "look-up": store.chats.look_up(chat),
        "role": store.members.role_of(ANN),
        "reader": store.readers.get(ANN),
        "group": [groups.find(each) for each in (CHAT, "-1006")],
        "colleagues": [groups.colleagues(each) for each in (CHAT, "-1006")],
        "sees": groups.may_see(CODE, ANN),
        "answering": groups.answering(CODE),
        "asked back": groups.asked_back(CODE),
        "on call": groups.on_call(CHAT, NOON),
        "line": (store.read_lines.find(CODE), store.read_lines.was_read(CODE)),
        "requests": store.requests.of(CODE),
        "hand-overs": (store.handovers.all(), store.handovers.of(CODE)),
        "cards": store.cards.find(CODE, "card", chat),
        "buttons": (store.buttons.find("token"), store.buttons.is_current("token", chat)),
        "boards": store.boards.of(CHAT),
        "rows": waiting(store),
        "out of use": store.out_of_use.kept(),
        "audit": store.audit.last(),
        "known": [[each.get(key) for key in (CODE, CHAT, ANN, "")] for each in keyed(store)],
    }


def keyed(store: SqliteStore) -> list[Known[object]]:
    """Return what is known and has no way of its own to be asked for."""
    return [store.reminders._known, store.boards._summaries]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "known.db")
    with opened.turn():
        prepare(opened)
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


def read_anew(store: SqliteStore) -> dict[str, object]:
    """Return what a store says that has just been opened."""
    with closing(SqliteStore(store.path)) as other:
        return all_known(other)


def test_a_question_is_asked_once_in_turns_and_outside(
    store: SqliteStore, asked: Counter[str]
) -> None:
    for _ in range(2):
        with store.turn():
            assert store.groups.find(CHAT) == GROUP
        assert store.groups.find(CHAT) == GROUP
    assert asked == {"groups": 1}


def test_the_second_look_at_everything_asks_nothing(
    store: SqliteStore, asked: Counter[str]
) -> None:
    first = all_known(store)
    asked.clear()
    with store.turn():
        assert all_known(store) == first
    assert asked == {}


def test_what_was_written_is_known_without_being_read(
    store: SqliteStore, asked: Counter[str]
) -> None:
    with store.turn():
        case = store.cases.find(CODE)
        assert case is not None
        assert store.outbox.pressing(CASE.chat, 8) == [ROW]
        asked.clear()
        kept = store.cases.save(case.with_answer("ecog", 1, ANN, NOON), case)
        kept = store.cases.touch(replace(kept, touched_at=LATER), kept)
        store.buttons.mint(Minted("new", CASE.chat, CODE, kept.version, (("a", "b"),)), NOON)
        store.audit.add(ANN, "answered", CODE, "1", NOON)
        enqueue(store, "new")
    assert store.outbox.pressing(CASE.chat, 8) == [ROW, replace(ROW, id=2, screens=("new",))]
    assert store.cases.find(CODE) is kept
    assert store.buttons.is_current("new", CASE.chat)
    assert store.audit.last().number == 2
    assert asked == {}


@pytest.mark.parametrize("what", WRITES)
def test_what_is_written_is_seen_at_once_and_in_the_next_turn(
    store: SqliteStore, what: str
) -> None:
    before = all_known(store)
    with store.turn():
        WRITES[what](store)
        written = all_known(store)
    assert all_known(store) == read_anew(store) == written
    assert before != written


@pytest.mark.parametrize("what", WRITES)
def test_what_a_turn_or_its_part_takes_back_is_forgotten(store: SqliteStore, what: str) -> None:
    before = all_known(store)
    with suppress(ZeroDivisionError), store.turn():
        WRITES[what](store)
        all_known(store)
        raise ZeroDivisionError
    assert all_known(store) == before
    with store.turn():
        with suppress(ZeroDivisionError), store.part():
            WRITES[what](store)
            all_known(store)
            raise ZeroDivisionError
        assert all_known(store) == before
    assert all_known(store) == before


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
@pytest.mark.parametrize("what", WRITES)
async def test_what_another_process_writes_is_seen_in_the_next_turn_and_step(
    tmp_path: Path, what: str, key: Key | None
) -> None:
    path = tmp_path / "other.db"
    with closing(SqliteStore(path, key=key)) as store, closing(SqliteStore(path, key=key)) as other:
        with other.turn():
            prepare(other)
        before = all_known(store)
        with other.turn():
            WRITES[what](other)
        async with store.turn_beside():
            in_turn = all_known(store)
        await asyncio.sleep(0)
        assert all_known(store) == in_turn == all_known(other)
        assert before != in_turn


def test_what_is_written_between_a_first_part_that_fails_and_the_rest_is_seen(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_anew = Database.begin_anew

    def let_another_write(database: Database) -> None:
        database.execute("ROLLBACK")
        with closing(sqlite3.connect(store.path)) as other, other:
            other.execute("UPDATE members SET role = 'viewer'")
        database.execute("BEGIN IMMEDIATE")
        begin_anew(database)

    monkeypatch.setattr(Database, "begin_anew", let_another_write)
    with store.turn():
        assert store.members.role_of(ANN) == "clinician"
        with suppress(ZeroDivisionError), store.part():
            store.inbox.note_handled(1, NOON)
            raise ZeroDivisionError
        assert store.members.role_of(ANN) == "viewer"
        assert store.inbox.note_handled(1, NOON)


async def test_a_turn_that_cannot_go_on_after_its_first_part_has_failed_is_undone(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = Database.execute
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:

        def let_another_begin(database: Database, sql: str, *given: Any) -> Any:
            done = execute(database, sql, *given)
            if sql == "ROLLBACK":
                other.execute("BEGIN IMMEDIATE")
            return done

        monkeypatch.setattr(Database, "execute", let_another_begin)
        with pytest.raises(StoreError, match="locked"):
            async with store.turn_beside():
                with store.part():
                    store.inbox.note_handled(1, NOON)
                    raise ZeroDivisionError
    monkeypatch.undo()
    with store.turn():
        assert store.inbox.note_handled(1, NOON)


def test_without_an_event_loop_what_another_process_writes_is_seen_at_once(
    store: SqliteStore,
) -> None:
    assert store.members.role_of(ANN) == "clinician"
    with closing(sqlite3.connect(store.path)) as other, other:
        other.execute("UPDATE members SET role = 'viewer'")
    assert store.members.role_of(ANN) == "viewer"


async def test_in_one_step_of_the_event_loop_others_are_looked_for_once(
    store: SqliteStore,
) -> None:
    looks = list[str]()
    store.database.connection.set_trace_callback(looks.append)
    for _ in range(3):
        store.members.role_of(ANN)
        store.readers.get("nobody")
    assert looks.count(VERSION) == 1
    await asyncio.sleep(0)
    store.members.role_of(ANN)
    assert looks.count(VERSION) == 2
    store.database.connection.set_trace_callback(None)


def test_a_statement_without_a_key_forgets_all_of_its_table(store: SqliteStore) -> None:
    with store.turn():
        assert store.cases.find(CODE) is not None
        store.cases.save(CASE.with_answer("ecog", 1, ANN, NOON), CASE)
        store.database.execute("UPDATE answers SET who = 'bob'")
        case = store.cases.find(CODE)
        assert case is not None and {each.who for each in case.answers} == {"bob"}


def test_what_is_written_about_one_is_not_forgotten_about_others(
    store: SqliteStore, asked: Counter[str]
) -> None:
    with store.turn():
        store.members.role_of("1002")
        asked.clear()
        store.members.keep(Member(ANN, "viewer", "", "1", NOON))
        store.members.role_of("1002")
        assert asked == {}
        store.members.role_of(ANN)
    assert asked == {"members": 1}


def test_a_case_that_was_changed_beside_its_version_is_read_anew(store: SqliteStore) -> None:
    """Whoever takes a case over does not make a new version; a save of what was read before it."""
    with store.turn():
        before = store.cases.find(CODE)
        assert before is not None
        store.ownership.take(before, "bob", NOON)
        store.cases.save(before.with_entry(Entry("called", "", "ann", NOON)), before)
        case = store.cases.find(CODE)
    assert case is not None and case.owner == "bob"


def test_a_moment_in_another_zone_is_read_in_utc(store: SqliteStore) -> None:
    elsewhere = LATER.astimezone(timezone(timedelta(hours=2)))
    with store.turn():
        case = store.cases.find(CODE)
        assert case is not None
        store.cases.save(case.with_answer("ecog", 1, ANN, elsewhere), case)
    again = store.cases.find(CODE)
    assert again is not None
    assert again.answers[-1].at.isoformat() == LATER.isoformat()


def test_a_list_that_was_read_can_be_changed(store: SqliteStore) -> None:
    ann = Colleague(CHAT, ANN, "Ann", NOON)
    for read in (
        lambda: store.groups.colleagues(CHAT), lambda: store.requests.of(CODE),
        lambda: store.boards.of(CHAT), store.handovers.all,
        lambda: store.groups.on_call(CHAT, NOON), lambda: store.outbox.pressing(CASE.chat, 8),
    ):  # fmt: skip
        before = read()
        read().append(ann)
        assert read() == before


def test_few_rows_of_a_chat_are_known_and_many_are_read(
    store: SqliteStore, asked: Counter[str]
) -> None:
    for number in range(MOST_REMEMBERED + 1):
        with store.turn():
            enqueue(store, str(number), "many")
    store.outbox.pressing("many", 64)
    asked.clear()
    rows = store.outbox.pressing("many", 64)
    assert [row.screens for row in rows] == [(str(number),) for number in range(len(rows))]
    assert len(rows) == MOST_REMEMBERED + 1 and asked == {"outbox": 1}
    with store.turn():
        store.outbox.sent([rows[0].id, rows[1].id])
    assert store.outbox.pressing("many", 64) == rows[2:]
    asked.clear()
    assert store.outbox.pressing("many", 64) == rows[2:] and asked == {}


def test_what_was_longest_not_asked_for_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    questions = list[str]()

    def ask(key: str) -> str:
        questions.append(key)
        return key

    answers = Known(Memory(lambda: 0), "t", ask, most=3)
    for key in "abcabd":
        answers.get(key)
    assert questions == ["a", "b", "c", "d"]
    assert [*answers.answers] == ["a", "b", "d"]
    for number in range(1000):
        answers.set(str(number), "")
    assert len(answers.answers) == 3


def test_a_chat_that_sends_much_keeps_memory_in_bounds(store: SqliteStore) -> None:
    for number in range(MOST_KNOWN + 100):
        store.members.role_of(str(number))
        with store.turn():
            store.buttons.mint(Minted(f"t{number}", ANN, None, 0, ()), NOON)
    sizes = {len(each.answers) for each in store.database.memory.all}
    assert max(sizes) == MOST_KNOWN
    assert store.database.memory._set_in_turn is None
