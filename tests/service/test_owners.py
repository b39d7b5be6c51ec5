"""Somebody is taken out of CORDCALL_OWNERS: treated as removed at the next start, and told once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.access import Access
from bot.incoming import Command, Incoming
from bot.screens.people import say_role
from bot.service.offering import offer_left_cases
from bot.service.owners import note_owners
from bot.service.service import Service
from state.people import Member
from state.topics.audit import Audited
from tests.conftest import NOON
from tests.dialogue import shown, tap

ANN, BOB = "1001", "1002"


def started(service: Service, *owners: str) -> Service:
    """The same service, started with these owners."""
    access = Access(service.store.members, frozenset(owners))
    again = replace(service, touch=True, access=access)
    with again.store.turn():
        note_owners(again)
    return again


def rows(service: Service) -> list[Audited]:
    with service.store.audit.trail() as trail:
        return [row for row in trail.rows if row.about]


@pytest.fixture
def both(service: Service) -> Service:
    """Ann has a case and an invitation, and something waits for her."""
    begun = started(service, ANN, BOB)
    begun.take(Incoming(ANN, ANN, Command("triage")))
    tap(begun, "Gait or balance", ANN, ANN)
    begun.take(Incoming(ANN, ANN, Command("invite", "viewer")))
    assert begun.store.outbox.queued(ANN)
    assert rows(begun) == []
    return begun


def test_a_former_owner_is_told_once_and_nothing_else_reaches_them(both: Service) -> None:
    after = started(both, BOB)
    (said,) = shown(after, ANN)
    assert "You have been removed" in said.plain()
    assert after.store.invitations.of(ANN) == []
    assert offer_left_cases(after) == [BOB]
    assert shown(started(after, BOB), ANN) == []


def test_the_audit_has_one_row_of_it(both: Service) -> None:
    for _ in range(2):
        after = started(both, BOB)
    (row,) = rows(after)
    assert (row.what, row.about, row.role) == ("revoked", after.store.audit.pseudonym(ANN), "owner")


@pytest.mark.parametrize("role", ["admin", "clinician", "viewer"])
def test_a_former_owner_who_is_a_member_is_told_what_they_are_now(both: Service, role: str) -> None:
    with both.store.turn() as store:
        store.members.keep(Member(ANN, role, "", BOB, NOON - timedelta(days=1)))
    shown(both, ANN)
    after = started(both, BOB)
    (said,) = shown(after, ANN)
    assert f"You are now {say_role(role)}." in said.plain()
    assert ("You can no longer have cases" in said.plain()) == (role == "viewer")
    assert bool(after.store.invitations.of(ANN)) == (role == "admin")
    (row,) = rows(after)
    assert (row.what, row.role) == ("role changed", f"owner to {role}")


def test_an_owner_who_stays_is_told_nothing(both: Service) -> None:
    shown(both, ANN)
    assert shown(started(both, ANN, BOB), ANN) == []


def test_an_owner_who_comes_back_is_told_so_and_can_be_removed_again(both: Service) -> None:
    """Their last message would otherwise go on saying that they are removed."""
    shown(both, ANN)
    gone = started(both, BOB)
    shown(gone, ANN)
    back = started(gone, ANN, BOB)
    (said,) = shown(back, ANN)
    assert "You are now an owner." in said.plain()
    assert [(row.what, row.role) for row in rows(back)][-1] == ("role changed", "nobody to owner")
    (said,) = shown(started(back, BOB), ANN)
    assert "You have been removed" in said.plain()


def test_an_owner_who_is_erased_is_still_noticed_when_they_are_gone(both: Service) -> None:
    both.take(Incoming(ANN, ANN, Command("forget", "yes")))
    assert "Your id is kept as an owner's" in shown(both, ANN)[-1].plain()
    after = started(both, BOB)
    (said,) = shown(after, ANN)
    assert "You have been removed" in said.plain()
    assert [(row.what, row.role) for row in rows(after)][-1] == ("revoked", "owner")
