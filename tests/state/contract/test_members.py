"""Members and invitations, as a store keeps them."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from state.people import Invitation, Member, Reader
from state.records import ANOTHER, FORGOTTEN, Card, Minted, Priority
from state.store import Store
from tests.conftest import NOON
from tests.state.contract.values import CHAT, a_case

ANN = Member("1001", "clinician", "@ann", "1", NOON)
BOB = Member("1002", "viewer", "", "1001", NOON + timedelta(hours=1))
TWICE = Invitation("a" * 64, "clinician", 2, "", "1", NOON + timedelta(hours=72))


def test_a_member_is_found_listed_changed_and_removed(store: Store) -> None:
    with store.turn():
        for each in (BOB, ANN):
            store.members.keep(each)
    assert store.members.listed() == [ANN, BOB]
    assert store.members.find("1002") == BOB
    assert store.members.role_of("1001") == "clinician"
    with store.turn():
        store.members.keep(replace(ANN, role="admin"))
        store.members.remove("1002")
    assert store.members.listed() == [replace(ANN, role="admin")]
    assert store.members.find("1002") is None and store.members.role_of("1002") is None


def test_the_owners_are_those_that_were_kept_last(store: Store) -> None:
    for people in (["1001", "1002"], ["1002", "1003"]):
        with store.turn():
            store.members.keep_owners(people)
        assert store.members.owners() == {*people}
    assert [*store.people.stored_of("1003")["owners"]] == [{"who": "1003"}]
    with store.turn():
        store.people.forget("1003")
    assert store.members.owners() == {"1002", "1003"}


def test_an_invitation_is_used_as_often_as_it_was_made_for(store: Store) -> None:
    with store.turn():
        store.invitations.add(TWICE)
        store.invitations.use(TWICE.hashed)
    assert store.invitations.find(TWICE.hashed) == replace(TWICE, uses_left=1)
    with store.turn():
        store.invitations.use(TWICE.hashed)
    assert store.invitations.find(TWICE.hashed) is None


def test_a_use_that_is_rolled_back_is_none(store: Store) -> None:
    with store.turn():
        store.invitations.add(TWICE)
    with pytest.raises(RuntimeError), store.turn():
        store.members.keep(ANN)
        store.invitations.use(TWICE.hashed)
        raise RuntimeError
    assert store.invitations.of("1") == [TWICE]
    assert store.members.role_of("1001") is None


def test_invitations_are_withdrawn_one_by_one_by_maker_or_by_age(store: Store) -> None:
    others = replace(TWICE, hashed="b" * 64, maker="2"), replace(TWICE, hashed="c" * 64, maker="2")
    later = replace(TWICE, hashed="d" * 64, ends_at=TWICE.ends_at + timedelta(hours=1))
    with store.turn():
        for each in (TWICE, *others, later):
            store.invitations.add(each)
        store.invitations.withdraw("b" * 64)
    assert store.invitations.of("2") == [others[1]]
    with store.turn():
        store.invitations.withdraw_of("2")
        store.invitations.forget(later.ends_at)
    assert store.invitations.of("2") == []
    assert store.invitations.of("1") == [later]


def test_all_that_waits_for_a_chat_is_dropped_and_nothing_else(store: Store) -> None:
    with store.turn():
        for chat in ("1001", "1002", "1001"):
            store.outbox.enqueue(
                chat=chat, code=None, screens=[], token=None, query=None, tapped=None, anew=True,
                priority=Priority.ANSWER, at=NOON,
            )  # fmt: skip
        store.outbox.drop_all("1001")
    assert [row.chat for row in store.outbox.queued()] == ["1002"]


def test_what_is_stored_of_a_person_is_theirs_alone_and_is_erased_alone(store: Store) -> None:
    mine = replace(a_case(), owner="1001")
    other = replace(a_case("NEM-11", "other"), owner="1002", answers=())
    shared = other.with_answer("cord_signs", ["gait"], "1001", NOON)
    with store.turn():
        for each in (ANN, replace(BOB, invited_by="1001")):
            store.members.keep(each)
        store.readers.keep(Reader("1001", "nurse"), NOON)
        store.invitations.add(replace(TWICE, maker="1001"))
        for each in (mine, shared):
            store.cases.add(each)
        for number, tap in ((1, '["1001", 1]'), (2, '["1002", 2]')):
            store.inbox.park(number, tap, NOON)
    found = store.people.stored_of("1001")
    assert [each["code"] for each in found["cases"]] == [mine.code]
    assert {(each["code"], each["who"]) for each in found["answers"]} == {
        (mine.code, ANOTHER),
        ("NEM-11", "1001"),
    }
    assert [len(found[each]) for each in ("members", "readers", "invitations", "inbox")] == [1] * 4
    assert store.people.cases_of("1001") == [mine.code]
    with store.turn():
        store.cases.erase([mine.code])
        store.people.forget("1001")
    assert not any(store.people.stored_of("1001").values())
    assert [each["tap"] for each in store.people.stored_of("1002")["inbox"]] == ['["1002", 2]']
    assert store.inbox.parked_count() == 2
    kept = store.cases.find("NEM-11")
    assert kept is not None and [each.who for each in kept.answers] == [FORGOTTEN]
    assert store.members.listed() == [replace(BOB, invited_by=FORGOTTEN)]


def test_what_is_given_to_a_person_names_nobody_else(store: Store) -> None:
    does = (("members 2002 remove", ""), ("members 1001 viewer", ""))
    screen = json.dumps({"rows": [[{"does": "members 2002"}]]})
    with store.turn():
        store.members.keep(replace(ANN, invited_by="2002"))
        store.cases.add(replace(a_case(), owner="1001").with_answer("asia", "C", "2002", NOON))
        store.buttons.mint(Minted("token", "1001", None, 0, does), NOON)
        store.outbox.enqueue(
            chat="1001", code=None, screens=[screen], token=None, query=None, tapped=None,
            anew=True, priority=Priority.ANSWER, at=NOON,
        )  # fmt: skip
        store.audit.add("2002", "role changed", None, "2026.11", NOON, about="1001", role="viewer")
        store.audit.add("1001", "joined", None, "2026.11", NOON, about="2002", role="clinician")
    found = store.people.stored_of("1001")
    given = json.dumps(found)
    assert "2002" not in given.replace("2026", "") and store.audit.pseudonym("2002") not in given
    mine = store.audit.pseudonym("1001")
    assert [(each["who"], each["about"]) for each in found["audit"]] == [
        (ANOTHER, mine), (mine, ANOTHER),
    ]  # fmt: skip
    assert [each["invited_by"] for each in found["members"]] == [ANOTHER]
    assert "members 1001 viewer" in given


def test_the_messages_of_cases_are_found_by_their_codes(store: Store) -> None:
    first, second = a_case(), a_case(code="NEM-11")
    cards = [Card(first.code, role, CHAT, n, NOON) for n, role in enumerate(("alert", "card"))]
    with store.turn():
        for each in (first, second):
            store.cases.add(each)
        for card in (*cards, Card("NEM-11", "card", CHAT, 9, NOON)):
            store.cards.keep(card)
    assert store.cards.of([first.code]) == cards
    assert len(store.cards.of([first.code, "NEM-11"])) == 3
    assert store.cards.of([]) == []
