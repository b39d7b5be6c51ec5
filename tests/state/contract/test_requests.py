"""Questions that are sent to a colleague, as a store keeps them."""

from dataclasses import replace
from datetime import timedelta

from state.requests import Request
from state.store import Store
from tests.conftest import NOON
from tests.state.contract.values import a_case, add

ASKED = Request("KES-42", "bob", "asia", "ann", NOON, answered=2)


def test_one_question_of_a_case_is_asked_of_a_person_at_a_time(store: Store) -> None:
    add(store, a_case(), a_case("NEM-99"))
    newer = replace(ASKED, question="mri", asked_at=NOON + timedelta(minutes=1))
    elsewhere = replace(ASKED, code="NEM-99", asked_at=NOON + timedelta(minutes=2))
    to_cat = replace(ASKED, whom="cat", asked_at=NOON + timedelta(minutes=3))
    with store.turn():
        for each in (ASKED, newer, elsewhere, to_cat):
            store.requests.ask(each)
    assert store.requests.find("KES-42", "bob") == newer
    assert store.requests.of("KES-42") == [newer, to_cat]
    assert store.requests.first() == newer
    with store.turn():
        store.requests.end("KES-42", "bob")
    assert store.requests.find("KES-42", "bob") is None
    assert store.requests.first() == elsewhere


def test_what_a_person_is_asked_or_has_asked_is_found_in_every_case(store: Store) -> None:
    add(store, a_case(), a_case("NEM-99"))
    to_ann = Request("NEM-99", "ann", "mri", "bob", NOON + timedelta(minutes=1), answered=0)
    with store.turn():
        for each in (to_ann, ASKED, replace(ASKED, whom="cat", asked_by="eve")):
            store.requests.ask(each)
    assert store.requests.of_person("ann") == store.requests.of_person("bob") == [ASKED, to_ann]
    assert [each.whom for each in store.requests.of_person("eve")] == ["cat"]
    assert store.requests.of_person("zoe") == []


def test_whether_somebody_who_is_asked_can_be_reached_is_known_from_then_on(store: Store) -> None:
    add(store, a_case())
    assert store.chats.is_reachable("bob") is None
    with store.turn():
        store.requests.ask(ASKED)
    assert store.chats.is_reachable("bob") is True
    assert store.requests.first_unreachable() is None
    with store.turn():
        store.chats.set_reachable("bob", reachable=False)
    assert store.chats.is_reachable("bob") is False
    assert store.requests.first_unreachable() == ASKED


def test_a_question_goes_with_its_case(store: Store) -> None:
    add(store, a_case(), replace(a_case("NEM-99"), status="closed"))
    with store.turn():
        store.requests.ask(ASKED)
        store.requests.ask(replace(ASKED, code="NEM-99"))
        store.ownership.move(a_case(), "eve", "eve", NOON)
    assert store.requests.of("KES-42") == []
    with store.turn():
        assert store.cases.forget(NOON + timedelta(days=1), 50) == 1
    assert store.requests.first() is None
