"""The audit: rows that are only added, each bound to the one before, cut from the start alone."""

from datetime import timedelta

import pytest

from state.chain import BEGINNING, verify
from state.store import Store
from state.topics.audit import Anchor, Audited
from tests.conftest import NOON
from tests.state.contract.conftest import Open

RULES = "2026.11"


def add(store: Store, *acts: str, at: int = 0) -> None:
    """Add rows, one a minute from `at` minutes past noon, each in a turn of its own."""
    for minute, what in enumerate(acts, at):
        with store.turn():
            store.audit.add("1001", what, "KES-42", RULES, NOON + timedelta(minutes=minute))


def rows(store: Store) -> list[Audited]:
    with store.audit.trail() as trail:
        return [*trail.rows]


def verified(store: Store) -> Anchor:
    with store.audit.trail() as trail:
        return verify(trail)


def test_an_empty_audit_is_whole(store: Store) -> None:
    assert verified(store) == store.audit.last() == BEGINNING
    assert rows(store) == []


def test_a_row_says_who_when_what_and_which_case_and_binds_the_one_before(store: Store) -> None:
    add(store, "opened", "answered")
    first, second = rows(store)
    assert (first.number, first.at, first.who) == (
        1, "2026-11-22T12:00:00+00:00", store.audit.pseudonym("1001"),
    )  # fmt: skip
    assert (second.number, second.code, second.what, second.ruleset) == (
        2, "KES-42", "answered", RULES,
    )  # fmt: skip
    assert len({first.hash, second.hash}) == 2
    assert verified(store) == store.audit.last() == Anchor(2, second.hash)


def test_a_person_has_one_pseudonym_that_is_not_their_id(open_store: Open) -> None:
    store, later = open_store(), open_store()
    found = store.audit.pseudonym("1001")
    assert found == later.audit.pseudonym("1001") != later.audit.pseudonym("1002")
    assert found != "1001" and len(found) == 16


def test_a_turn_that_fails_leaves_no_row_and_no_gap(store: Store) -> None:
    add(store, "opened")
    with pytest.raises(ValueError, match="no"), store.turn():
        store.audit.add("1001", "closed", "KES-42", RULES, NOON)
        raise ValueError("no")
    add(store, "answered")
    assert [row.what for row in rows(store)] == ["opened", "answered"]
    assert verified(store).number == 2


def test_a_part_that_fails_leaves_no_row_and_no_gap(store: Store) -> None:
    with store.turn():
        store.audit.add("1001", "opened", "KES-42", RULES, NOON)
        with pytest.raises(ValueError, match="no"), store.part():
            store.audit.add("1001", "closed", "KES-42", RULES, NOON)
            raise ValueError("no")
        store.audit.add("1002", "answered", "KES-42", RULES, NOON)
    assert [row.what for row in rows(store)] == ["opened", "answered"]
    assert verified(store).number == 2


def test_two_who_write_in_turn_make_one_chain(open_store: Open) -> None:
    one, other = open_store(), open_store()
    for store in (one, other, other, one):
        add(store, "answered")
    assert verified(one) == verified(other) == one.audit.last() == other.audit.last()
    assert verified(one).number == 4


def test_the_oldest_rows_are_cut_and_the_chain_goes_on(open_store: Open) -> None:
    store = open_store()
    add(store, "opened", "answered", "noted", "closed")
    second = rows(store)[1]
    with store.turn():
        assert store.audit.cut(NOON + timedelta(minutes=2), 10) == 2
    assert [row.number for row in rows(store)] == [3, 4]
    with open_store().audit.trail() as trail:
        assert trail.start == Anchor(2, second.hash)
        assert verify(trail, Anchor(2, second.hash)).number == 4


def test_at_most_so_many_are_cut_together(store: Store) -> None:
    add(store, *["answered"] * 5)
    cut = list[int]()
    for _ in range(3):
        with store.turn():
            cut.append(store.audit.cut(NOON + timedelta(days=1), 2))
    assert cut == [2, 2, 1]
    assert rows(store) == []


def test_after_all_is_cut_the_numbers_go_on(store: Store) -> None:
    add(store, "opened", "answered")
    last = store.audit.last()
    with store.turn():
        store.audit.cut(NOON + timedelta(days=1), 10)
    assert verified(store) == store.audit.last() == last
    add(store, "closed")
    assert [row.number for row in rows(store)] == [3]
    assert verified(store).number == 3


def test_a_row_younger_than_one_before_it_is_cut_after_it(store: Store) -> None:
    """The clock may have been set back: a gap in the middle would look like a removed row."""
    add(store, "opened", at=60)
    add(store, "answered", at=0)
    with store.turn():
        assert store.audit.cut(NOON + timedelta(minutes=30), 10) == 0
    assert verified(store).number == 2
