"""Boards, and what they say of each case, as a store keeps them."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from state.boards import Board, Summary
from state.groups import Colleague, Group
from state.people import Reader
from state.records import StoredCase
from state.store import Store
from tests.conftest import NOON
from tests.state.contract.values import a_case, add, closed

GROUP, OTHER, ANN, BOB = "-7", "-8", "1001", "1002"
SOON = NOON + timedelta(hours=1)


def case(code: str, chat: str = GROUP, owner: str = ANN, thread: int | None = None) -> StoredCase:
    return replace(a_case(code, chat), owner=owner, thread=thread)


def summed_up(store: Store, code: str, due: datetime | None = SOON, level: str = "urgent") -> None:
    with store.turn():
        store.boards.sum_up(Summary(code, level, "mri", due, requested=True))


def codes(store: Store, chat: str, thread: int = 0) -> list[str]:
    return [each.code for each in store.boards.cases(chat, thread, 0, 12)]


def acts(store: Store, who: str, name: str, chat: str = GROUP) -> None:
    with store.turn():
        store.groups.enrol(Group(chat, ANN, NOON))
        store.groups.see(Colleague(chat, who, name, NOON))


def test_a_board_lists_open_cases_by_deadline_then_by_urgency(store: Store) -> None:
    late, none = NOON - timedelta(hours=1), None
    rows = {
        "AAA-11": (none, "no_mri"), "BBB-12": (none, ""), "CCC-13": (none, "soon"),
        "DDD-14": (SOON, "urgent"), "EEE-15": (SOON, "emergency"), "FFF-16": (late, "routine"),
    }  # fmt: skip
    add(store, *map(case, rows), closed(case("GGG-17")), case("HHH-18", OTHER))
    for code, (due, level) in (
        *rows.items(),
        ("GGG-17", rows["DDD-14"]),
        ("HHH-18", rows["DDD-14"]),
    ):
        summed_up(store, code, due, level)
    ordered = ["FFF-16", "EEE-15", "DDD-14", "CCC-13", "BBB-12", "AAA-11"]
    assert codes(store, GROUP) == ordered
    assert store.boards.count(GROUP, 0, NOON) == (6, 1)
    assert [each.code for each in store.boards.cases(GROUP, 0, 2, 3)] == ordered[2:5]
    summed_up(store, "AAA-11", late - timedelta(hours=1), "soon")
    assert codes(store, GROUP)[0] == "AAA-11"


def test_who_has_left_is_named_last_until_somebody_has_the_case(store: Store) -> None:
    def names() -> list[tuple[str, str]]:
        return [(each.name, each.last) for each in store.boards.cases(GROUP, 0, 0, 12)]

    left = case("AAA-11", owner=BOB)
    add(store, left, case("BBB-12"))
    summed_up(store, "AAA-11")
    summed_up(store, "BBB-12", SOON + timedelta(hours=1))
    acts(store, ANN, "Ann")
    acts(store, BOB, "Dr B")
    assert names() == [("Dr B", ""), ("Ann", "")]
    with store.turn():
        store.groups.part(GROUP, BOB)
    assert names() == [("", "Dr B"), ("Ann", "")]
    with store.turn():
        store.groups.part(GROUP, BOB)
    assert names()[0] == ("", "Dr B")
    with store.turn():
        store.ownership.take(left, ANN, NOON)
    assert names()[0] == ("Ann", "")


def test_a_case_comes_with_its_state_and_the_name_of_its_owner(store: Store) -> None:
    acts(store, ANN, "Ann Lee")
    add(store, case("KES-42"), case("FUB-17", owner=BOB))
    summed_up(store, "KES-42")
    summed_up(store, "FUB-17")
    first, second = store.boards.cases(GROUP, 0, 0, 12)
    assert (first.code, first.owner, first.name) == ("FUB-17", BOB, "")
    assert (second.name, second.status, second.due_at, second.requested, second.about) == (
        "Ann Lee", "open", SOON, True, "mri",
    )  # fmt: skip


def test_a_topic_lists_its_own_cases_and_the_group_all(store: Store) -> None:
    add(store, case("KES-42", thread=5), case("FUB-17"))
    summed_up(store, "KES-42")
    summed_up(store, "FUB-17")
    assert codes(store, GROUP, 5) == ["KES-42"]
    assert codes(store, GROUP) == ["FUB-17", "KES-42"]


def test_a_person_sees_their_own_cases_and_those_that_they_own_in_groups_they_act_in(
    store: Store,
) -> None:
    acts(store, BOB, "Bob")
    add(
        store, case("KES-42", BOB, BOB), case("FUB-17", owner=BOB), case("LOX-11"),
        case("MUD-12", OTHER, BOB), case("NIP-13", ANN, BOB),
    )  # fmt: skip
    for code in ("KES-42", "FUB-17", "LOX-11", "MUD-12", "NIP-13"):
        summed_up(store, code)
    assert codes(store, BOB) == ["FUB-17", "KES-42"]
    with store.turn():
        store.groups.part(GROUP, BOB)
    assert codes(store, BOB) == ["KES-42"]


def test_cases_that_nothing_is_said_of_are_named(store: Store) -> None:
    add(store, case("KES-42"), case("FUB-17"), closed(case("LOX-11")))
    summed_up(store, "KES-42")
    assert store.boards.without_summary(GROUP, 0) == ["FUB-17"]
    with store.turn():
        store.cases.erase(["KES-42", "FUB-17"])
    assert store.boards.without_summary(GROUP, 0) == codes(store, GROUP) == []


def test_a_board_is_kept_with_its_page_and_dropped(store: Store) -> None:
    with store.turn():
        store.boards.turn_to(GROUP, 5, 2)
    assert store.boards.find(GROUP, 5) == Board(GROUP, 5, 2)
    assert store.boards.find(GROUP, 0) is None
    shown = Board(GROUP, 5, 9, 77, 66, told=True, shown="digest", heads="one two")
    with store.turn():
        store.boards.keep(shown)
        store.boards.keep(replace(shown, chat=OTHER))
        store.boards.turn_to(GROUP, 5, 3)
    assert store.boards.listed() == store.boards.of(GROUP) == [replace(shown, page=3)]
    with store.turn():
        store.boards.drop(shown)
    assert store.boards.listed() == []


@pytest.mark.parametrize("chat", [BOB, GROUP])
def test_the_board_of_a_chat_that_cannot_be_reached_is_not_listed(store: Store, chat: str) -> None:
    with store.turn():
        store.boards.turn_to(chat, 0, 1)
        store.chats.set_reachable(chat, reachable=False)
    assert store.boards.listed() == []
    with store.turn():
        store.boards.turn_to(chat, 0, 2)
    assert store.boards.listed() == [Board(chat, 0, 2)]


def test_a_board_moves_with_its_group_and_its_message_does_not(store: Store) -> None:
    with store.turn():
        store.boards.turn_to(GROUP, 0, 2)
        store.boards.keep(Board(GROUP, 0, 2, 77, shown="digest"))
        store.chats.rename(GROUP, OTHER)
        store.chats.rename(GROUP, OTHER)
    assert store.boards.listed() == [Board(OTHER, 0, 2)]


def test_the_zones_of_whoever_reads_a_board(store: Store) -> None:
    acts(store, ANN, "Ann")
    with store.turn():
        store.readers.keep(Reader(ANN, None, "Europe/Paris"), NOON)
        store.readers.keep(Reader(BOB, None, "Asia/Tokyo"), NOON)
    assert store.boards.zones(GROUP) == store.boards.zones(ANN) == ["Europe/Paris"]


def test_the_board_of_a_person_who_is_erased_is_gone(store: Store) -> None:
    with store.turn():
        store.boards.turn_to(BOB, 0, 1)
        assert store.people.stored_of(BOB)["boards"]
        store.people.forget(BOB)
    assert store.boards.listed() == []
