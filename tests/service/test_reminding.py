"""Reminders after a change of policy, after unblocking, and without access."""

import json
from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.service.reminding import Reminding
from bot.service.service import Service
from state.records import FIRST_PLACE, Card
from tests.access import only
from tests.commands.test_notes import at_work
from tests.conftest import NOON, Clock
from tests.dialogue import CHAT, do, shown
from tests.service.test_reminders import DUE, tick, times
from tests.starting import redraw_all

SEVEN_DAYS = ("/triage", "none", "none", "one side", "yes", "no")


def renew(service: Service) -> tuple[Exception, ...]:
    with service.store.turn():
        return renew_now(service)


def renew_now(service: Service) -> tuple[Exception, ...]:
    """Renew the reminders in the current transaction."""
    codes, _ = Reminding(service).codes_after(FIRST_PLACE, 50)
    return Reminding(service).renew(codes)


@pytest.fixture
def nice(service: Service, machine: FlowMachine) -> Service:
    """The same service under another policy."""
    return replace(service, setting=replace(service.setting, engine=Engine(machine, "nice", UTC)))


def test_another_policy_moves_the_reminders_to_its_deadline(
    service: Service, nice: Service, clock: Clock
) -> None:
    do(service, "/triage", "gait")
    code = at_work(service).code
    clock.pass_by(hours=1)
    renew(nice)
    due = nice.setting.engine.stand(at_work(nice), clock.now).assessment.due
    assert due is not None and due != DUE
    assert {each.deadline for each in nice.store.reminders.pending(code)} == {due}
    assert times(nice, code)[1:] == [due, due + timedelta(minutes=30), due + timedelta(minutes=90)]
    clock.now = due
    assert "due now" in tick(nice)[0].plain()


def test_a_restart_moves_no_reminder_and_a_late_one_is_given(
    service: Service, clock: Clock
) -> None:
    do(service, "/triage", "gait")
    code = at_work(service).code
    before = service.store.reminders.pending(code)
    for hours in (2, 6, 5):
        clock.pass_by(hours=hours)
        renew(service)
        assert service.store.reminders.pending(code) == before
    assert "Late: this reminder was due at 00:30." in tick(service)[0].plain()
    renew(service)
    assert service.store.reminders.pending(code) == before[3:]


def test_a_restart_moves_no_reminder_of_a_case_that_was_changed_after_its_deadline(
    service: Service, clock: Clock
) -> None:
    do(service, "/triage", "gait")
    code = at_work(service).code
    clock.now = DUE + timedelta(minutes=20)
    do(service, "/called surgeon")
    clock.pass_by(minutes=5)
    renew(service)
    assert times(service, code)[1:] == [DUE + timedelta(minutes=30), DUE + timedelta(minutes=90)]


def test_a_rule_that_moves_a_reminder_moves_the_kept_one_but_none_put_off(
    service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    do(service, "/triage", "gait", "/snooze")
    code = at_work(service).code
    monkeypatch.setattr("bot.conversation.reminders.LONGEST_BEFORE", timedelta(hours=1))
    renew(service)
    assert times(service, code)[:2] == [NOON + timedelta(minutes=30), DUE - timedelta(hours=1)]


def test_a_block_that_is_taken_back_brings_the_reminders_back(
    service: Service, clock: Clock
) -> None:
    do(service, "/triage", "gait")
    code = at_work(service).code
    before = service.store.reminders.pending(code)
    with service.store.turn() as store:
        store.chats.set_reachable(CHAT, reachable=False)
        renew_now(service)
        assert store.reminders.pending(code) == []
        store.chats.set_reachable(CHAT, reachable=True)
        Reminding(service).renew(Reminding(service).codes("another"))
        assert store.reminders.pending(code) == []
        Reminding(service).renew(Reminding(service).codes(CHAT))
    assert [each.due_at for each in service.store.reminders.pending(code)] == [
        e.due_at for e in before
    ]
    clock.now = DUE
    assert len(tick(service)) == 1
    renew(service)
    assert tick(service) == []


def test_what_the_log_counts_is_what_a_take_over_lists(service: Service, clock: Clock) -> None:
    """A case in which nothing was done is not counted; one that is days old is."""
    do(service, "/triage", "gait", chat="1001", who="1001")
    do(service, "/triage", chat="1002", who="1002")
    clock.pass_by(days=5)
    closed = replace(service, access=only(CHAT))
    assert Reminding(closed).count_without_access() == 1
    (said,) = do(closed, "/takeover", who=CHAT)
    assert len(said.rows) == 1


def test_whoever_has_no_access_is_not_reminded_and_counted(service: Service, clock: Clock) -> None:
    do(service, "/triage", "gait")
    with service.store.turn() as store:
        store.cards.keep(Card(at_work(service).code, "card", CHAT, 7, NOON))
    closed = replace(service, access=only("bob"))
    assert renew(service) == renew(closed) == ()
    assert Reminding(service).count_without_access() == 0
    assert Reminding(closed).count_without_access() == 1
    clock.now = DUE
    assert tick(closed) == []
    shown(closed)
    redraw_all(closed)
    assert shown(closed) == []
    redraw_all(service)
    assert "I was away" in shown(service)[0].plain()


def test_a_case_that_cannot_be_read_stops_no_other(service: Service, nice: Service) -> None:
    do(service, "/triage", "gait")
    broken = at_work(service).code
    do(service, "/triage", "gait")
    fine = at_work(service).code
    before = times(service, fine)
    with service.store.turn() as store:
        store.database.execute(
            "INSERT INTO answers (code, question, value, who, at) VALUES (?, 'ecog', ?, 'a', 'x')",
            (broken, json.dumps(1)),
        )
    assert [type(each) for each in renew(nice)] == [ValueError]
    assert times(service, fine) != before
