"""Reminders and readers, as a store keeps them."""

from datetime import timedelta

import pytest

from state.people import Reader
from state.records import Wanted
from state.store import Store
from tests.conftest import NOON
from tests.state.contract.values import CHAT, a_case, add

SOON = NOON + timedelta(hours=1)
DUE = NOON + timedelta(hours=12)
CODE = "KES-42"


@pytest.fixture(autouse=True)
def _case(store: Store) -> None:
    add(store, a_case())


def pending(store: Store) -> list[tuple[str, object]]:
    return [(each.kind, each.due_at) for each in store.reminders.pending(CODE)]


def test_reminders_are_given_in_the_order_they_are_due(store: Store) -> None:
    with store.turn():
        store.reminders.set(CODE, [Wanted("mri_due", DUE, DUE), Wanted("mri_before", DUE, SOON)])
    first, second = store.reminders.pending(CODE)
    assert (first.code, first.kind, first.deadline, first.due_at) == (CODE, "mri_before", DUE, SOON)
    assert second.kind == "mri_due"
    assert store.reminders.first() == first


def test_what_is_no_longer_wanted_is_dropped_and_what_is_kept_keeps_its_time(store: Store) -> None:
    with store.turn():
        store.reminders.set(CODE, [Wanted("mri_before", DUE, SOON), Wanted("mri_due", DUE, DUE)])
        store.reminders.set(CODE, [Wanted("mri_before", DUE, NOON)])
    assert pending(store) == [("mri_before", SOON)]


@pytest.mark.parametrize(("renewed_at", "kept"), [(NOON, DUE), (SOON, SOON)])
def test_one_that_is_renewed_before_it_is_due_takes_its_new_time(
    store: Store, renewed_at: object, kept: object
) -> None:
    with store.turn():
        store.reminders.set(CODE, [Wanted("mri_before", DUE, SOON)])
        store.reminders.set(CODE, [Wanted("mri_before", DUE, DUE)], renewed_at=renewed_at)  # type: ignore[arg-type]
    assert pending(store) == [("mri_before", kept)]


def test_a_reminder_is_claimed_once_and_not_wanted_again(store: Store) -> None:
    wanted = [Wanted("mri_before", DUE, SOON), Wanted("mri_due", DUE, DUE)]
    with store.turn():
        store.reminders.set(CODE, wanted)
        assert store.reminders.claim(CODE, NOON) is None
        given = store.reminders.claim(CODE, DUE)
        assert given is not None and given.kind == "mri_due"
        assert store.reminders.claim(CODE, DUE) is None
        store.reminders.set(CODE, [])
        store.reminders.set(CODE, wanted)
    assert pending(store) == []
    assert store.reminders.first() is None


def test_each_clock_is_claimed_alone_and_what_was_claimed_together_is_known(
    store: Store,
) -> None:
    wanted = [Wanted("mri_before", DUE, SOON), Wanted("mri_due", DUE, DUE)]
    alarm = Wanted("alarm_unanswered", NOON, SOON)
    with store.turn():
        store.reminders.set(CODE, [*wanted, alarm])
        given = store.reminders.claim(CODE, DUE, "mri")
        assert given is not None
        together = [each.kind for each in store.reminders.together(given.id)]
    assert (given.kind, together) == ("mri_due", ["mri_before", "mri_due"])
    assert pending(store) == [("alarm_unanswered", SOON)]


def test_a_reminder_that_was_given_can_be_put_off(store: Store) -> None:
    with store.turn():
        store.reminders.put_off(CODE, "mri_snoozed", DUE, SOON)
        store.reminders.set(CODE, [Wanted("mri_snoozed", DUE, None)])
        assert pending(store) == [("mri_snoozed", SOON)]
        store.reminders.claim(CODE, SOON)
        store.reminders.put_off(CODE, "mri_snoozed", DUE, DUE)
    assert pending(store) == [("mri_snoozed", DUE)]
    with store.turn():
        store.reminders.set(CODE, [Wanted("mri_snoozed", SOON, None)])
    assert pending(store) == []


def test_what_was_claimed_far_ahead_is_set_again_unless_it_is_past(store: Store) -> None:
    wanted = [Wanted("mri_before", DUE, SOON), Wanted("mri_due", DUE, DUE)]
    with store.turn():
        store.reminders.set(CODE, wanted)
        store.reminders.claim(CODE, DUE)
        store.reminders.release(NOON, claimed_after=DUE)
        assert pending(store) == []
        store.reminders.release(SOON, claimed_after=NOON)
    assert pending(store) == [("mri_due", DUE)]


def test_the_first_reminder_is_of_one_chat_or_of_the_others(store: Store) -> None:
    add(store, a_case("KES-43", chat="other"))
    with store.turn():
        store.reminders.set(CODE, [Wanted("mri_due", DUE, DUE)])
        store.reminders.set("KES-43", [Wanted("mri_due", DUE, SOON)])

    def code(**of: str) -> str | None:
        first = store.reminders.first(**of)
        return first.code if first else None

    assert code() == "KES-43"
    assert code(only=CHAT) == CODE
    assert code(besides="other") == CODE
    assert code(only="nobody") is None


def test_reminders_that_are_due_are_counted(store: Store) -> None:
    add(store, a_case("KES-43", chat="other"))
    with store.turn():
        store.reminders.set(CODE, [Wanted("mri_before", DUE, SOON), Wanted("mri_due", DUE, DUE)])
        store.reminders.set("KES-43", [Wanted("mri_due", DUE, SOON)])
    assert store.reminders.count_due(NOON) == 0
    assert store.reminders.count_due(SOON) == 2
    assert store.reminders.count_due(SOON, besides="other") == 1
    with store.turn():
        store.reminders.claim(CODE, SOON)
    assert store.reminders.count_due(DUE) == 2


def test_what_a_reader_chose_is_kept_and_replaced(store: Store) -> None:
    assert store.readers.get("ann") == Reader("ann")
    for reader in (Reader("ann", "surgeon"), Reader("ann", None, "Asia/Tokyo")):
        with store.turn():
            store.readers.keep(reader, NOON)
        assert store.readers.get("ann") == reader


def test_a_reader_is_erased_who_has_nothing_else_left(store: Store) -> None:
    with store.turn():
        case = store.cases.find(CODE)
        assert case is not None
        store.cases.save(case.with_answer("ecog", 1, "bob", NOON), case)
        for who, at in (("ann", NOON), ("bob", NOON), ("eve", NOON), ("late", SOON)):
            store.readers.keep(Reader(who, "nurse"), at)
        store.readers.forget(SOON)
    kept = [who for who in ("ann", "bob", "eve", "late") if store.readers.get(who).role]
    assert kept == ["ann", "bob", "late"]
