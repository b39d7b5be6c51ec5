"""Cases that are handed over, found by their owners, and offered to others."""

from dataclasses import replace
from datetime import timedelta

import pytest

from state.records import HANDED_OVER, TAKEN_BACK, UNDONE, Entry, Wanted
from state.store import Conflict, Store
from tests.conftest import NOON
from tests.state.contract.values import (
    CHAT,
    a_card,
    a_case,
    add,
    buttons,
    closed,
    put,
    screens,
)


def test_a_case_that_is_handed_over_takes_its_reminders_along_and_leaves_the_rest(
    store: Store,
) -> None:
    case = a_case()
    add(store, case, replace(a_case("NEM-99"), owner="bob", chat="bob"))
    with store.turn():
        store.reminders.set("KES-42", [Wanted("mri_due", NOON, NOON)])
        store.cards.keep(a_card())
        store.buttons.mint(buttons(), NOON)
        put(store, "waits", code="KES-42")
        put(store, "stays")
    with store.turn():
        moved = store.ownership.move(case, "bob", "bob", NOON)
    taken = Entry(HANDED_OVER, "", "bob", NOON)
    assert moved == replace(case, chat="bob", owner="bob", version=1, timeline=(taken,))
    assert store.cases.find("KES-42") == moved
    assert store.cases.active_code(CHAT) is None
    assert store.cases.active_code("bob") == "NEM-99"
    assert store.cards.find("KES-42", "card", CHAT) is None
    assert store.buttons.find("token") is None
    assert screens(store) == ["stays"]
    assert [each.code for each in store.reminders.pending("KES-42")] == ["KES-42"]
    first = store.reminders.first(only="bob")
    assert first is not None and first.code == "KES-42"
    with pytest.raises(Conflict), store.turn():
        store.ownership.move(case, "eve", "eve", NOON)
    assert store.cases.find("KES-42") == moved


def test_the_cases_under_way_are_found_by_their_owner(store: Store) -> None:
    taken_back = a_case("VER-10").with_answer("cord_signs", TAKEN_BACK, "ann", NOON)
    closed = replace(a_case("MOL-11"), status="closed", owner="eve")
    later = a_case("SAR-12", touched_at=NOON + timedelta(minutes=1))
    add(store, a_case(), taken_back, closed, later, replace(a_case("NEM-99", "t"), owner="bob"))
    assert sorted(store.ownership.owners()) == ["ann", "bob"]
    assert store.ownership.owners(besides="t") == ["ann"]
    assert store.ownership.under_way_of("ann") == ["SAR-12", "KES-42"]
    assert store.ownership.under_way_of("bob") == ["NEM-99"]
    assert store.ownership.under_way_of("bob", besides="t") == []
    assert store.ownership.under_way_of("eve") == []


def test_a_case_with_a_note_alone_is_under_way_until_it_is_taken_back(store: Store) -> None:
    noted = replace(a_case("VER-10"), answers=()).with_entry(Entry("given", "", "ann", NOON))
    undone = replace(noted, code="MOL-11").with_entry(Entry(UNDONE, "1", "ann", NOON))
    add(store, noted, undone, replace(a_case("SAR-12"), answers=()))
    assert store.ownership.under_way_of("ann") == ["VER-10"]
    assert store.cases.codes_under_way(noted.chat) == ["VER-10"]


def test_who_was_told_of_which_case_is_kept_until_its_owner_is_back_or_it_moves(
    store: Store,
) -> None:
    add(store, a_case(), closed(a_case("NEM-99")), replace(a_case("VER-10"), owner="bob"))
    with store.turn():
        store.offers.note(["KES-42", "NEM-99", "VER-10"], "eve", NOON)
        store.offers.note(["NEM-99"], "cat", NOON)
    assert store.offers.told("eve") == {"KES-42", "NEM-99", "VER-10"}
    assert store.offers.told("cat") == {"NEM-99"}
    with store.turn():
        store.offers.withdraw("bob")
        store.ownership.move(a_case(), "eve", "eve", NOON)
    assert store.offers.told("eve") == {"NEM-99"}
    with store.turn():
        assert store.cases.forget(NOON + timedelta(days=1), 50) == 1
    assert store.offers.told("eve") == set()
