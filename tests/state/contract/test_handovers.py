"""Hand-overs, as a store keeps them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from state.groups import Colleague, Group
from state.handovers import HandOver
from state.records import HANDED_OVER, Entry
from state.store import Store
from tests.conftest import NOON
from tests.state.contract.conftest import Open
from tests.state.contract.values import a_case, add, closed

WARD = "-100500"
ROW = HandOver("KES-42", "offer", WARD, "ann", "bob", 0, "facts", NOON, NOON)


@pytest.fixture(autouse=True)
def _ward(store: Store) -> None:
    add(store, a_case(chat=WARD), a_case("LOM-77", chat=WARD))
    with store.turn():
        store.groups.enrol(Group(WARD, "ann", NOON))
        for who in ("ann", "bob", "cat"):
            store.groups.see(Colleague(WARD, who, who.title(), NOON))


def keep(store: Store, *rows: HandOver) -> None:
    with store.turn():
        for each in rows:
            store.handovers.keep(each)


def test_an_offer_is_kept_in_order_and_found_by_case_offer_and_person(
    store: Store, open_store: Open
) -> None:
    second = replace(ROW, code="LOM-77")
    keep(store, second, ROW)
    other = open_store().handovers
    assert other.of_offer("offer") == other.of_person("bob") == other.all() == [second, ROW]
    assert (other.of("KES-42"), other.of("NIX-10"), other.of_person("cat")) == (ROW, None, [])
    read = replace(second, read=1, reminded=True, due_at=NOON)
    keep(store, read)
    assert store.handovers.of_offer("offer") == [read, ROW]
    with store.turn():
        store.handovers.end("LOM-77")
    assert store.handovers.all() == [ROW]


def test_a_case_is_offered_to_one_person_at_a_time(store: Store) -> None:
    keep(store, ROW, replace(ROW, offer="another", receiver="cat"))
    assert [each.receiver for each in store.handovers.all()] == ["cat"]


def test_the_first_that_is_due_is_found(store: Store) -> None:
    assert store.handovers.next_due() is None
    later = replace(ROW, due_at=NOON + timedelta(minutes=5))
    keep(store, later, replace(ROW, code="LOM-77"))
    assert store.handovers.next_due() == later.due_at
    assert store.handovers.first_due(NOON) is None
    assert store.handovers.first_due(NOON + timedelta(minutes=5)) == later


@pytest.mark.parametrize("what", ["closed", "taken", "moved", "left"])
def test_what_cannot_be_finished_is_lost(store: Store, what: str) -> None:
    keep(store, ROW, replace(ROW, code="LOM-77", receiver="cat"))
    assert store.handovers.lost() == set()
    case = store.cases.find("KES-42")
    assert case is not None
    with store.turn():
        match what:
            case "closed":
                store.cases.save(closed(case), case)
            case "taken":
                store.ownership.take(case, "cat", NOON)
            case "moved":
                store.ownership.move(case, "cat", "ann", None)
            case _:
                store.groups.part(WARD, "bob")
    assert store.handovers.lost() == {"KES-42"}


def test_a_case_that_is_erased_takes_its_hand_over_along(store: Store) -> None:
    keep(store, ROW)
    with store.turn():
        store.cases.erase(["KES-42"])
    assert store.handovers.all() == []


def test_what_is_read_back_names_who_handed_the_case_over(store: Store) -> None:
    case = store.cases.find("KES-42")
    assert case is not None
    with store.turn():
        passed = store.ownership.take(case, "bob", NOON, read_back=True)
    assert passed == store.cases.find("KES-42")
    assert passed.timeline == (Entry(HANDED_OVER, "ann", "bob", NOON),)
    with store.turn():
        taken = store.ownership.take(passed, "cat", NOON)
    assert taken.timeline[-1] == Entry(HANDED_OVER, "", "cat", NOON)


def test_somebody_who_is_erased_is_in_no_hand_over_and_no_time_line(store: Store) -> None:
    keep(store, ROW, replace(ROW, code="LOM-77"))
    case = store.cases.find("KES-42")
    assert case is not None
    with store.turn():
        store.ownership.take(case, "bob", NOON, read_back=True)
    assert [each["code"] for each in store.people.stored_of("ann")["handovers"]] == [
        "KES-42",
        "LOM-77",
    ]
    with store.turn():
        store.cases.erase(["LOM-77"])
        store.people.forget("ann")
    assert store.handovers.all() == []
    kept = store.cases.find("KES-42")
    assert kept is not None and kept.timeline == (Entry(HANDED_OVER, "forgotten", "bob", NOON),)


def test_the_open_cases_of_groups_are_named_group_by_group(store: Store) -> None:
    add(store, a_case("OWN-11", chat="ann"), closed(a_case("NIX-10", chat=WARD)))
    add(store, a_case("ZOE-12", chat="-7"), a_case("GON-13", chat="-8"))
    with store.turn():
        store.groups.enrol(Group("-7", "ann", NOON))
        store.groups.see(Colleague("-7", "ann", "Ann", NOON))
    assert store.ownership.open_in_groups("ann") == ["KES-42", "LOM-77", "ZOE-12"]
    assert store.ownership.open_in_groups("bob") == []


def test_whether_a_chat_can_be_reached_is_known_once_it_was_used(store: Store) -> None:
    assert store.chats.is_reachable("ann") is None
    add(store, a_case("OWN-11", chat="ann"))
    assert store.chats.is_reachable("ann") is True
    with store.turn():
        store.chats.set_reachable("ann", reachable=False)
    assert store.chats.is_reachable("ann") is False


def test_a_hand_over_moves_along_when_its_group_gets_another_id(store: Store) -> None:
    keep(store, ROW)
    with store.turn():
        store.chats.rename(WARD, "-100777")
        store.groups.enrol(Group("-100777", "ann", NOON))
        store.groups.see(Colleague("-100777", "bob", "Bob", NOON))
    assert [each.chat for each in store.handovers.all()] == ["-100777"]
    assert store.handovers.lost() == set()
