"""Reminders: set by the deadline, sent once, late after an outage, none when it is over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.conversation.alarm import REPEAT
from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.conversation.reminders import CAUDA_EQUINA, wanted
from bot.installation import Setting
from bot.screens.screen import Screen, load, say_line
from bot.service.reminding import Reminding
from bot.service.service import Service
from state.groups import Group, is_group
from state.records import Priority, StoredCase, Value
from state.store import Store
from tests.commands.test_notes import IMAGES, WAITING, at_work, labels
from tests.conftest import NOON, Clock, OpenStore, stored_case
from tests.dialogue import CHAT, WITHOUT_SYMPTOMS, answer, do, shown, triage
from tests.limits import assert_fits
from tests.service.in_group import ANN, GROUP, in_a_group

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DUE = NOON + timedelta(hours=12)
WEEK = timedelta(hours=168)
ROOT_PAIN: dict[str, Value] = {**WITHOUT_SYMPTOMS, "radicular_pain": "unilateral"}
SUMMER_BEGINS = datetime(2027, 3, 28, 1, tzinfo=UTC)
SUMMER_ENDS = datetime(2026, 10, 25, 1, tzinfo=UTC)


def a_case(**answers: Value) -> StoredCase:
    case = stored_case()
    for key, value in answers.items():
        case = case.with_answer(key.replace("__", "."), value, "ann", NOON)
    return case


def plan(engine: Engine, case: StoredCase, now: datetime = NOON) -> list[tuple[str, datetime]]:
    found = wanted(case, engine.stand(case, now), now, None)
    return [(each.kind, each.due_at) for each in found if each.due_at]


def tick(service: Service) -> list[Screen]:
    """Return what is due, as the ticker does.

    A reminder of the case at work has the view of that case below it; any other is alone.
    """
    shown(service)
    while (due := Reminding(service).next_due()) and due <= service.clock():
        with service.store.turn():
            reminder = Reminding(service).claim()
            if reminder is None:  # dropped: the owner has no access
                assert Reminding(service).next_due() != due
                continue
            Reminding(service).remind(reminder)
    rows = service.store.outbox.queued()
    assert {row.priority for row in rows} <= {Priority.REMINDER}
    sent = [[load(screen) for screen in row.screens] for row in rows]
    for row, (_, *views) in zip(rows, sent, strict=True):
        private = not is_group(row.chat)
        at_work = private and row.code == service.store.cases.active_code(row.chat)
        assert [each.kind for each in views] in ([["question"], ["card"]] if at_work else [[]])
    return [reminder for reminder, *_ in sent]


def times(service: Service, code: str) -> list[datetime]:
    return [each.due_at for each in service.store.reminders.pending(code)]


def test_the_deadline_is_reminded_of_before_at_and_twice_after_it(engine: Engine) -> None:
    assert plan(engine, a_case(cord_signs=["gait"])) == [
        ("mri_before", DUE - timedelta(hours=3)),
        ("mri_due", DUE),
        ("mri_overdue", DUE + timedelta(minutes=30)),
        ("mri_still_overdue", DUE + timedelta(minutes=90)),
    ]


def test_a_reminder_comes_at_most_six_hours_before(engine: Engine) -> None:
    week = a_case(**ROOT_PAIN)
    assert plan(engine, week)[0] == ("mri_before", NOON + WEEK - timedelta(hours=6))


def test_a_deadline_that_has_passed_when_it_is_set_is_counted_from_now(engine: Engine) -> None:
    late = NOON + timedelta(hours=20)
    assert plan(engine, a_case(cord_signs=["gait"]), late) == [
        ("mri_overdue", late + timedelta(minutes=30)),
        ("mri_still_overdue", late + timedelta(minutes=90)),
    ]


@pytest.mark.parametrize(
    "case",
    [
        a_case(cord_signs=[]),
        a_case(cord_signs=["gait"], mri="done", lesions_seen="none"),
        replace(a_case(cord_signs=["gait"]), status="closed"),
        a_case(**WITHOUT_SYMPTOMS),
    ],
    ids=["not settled", "MRI read", "closed", "no limit"],
)  # fmt: skip
def test_nobody_is_reminded_of_what_is_not_due(engine: Engine, case: StoredCase) -> None:
    assert plan(engine, case) == []


def test_the_treatment_is_reminded_of_at_its_deadline_only(engine: Engine) -> None:
    case = a_case(cord_signs=["gait"], mri="done", lesions_seen="some", escc__1="3")
    assert plan(engine, case) == [("treatment_due", NOON + timedelta(hours=24))]


def test_every_reminder_is_given_once_with_what_is_due_and_its_buttons(
    service: Service, clock: Clock
) -> None:
    do(service, "/triage", "gait")
    code = at_work(service).code
    assert tick(service) == []
    clock.now = DUE - timedelta(hours=3)
    (screen,) = tick(service)
    assert say_line(screen.head) == f"EMERGENCY · MRI by Mon 00:00 (in 3 h) · {code}"
    assert "Reminder: " in screen.plain()
    assert "Late" not in screen.plain()
    assert labels([screen]) == ["MRI done", "Snooze 30 min"]
    assert screen.alert
    assert_fits(screen)
    assert tick(service) == []
    said = []
    for moment in (DUE, DUE + timedelta(minutes=30), DUE + timedelta(minutes=90)):
        clock.now = moment
        (screen,) = tick(service)
        said.append(screen.plain())
        assert tick(service) == []
    assert "due now" in said[0] and "last reminder" in said[2]
    assert f"MRI OVERDUE since Mon 00:00 (30 min ago) · {code}" in said[1]
    clock.pass_by(days=3)
    assert tick(service) == []
    assert Reminding(service).next_due() is None


def test_a_reminder_of_another_case_stands_alone_and_leads_there(
    service: Service, clock: Clock
) -> None:
    do(service, "/triage", "gait")
    code = at_work(service).code
    clock.pass_by(hours=1)
    do(service, "/triage", "none")
    clock.now = DUE
    (screen,) = tick(service)
    assert labels([screen]) == ["MRI done", "Snooze 30 min", "Open case"]
    assert screen.rows[-1][0].typed == f"/resume {code}"
    assert_fits(screen)


def test_reminders_survive_a_restart_and_are_not_given_again(
    service: Service, clock: Clock, open_again: OpenStore
) -> None:
    do(service, "/triage", "gait")
    clock.now = DUE - timedelta(hours=3)
    tick(service)
    service.store.close()
    again = Service(open_again(), service.setting, clock)
    assert tick(again) == []
    clock.now = DUE
    assert len(tick(again)) == 1
    again.store.close()


def test_a_kill_before_the_commit_gives_it_later_and_not_twice(
    service: Service, clock: Clock
) -> None:
    do(service, "/triage", "gait")
    shown(service)
    clock.now = DUE
    with pytest.raises(RuntimeError), service.store.turn():
        reminder = Reminding(service).claim()
        assert reminder is not None and Reminding(service).remind(reminder)
        raise RuntimeError
    assert service.store.outbox.queued() == []
    assert len(tick(service)) == 1
    assert tick(service) == []


def test_after_an_outage_one_reminder_of_a_case_says_that_it_is_late(
    service: Service, clock: Clock
) -> None:
    do(service, "/triage", "gait")
    clock.now = DUE + timedelta(hours=1)
    (screen,) = tick(service)
    assert "Late: this reminder was due at 00:30." in screen.plain()
    assert "OVERDUE since Mon 00:00 (1 h ago)" in screen.plain()
    clock.now = DUE + timedelta(minutes=90)
    (screen,) = tick(service)
    assert "Late" not in screen.plain()


def test_an_act_after_the_deadline_drops_no_reminder_of_it_that_is_still_to_come(
    service: Service, clock: Clock
) -> None:
    do(service, "/triage", "gait")
    clock.now = DUE + timedelta(minutes=1)
    do(service, "/called surgeon")
    assert "The MRI is due now" in tick(service)[0].plain()


def test_ten_minutes_are_not_late(service: Service, clock: Clock) -> None:
    do(service, "/triage", "gait")
    clock.now = DUE + timedelta(minutes=10)
    assert "Late" not in tick(service)[0].plain()


def test_a_clock_that_steps_back_gives_nothing_twice(service: Service, clock: Clock) -> None:
    do(service, "/triage", "gait")
    clock.now = DUE
    assert len(tick(service)) == 1
    clock.pass_by(hours=-2)
    assert tick(service) == []
    do(service, "/called surgeon")
    clock.now = DUE
    assert tick(service) == []


def test_a_new_deadline_moves_its_reminders_and_the_old_ones_are_gone(
    service: Service, clock: Clock
) -> None:
    triage(service, **ROOT_PAIN)
    code = at_work(service).code
    assert times(service, code)[1] == NOON + WEEK
    clock.pass_by(hours=2)
    do(service, "/newsigns", "gait")
    left = DUE - clock.now
    assert times(service, code) == [
        DUE - left / 4, DUE, DUE + timedelta(minutes=30), DUE + timedelta(minutes=90),
    ]  # fmt: skip
    do(service, "/earlier 6 h before")
    assert times(service, code)[1] == DUE - timedelta(hours=6)


def test_a_deadline_that_comes_back_is_not_reminded_of_again(
    service: Service, clock: Clock
) -> None:
    do(service, "/triage", "gait")
    clock.now = DUE
    assert len(tick(service)) == 1
    do(service, "/earlier 3 h before")
    do(service, "/earlier 0 h before")
    clock.pass_by(minutes=1)
    assert tick(service) == []


@pytest.mark.parametrize("lines", [["/close treated"], ["/scanned", "none"], ["done", "none"]])
def test_it_is_over_when_the_mri_is_read_or_the_case_is_closed(
    service: Service, clock: Clock, lines: list[str]
) -> None:
    triage(service, **WAITING)
    code = at_work(service).code
    assert len(times(service, code)) == 4
    do(service, *lines)
    assert times(service, code) == []
    clock.now = DUE
    assert tick(service) == []


@pytest.mark.parametrize(
    "over, back",
    [
        (["/scanned", "none"], ["/undo scanned"]),
        (["/scanned", "none"], ["/undo answer"]),
        (["/scanned", "none"], ["/edit mri", "not done"]),
        (["/close transferred"], ["/undo closed"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("seconds", [1, 3600])
def test_a_deadline_that_passed_while_it_was_over_is_reminded_of_at_once(
    service: Service, clock: Clock, over: list[str], back: list[str], seconds: int
) -> None:
    triage(service, **WAITING)
    code = at_work(service).code
    clock.now = DUE - timedelta(minutes=10)
    assert len(tick(service)) == 1
    do(service, *over)
    assert times(service, code) == []
    clock.now = DUE + timedelta(seconds=seconds)
    assert tick(service) == []
    do(service, f"/resume {code}", *back)
    assert "The MRI is" in tick(service)[0].plain()
    do(service, "/called surgeon")
    assert tick(service) == []
    assert times(service, code) == [
        clock.now + timedelta(minutes=30), clock.now + timedelta(minutes=90),
    ]  # fmt: skip


def test_a_deadline_that_was_reminded_of_is_not_again_when_its_mri_is_taken_back(
    service: Service, clock: Clock
) -> None:
    triage(service, **WAITING)
    clock.now = DUE
    assert len(tick(service)) == 1
    do(service, "/scanned", "none")
    clock.pass_by(minutes=5)
    do(service, "/undo scanned")
    assert tick(service) == []


@pytest.mark.parametrize("done", [-10, 10], ids=["before", "after"])
def test_the_limit_from_the_request_is_reminded_of_once_though_a_scan_is_taken_back(
    service: Service, clock: Clock, done: int
) -> None:
    do(service, "/triage", "saddle", "/requested")
    limit, said = NOON + timedelta(hours=4), list[Screen]()
    for at in sorted((limit, limit + timedelta(minutes=done))):
        clock.now = at
        said += tick(service) if at == limit else []
        if at != limit:
            do(service, "/scanned", "none")
    assert len(said) == (done > 0)
    clock.now = limit + timedelta(minutes=done + 11)
    do(service, "/undo scanned")
    said += tick(service)
    assert ["h since the request" in each.plain() for each in said] == [True]


def test_treatment_taken_back_after_its_deadline_is_reminded_of_at_once(
    service: Service, clock: Clock
) -> None:
    triage(service, **{**WAITING, **IMAGES}, escc="3")
    clock.now = NOON + timedelta(hours=23)
    do(service, "/begun")
    clock.now = NOON + timedelta(hours=24, seconds=1)
    assert tick(service) == []
    do(service, "/undo begun")
    assert "Treatment should have begun by now" in tick(service)[0].plain()
    do(service, "/begun", "/undo begun")
    assert tick(service) == []


def test_treatment_that_is_late_when_it_is_first_set_is_reminded_of_at_once(
    service: Service, clock: Clock
) -> None:
    triage(service, **WAITING)
    clock.now = NOON + timedelta(hours=25)
    tick(service)
    do(service, "/scanned", "some", "t7", "3")
    assert "Treatment should have begun by now" in tick(service)[0].plain()


def test_an_mri_that_nobody_has_read_is_still_reminded_of(service: Service, clock: Clock) -> None:
    triage(service, **WAITING)
    do(service, "/scanned")
    clock.now = DUE
    (screen,) = tick(service)
    assert "done but not recorded as read: phone the radiologist now" in screen.plain()
    labels = [button.label for row in screen.rows for button in row]
    assert labels == ["Snooze 30 min"]


def test_an_urgency_that_is_not_settled_any_more_reminds_of_nothing(
    service: Service,
) -> None:
    do(service, "/triage", "gait")
    code = at_work(service).code
    do(service, "/edit 1", "/correct none")
    assert times(service, code) == []


def test_a_forgotten_case_leaves_no_event_and_no_reminder(service: Service, clock: Clock) -> None:
    do(service, "/triage", "gait", "/requested", "/close transferred")
    clock.pass_by(days=31)
    service.forget_old()
    for table in ("cases", "events", "reminders"):
        assert service.store.database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), (
            table
        )
    assert tick(service) == []


def test_snoozing_reminds_again_after_half_an_hour_each_time(
    service: Service, clock: Clock
) -> None:
    do(service, "/triage", "gait")
    clock.now = DUE - timedelta(hours=3)
    tick(service)
    for again in ("21:30", "22:00"):
        assert f"reminded again at {again}" in do(service, "/snooze")[0].plain()
        clock.pass_by(minutes=30)
        (screen,) = tick(service)
        assert "You put this off" in screen.plain()
        assert tick(service) == []
    do(service, "/snooze")
    answer(service, mri="done", lesions_seen="none")
    clock.pass_by(minutes=30)
    assert tick(service) == []


def test_a_snooze_stays_while_other_answers_are_given(service: Service, clock: Clock) -> None:
    triage(service, cord_signs=["gait"])
    do(service, "/snooze")
    answer(service, radicular_pain="none", back_pain=True)
    clock.pass_by(minutes=30)
    assert "You put this off" in tick(service)[0].plain()


def test_the_mri_that_was_requested_is_named(service: Service, clock: Clock) -> None:
    do(service, "/triage", "gait", "/requested")
    clock.now = DUE
    assert "Requested Sun 12:00." in tick(service)[0].plain()


def test_treatment_that_has_begun_is_not_reminded_of(service: Service, clock: Clock) -> None:
    triage(service, **{**WAITING, **IMAGES}, escc="3")
    code = at_work(service).code
    assert times(service, code) == [NOON + timedelta(hours=24)]
    clock.now = NOON + timedelta(hours=24)
    (screen,) = tick(service)
    assert "Treat by Mon 12:00 (in 0 min)" in say_line(screen.head)
    do(service, "/snooze treatment")
    assert len(times(service, code)) == 1
    do(service, "/begun")
    assert times(service, code) == []
    assert "nothing is left to be reminded of" in do(service, "/snooze")[0].plain()
    assert "Treatment begun" in do(service, "/card")[0].plain()


def test_a_week_long_deadline_reminds_without_a_sound(service: Service, clock: Clock) -> None:
    triage(service, **ROOT_PAIN)
    clock.now = NOON + WEEK
    (screen,) = tick(service)
    assert not screen.alert


def test_who_cannot_be_reached_is_left_in_peace(service: Service, clock: Clock) -> None:
    do(service, "/triage", "gait")
    with service.store.turn() as store:
        store.chats.set_reachable(CHAT, reachable=False)
    clock.now = DUE
    assert tick(service) == []
    with service.store.turn() as store:
        store.chats.set_reachable(CHAT, reachable=True)
    do(service, "/called surgeon")
    assert len(times(service, at_work(service).code)) == 2


def test_a_group_that_moves_takes_its_reminders_along(service: Service, clock: Clock) -> None:
    """At the deadline a group is reminded of its case, beside the owner."""
    do(service, "/triage", "gait")
    with service.store.turn() as store:
        store.chats.rename(CHAT, "-1001")
    clock.now = DUE
    tick(service)
    assert [row.chat for row in service.store.outbox.queued()] == ["ann", "-1001"]


def test_the_terminal_and_the_phones_are_reminded_each_of_their_own(
    service: Service, clock: Clock
) -> None:
    do(service, "/triage", "gait")
    do(service, "/triage", "gait", chat="terminal")
    clock.now = DUE
    with service.store.turn():
        reminding = Reminding(service)
        assert reminding.next_due(only="terminal") == reminding.next_due(besides="terminal")
        mine = reminding.claim(only="terminal")
        others = reminding.claim(besides="terminal")
        assert mine is not None and reminding.remind(mine) == ("terminal",)
        assert others is not None and reminding.remind(others) == (CHAT,)


@pytest.mark.parametrize("change", [SUMMER_BEGINS, SUMMER_ENDS], ids=["begins", "ends"])
def test_summer_time_shifts_no_reminder(
    store: Store, machine: FlowMachine, clock: Clock, change: datetime
) -> None:
    setting = Setting(Engine(machine, "stepwise", AMSTERDAM), "", 30)
    service = Service(store, setting, clock)
    start = change - timedelta(hours=10)
    clock.now = start.astimezone(AMSTERDAM)
    do(service, "/triage", "gait")
    due = start + timedelta(hours=12)
    code = at_work(service).code
    assert times(service, code)[:2] == [due - timedelta(hours=3), due]
    clock.now = (due - timedelta(hours=3, seconds=1)).astimezone(AMSTERDAM)
    assert tick(service) == []
    clock.pass_by(seconds=1)
    assert len(tick(service)) == 1


def test_a_reminder_at_midnight_names_the_right_day(service: Service, clock: Clock) -> None:
    clock.now = datetime(2026, 11, 22, 23, 50, tzinfo=UTC)
    do(service, "/triage", "gait", "/snooze")
    said = do(service, "/snooze")[0].plain()
    assert "reminded again at Mon 00:20" in said
    clock.now = datetime(2026, 11, 23, 0, 20, tzinfo=UTC)
    (screen,) = tick(service)
    assert "by Mon 11:50 (in 11 h 30 min)" in say_line(screen.head)


def test_a_reminder_of_a_changed_rule_set_is_not_given(
    service: Service, clock: Clock, machine: FlowMachine
) -> None:
    """Its deadline has changed under the current policy."""
    do(service, "/triage", "gait")
    other = replace(service.setting, engine=Engine(machine, "nice", UTC))
    clock.now = DUE
    assert tick(replace(service, setting=other)) == []


@pytest.mark.parametrize("clock_name", ["", "mri", "banana", "x" * 4000, "\u202e<b>"])
def test_snooze_puts_off_the_clock_that_runs(service: Service, clock_name: str) -> None:
    do(service, "/triage", "gait")
    (screen,) = do(service, f"/snooze {clock_name}")
    assert screen.plain().endswith(f"{at_work(service).code}: reminded again at 12:30.")


def test_the_treatment_cannot_be_snoozed_before_its_clock_runs(service: Service) -> None:
    do(service, "/triage", "gait")
    assert "nothing is left" in do(service, "/snooze treatment")[0].plain()
    assert "mri_snoozed" not in [
        e.kind for e in service.store.reminders.pending(at_work(service).code)
    ]


def test_the_mri_cannot_be_snoozed_once_only_the_treatment_is_awaited(service: Service) -> None:
    triage(service, **{**WAITING, **IMAGES}, escc="3")
    assert "nothing is left" in do(service, "/snooze mri")[0].plain()
    assert "reminded again at" in do(service, "/snooze treatment")[0].plain()


def test_a_snooze_does_not_swallow_the_escalation(service: Service, clock: Clock) -> None:
    do(service, "/triage", "gait")
    clock.now = DUE - timedelta(minutes=10)
    tick(service)
    do(service, "/snooze")
    clock.now = DUE + timedelta(minutes=20)
    said = tick(service)[0].plain()
    assert "MRI overdue: phone radiology and the coordinator now." in said


def test_a_snoozed_treatment_is_said_to_be_overdue(service: Service, clock: Clock) -> None:
    triage(service, **{**WAITING, **IMAGES}, escc="3")
    clock.now = NOON + timedelta(hours=24)
    assert labels(tick(service)) == ["Treatment begun", "Snooze 30 min"]
    do(service, "/snooze treatment")
    clock.pass_by(minutes=30)
    assert "Treatment overdue: phone the spinal surgeon" in tick(service)[0].plain()


def test_a_reminder_says_who_it_is_about_whom_to_call_and_what_is_not_requested(
    service: Service, clock: Clock
) -> None:
    do(service, "/triage", "gait")
    clock.now = DUE
    said = tick(service)[0].plain()
    assert "\nCord signs: Gait or balance\nCall: Spinal coordinator, 020" in said
    assert "Not requested yet" in said
    do(service, "/requested")
    clock.pass_by(minutes=30)
    assert "Not requested" not in tick(service)[0].plain()


def test_the_last_reminder_cannot_be_put_off(service: Service, clock: Clock) -> None:
    do(service, "/triage", "gait")
    clock.now = DUE + timedelta(minutes=90)
    assert labels(tick(service)) == ["MRI done"]


def test_the_cauda_equina_limit_is_reminded_of_once(service: Service, clock: Clock) -> None:
    do(service, "/triage", "bladder", "/requested")
    clock.now = NOON + timedelta(hours=4)
    (screen,) = tick(service)
    assert "cauda equina: 4 h since the request, MRI not recorded as done" in screen.plain()
    assert "Requested 12:00" in screen.plain()
    assert_fits(screen)
    do(service, "/requested", "/snooze")
    clock.pass_by(minutes=30)
    (screen,) = tick(service)
    assert "You put this off" in screen.plain()


def test_a_cauda_equina_that_is_corrected_is_not_reminded_of(
    service: Service, clock: Clock
) -> None:
    do(service, "/triage", "bladder,gait", "/requested", "/edit 1", "/correct gait")
    clock.now = NOON + timedelta(hours=4)
    assert tick(service) == []


def test_a_reminder_that_a_note_made_needless_is_back_when_the_note_is_taken_back(
    service: Service, clock: Clock
) -> None:
    do(service, "/triage", "bladder", "/requested")
    clock.now = NOON + timedelta(hours=4)
    with service.store.turn():
        reminder = Reminding(service).claim()
    assert reminder is not None and reminder.kind == CAUDA_EQUINA
    do(service, "/scanned")
    with service.store.turn():
        assert Reminding(service).remind(reminder) == ()
    assert Reminding(service).next_due() != reminder.due_at
    clock.pass_by(minutes=30)
    assert tick(service) == []
    do(service, "/undo scanned")
    (screen,) = tick(service)
    assert "cauda equina: 4 h since the request, MRI not recorded as done" in screen.plain()


def test_a_reminder_still_queued_when_a_note_came_is_back_when_that_is_taken_back(
    service: Service, clock: Clock
) -> None:
    phone = replace(service, touch=True)
    reminding = Reminding(phone)
    do(service, "/triage", "bladder", "/requested")
    shown(service)
    clock.now = NOON + timedelta(hours=4)
    with service.store.turn():
        reminder = reminding.claim()
        assert reminder is not None and reminding.remind(reminder)
    (row,) = service.store.outbox.queued()
    do(service, "/scanned")
    assert not reminding.may_start(row)
    do(service, "/undo scanned")
    (screen,) = tick(service)
    assert "cauda equina: 4 h since the request, MRI not recorded as done" in screen.plain()


def test_a_restart_leaves_an_alarm_to_be_repeated_after_the_minutes_of_its_group(
    service: Service,
) -> None:
    team = in_a_group(service)
    store = team.service.store
    with store.turn():
        store.groups.change(Group(GROUP, ANN, NOON, repeat_min=5))
    team.types(ANN, "/triage", chat=GROUP)
    team.taps(ANN, team.newest(), "Gait or balance")
    with store.turn():
        Reminding(team.service).renew([team.case().code])
    first = store.reminders.first()
    assert first and (first.kind, first.due_at) == (REPEAT, NOON + timedelta(minutes=5))
