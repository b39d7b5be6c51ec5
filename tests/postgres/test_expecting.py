"""What taps will need is read in one statement, where other workers may have changed it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.database_address import Address
from state.boards import Summary
from state.postgres import expecting
from state.postgres.store import PostgresStore
from state.records import Entry, Told, Wanted
from state.store import StoreError
from tests.conftest import NOON
from tests.state.contract.values import CHAT, a_case, add, buttons, put

CODE = "KES-42"
LEVEL = Summary(CODE, "urgent", "about", NOON, False)
MINTED = buttons(CODE, 0)


@pytest.fixture
def store(postgres_url: str) -> Iterator[PostgresStore]:
    with closing(PostgresStore(Address.read(postgres_url))) as opened:
        opened.database.others_work = lambda: True
        yield opened


@pytest.fixture
def other(postgres_url: str, store: PostgresStore) -> Iterator[PostgresStore]:
    """The store of another worker, which has shown a case."""
    with closing(PostgresStore(Address.read(postgres_url))) as opened:
        opened.database.others_work = lambda: True
        told = Told("urgent", 4, "give")
        case = replace(a_case(), told=told).with_entry(Entry("mri", "", "ann", NOON))
        add(opened, case)
        with opened.turn():
            opened.chats.keep_look_up(CHAT, "drug")
            opened.buttons.mint(MINTED, NOON)
            opened.buttons.mint(replace(MINTED, token="alone", code=None, chat="2"), NOON)
            opened.reminders.set(CODE, [Wanted("mri", NOON, NOON + timedelta(hours=1))])
            opened.boards.sum_up(LEVEL)
        yield opened


@pytest.fixture
def asked(store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each statement was executed, but the looks for what others have changed."""
    counts, link = Counter[str](), store.database.connection
    execute = link.execute

    def note(sql: str, given: tuple[object, ...] = ()) -> object:
        if not sql.startswith("SELECT turns"):
            counts[sql] += 1
        return execute(sql, given)

    monkeypatch.setattr(link, "execute", note)
    return counts


def all_known(store: PostgresStore) -> list[object]:
    return [
        store.buttons.find("token"), store.buttons.is_current("token", CHAT),
        store.cases.find(CODE), store.cases.chat_of(CODE), store.chats.active_code(CHAT),
        store.chats.look_up(CHAT), store.chats.is_reachable(CHAT),
        store.reminders._known.get(CODE), store.boards._summaries.get(CODE),
    ]  # fmt: skip


def test_all_of_it_is_read_at_once_as_if_it_had_been_asked_for(
    store: PostgresStore, other: PostgresStore, asked: Counter[str], postgres_url: str
) -> None:
    store.expect(["token", "alone", "absent", 'it\'s a "token" \\ \u2028\N{GRINNING FACE}'])
    assert asked.total() == 1
    found = all_known(store)
    assert store.buttons.find("alone") and store.chats.is_reachable("2") is None
    assert asked.total() == 1
    with closing(PostgresStore(Address.read(postgres_url))) as fresh:
        assert all_known(fresh) == found
    assert found[1] is True and found[2] == replace(
        a_case(), told=Told("urgent", 4, "give")
    ).with_entry(Entry("mri", "", "ann", NOON))


def test_what_is_known_is_not_read_again_until_another_worker_changes_it(
    store: PostgresStore, other: PostgresStore, asked: Counter[str]
) -> None:
    for _ in range(2):
        store.expect(["token"])
    assert asked.total() == 1
    before = other.cases.find(CODE)
    assert before
    with other.turn():
        kept = other.cases.save(before.with_answer("ecog", 1, "ann", NOON), before)
    store.expect(["token"])
    assert asked.total() == 2
    assert store.cases.find(CODE) == kept and asked.total() == 2


def test_a_worker_alone_reads_nothing_beforehand(
    store: PostgresStore, other: PostgresStore, asked: Counter[str]
) -> None:
    store.database.others_work = lambda: False
    store.expect(["token"])
    assert asked.total() == 0


def test_what_cannot_be_read_says_so_only_when_it_is_asked_for(
    store: PostgresStore, other: PostgresStore
) -> None:
    with other.turn():
        other.database.execute("UPDATE answers SET value = 'no JSON'")
    store.expect(["token"])
    assert store.chats.active_code(CHAT) == CODE
    with pytest.raises(ValueError, match="Expecting value"):
        store.cases.find(CODE)


def test_of_a_case_without_reminders_and_summary_that_is_known(
    store: PostgresStore, other: PostgresStore, asked: Counter[str]
) -> None:
    with other.turn():
        for table in ("reminders", "summaries"):
            other.database.execute(f"DELETE FROM {table}")
    store.expect(["token"])
    assert store.reminders._known.get(CODE) == () and store.boards._summaries.get(CODE) is None
    assert asked.total() == 1


def test_what_another_worker_has_just_queued_is_read_at_once(
    store: PostgresStore, other: PostgresStore, asked: Counter[str]
) -> None:
    assert store.outbox.pressing(CHAT, 8) == []
    with other.turn():
        for chat, screen in ((CHAT, "first"), ("2", "other"), (CHAT, "second")):
            put(other, screen, chat, CODE if chat == CHAT else None)
    asked.clear()
    store._expect_queued([CHAT, "2"])
    assert [row.screens for row in store.outbox.pressing(CHAT, 8)] == [("first",), ("second",)]
    assert store.outbox.pressing("2", 8) == other.outbox.pressing("2", 8)
    assert store.cases.chat_of(CODE) == CHAT and store.cases.is_open_at(CODE, 0)
    assert asked.total() == 1


@pytest.mark.parametrize("more", [0, 1])
def test_what_may_not_have_been_read_to_its_end_is_not_known(
    store: PostgresStore,
    other: PostgresStore,
    asked: Counter[str],
    monkeypatch: pytest.MonkeyPatch,
    more: int,
) -> None:
    monkeypatch.setattr(store._expecting, "_read_queued", store._expecting._read_queued.replace(
        f"LIMIT {expecting._MOST_QUEUED}", "LIMIT 3"
    ))  # fmt: skip
    monkeypatch.setattr(expecting, "_MOST_QUEUED", 3)
    with other.turn():
        for number in range(2 + more):
            put(other, str(number))
    store._expect_queued([CHAT])
    assert len(store.outbox.pressing(CHAT, 8)) == 2 + more
    assert asked.total() == 1 + more


def test_without_a_database_nothing_is_expected_and_whoever_sends_finds_out(
    store: PostgresStore,
) -> None:
    store.close()
    store._expect_queued([CHAT])
    with pytest.raises(StoreError, match="was closed"):
        store.outbox.pressing(CHAT, 8)
