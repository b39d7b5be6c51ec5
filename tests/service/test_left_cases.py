"""Open cases of people who lost access: offered once to each owner, taken over exactly once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.incoming import Command, Incoming, Tap, Text
from bot.screens.screen import load
from bot.service.offering import offer_left_cases
from bot.service.reminding import Reminding
from bot.service.service import Service
from state.records import StoredCase
from tests.access import only
from tests.conftest import NOON, Clock
from tests.dialogue import shown, tap

ANN, BOB, CAT = "1001", "1002", "1003"


def owned(service: Service, *owners: str) -> Service:
    """The same service, started with these owners."""
    return replace(service, touch=True, access=only(*owners))


@pytest.fixture
def left(service: Service) -> StoredCase:
    """An emergency of Ann's, whom the next start leaves out."""
    return begin(owned(service, ANN, BOB, CAT), ANN)


def begin(service: Service, who: str) -> StoredCase:
    service.take(Incoming(who, who, Command("triage")))
    tap(service, "Gait or balance", who, who)
    shown(service, who)
    case = service.store.cases.active(who)
    assert case is not None
    return case


def case_now(service: Service, code: str) -> StoredCase:
    case = service.store.cases.find(code)
    assert case is not None
    return case


def test_each_owner_who_is_left_is_told_once_with_a_button(
    service: Service, left: StoredCase
) -> None:
    after = owned(service, BOB, CAT)
    assert [*offer_left_cases(after)] == [BOB, CAT]
    for who in (BOB, CAT):
        (said,) = shown(after, who)
        assert said.alert
        assert f"{left.code}: EMERGENCY, MRI in 12 h" in said.plain()
        assert [[each.label for each in row] for row in said.rows] == [[f"Take over {left.code}"]]
    assert shown(after, ANN) == []
    assert [*offer_left_cases(after)] == []
    assert [*offer_left_cases(owned(service, BOB))] == []


def test_an_owner_who_is_new_is_told_at_the_next_start(service: Service, left: StoredCase) -> None:
    assert [*offer_left_cases(owned(service, BOB))] == [BOB]
    assert [*offer_left_cases(owned(service, BOB, CAT))] == [CAT]


def test_whoever_came_back_and_left_again_is_told_of_again(
    service: Service, left: StoredCase
) -> None:
    assert [*offer_left_cases(owned(service, BOB))] == [BOB]
    assert [*offer_left_cases(owned(service, ANN, BOB))] == []
    assert [*offer_left_cases(owned(service, BOB))] == [BOB]


def test_a_case_with_notes_alone_is_offered_and_goes_on(service: Service) -> None:
    everybody = owned(service, ANN, BOB)
    for name in ("triage", "given", "requested"):
        everybody.take(Incoming(ANN, ANN, Command(name)))
    case = service.store.cases.active(ANN)
    assert case is not None
    after = owned(service, BOB)
    assert [*offer_left_cases(after)] == [BOB]
    after.take(Incoming(BOB, BOB, Command("takeover", case.code)))
    moved = case_now(service, case.code)
    assert moved.owner == BOB and moved.timeline[: len(case.timeline)] == case.timeline


def test_nothing_is_offered_that_somebody_sees_or_nobody_needs(service: Service) -> None:
    everybody = owned(service, ANN, BOB, "terminal")
    begin(everybody, BOB)
    begin(everybody, "terminal")
    everybody.take(Incoming(ANN, ANN, Command("triage")))
    closed = begin(everybody, ANN)
    everybody.take(Incoming(ANN, ANN, Command("close", "other")))
    assert case_now(service, closed.code).status == "closed"
    assert [*offer_left_cases(owned(service, BOB))] == []
    assert [*offer_left_cases(replace(service, touch=True))] == []


def test_a_case_moves_with_its_reminders_to_whoever_taps_first_and_only_once(
    service: Service, left: StoredCase
) -> None:
    before = service.store.reminders.pending(left.code)
    after = owned(service, BOB, CAT)
    assert [*offer_left_cases(after)]
    (bobs,) = after.store.outbox.queued(BOB)
    (cats,) = after.store.outbox.queued(CAT)
    for number in range(3):
        shown(after, BOB)
        after.take(Incoming(BOB, BOB, Tap(bobs.token or "", 0), f"q{number}"))
        assert any(left.code in each.plain() for each in shown(after, BOB))
        moved = case_now(service, left.code)
        assert (moved.chat, moved.owner, moved.version) == (BOB, BOB, left.version + 1)
    shown(after, CAT)
    after.take(Incoming(CAT, CAT, Tap(cats.token or "", 0), "q"))
    assert f"{left.code}: a colleague has taken it over at 12:00." in shown(after, CAT)[0].plain()
    assert (case_now(service, left.code).owner, moved.answers) == (BOB, left.answers)
    assert service.store.cases.active_code(BOB) == left.code
    assert service.store.cases.active_code(ANN) is None
    now = service.store.reminders.pending(left.code)
    assert [(each.kind, each.due_at) for each in now] == [
        (each.kind, each.due_at) for each in before
    ]


def test_a_reminder_that_came_due_while_nobody_saw_the_case_is_not_lost(
    service: Service, left: StoredCase, clock: Clock
) -> None:
    after = owned(service, BOB)
    clock.now = NOON + timedelta(hours=9, minutes=1)
    with service.store.turn():
        assert Reminding(after).claim() is None
    assert service.store.reminders.pending(left.code) == []
    assert Reminding(after).next_due() is None
    after.take(Incoming(BOB, BOB, Command("takeover", left.code)))
    shown(after, BOB)
    assert [each.kind for each in service.store.reminders.pending(left.code)] == [
        "mri_before", "mri_due", "mri_overdue", "mri_still_overdue",
    ]  # fmt: skip
    clock.now = NOON + timedelta(hours=12)
    with service.store.turn():
        due = Reminding(after).claim()
        assert due is not None and Reminding(after).remind(due) == (BOB,)
    assert any(left.code in each.plain() for each in shown(after, BOB))
    assert shown(after, ANN) == []


def test_whoever_takes_over_goes_on_with_the_question(service: Service, left: StoredCase) -> None:
    after = owned(service, BOB)
    own = begin(after, BOB)
    assert [*offer_left_cases(after)]
    tap(after, f"Take over {left.code}", BOB, BOB)
    tap(after, "Continue", BOB, BOB)
    tap(after, "Bladder", BOB, BOB)
    moved = case_now(service, left.code)
    assert moved.latest["cord_signs"] == ["gait", "bladder"]
    assert moved.answers[-1].who == BOB
    assert case_now(service, own.code).answers == own.answers


def test_whoever_takes_over_first_sees_what_has_been_done(
    service: Service, left: StoredCase, clock: Clock
) -> None:
    both = owned(service, ANN, BOB)
    both.take(Incoming(ANN, ANN, Command("given")))
    shown(both, ANN)
    clock.pass_by(hours=1)
    after = owned(service, BOB)
    after.take(Incoming(BOB, BOB, Command("takeover", left.code)))
    (card,) = shown(after, BOB)
    for said in ("12:00 Steroid given", "13:00 Taken over", "in 11 h", "020 7946 0000"):
        assert said in card.plain()
    assert not any(each.label.startswith("Undo: Taken") for row in card.rows for each in row)
    after.take(Incoming(BOB, BOB, Command("undo")))
    said = "\n".join(each.plain() for each in shown(after, BOB))
    assert "Taken back: 12:00 Steroid given" in said


def test_whoever_lost_a_case_is_told_that_a_colleague_has_it(
    service: Service, left: StoredCase
) -> None:
    owned(service, BOB).take(Incoming(BOB, BOB, Command("takeover", left.code)))
    back = owned(service, ANN, BOB, CAT)
    back.take(Incoming(ANN, ANN, Command("resume", left.code)))
    said = f"{left.code}: a colleague has taken it over at 12:00."
    assert said in shown(back, ANN)[0].plain()
    back.take(Incoming(CAT, CAT, Command("resume", left.code)))
    assert "no such case" in shown(back, CAT)[0].plain()
    assert case_now(service, left.code).owner == BOB


@pytest.mark.parametrize("dropped", [True, False])
def test_no_reminder_of_the_time_before_a_take_over_comes_late(
    service: Service, left: StoredCase, clock: Clock, dropped: bool
) -> None:
    after = owned(service, BOB)
    clock.now = NOON + timedelta(hours=9, minutes=12)
    if dropped:
        with service.store.turn():
            assert Reminding(after).claim() is None
    after.take(Incoming(BOB, BOB, Command("takeover", left.code)))
    before = service.store.reminders.pending(left.code)
    assert before and all(each.due_at > clock.now for each in before)
    clock.now += timedelta(minutes=20)
    with service.store.turn():
        assert Reminding(after).renew([left.code]) == ()
        assert service.store.reminders.pending(left.code) == before
        assert Reminding(after).claim() is None


@pytest.mark.parametrize("code", ["NEM-99", "Smythe", "9434765919", "KES-42"])
def test_nothing_else_can_be_taken_over(service: Service, code: str) -> None:
    both = owned(service, ANN, BOB)
    annes = begin(both, ANN)
    for typed in (code, annes.code):
        both.take(Incoming(BOB, BOB, Command("takeover", typed)))
        said = shown(both, BOB)[0].plain()
        assert "no case to take over; allowed: a code that /takeover lists" in said
        assert "Smythe" not in said and "9434765919" not in said
    assert case_now(service, annes.code) == annes


def test_somebody_without_access_takes_nothing_over(service: Service, left: StoredCase) -> None:
    after = owned(service, BOB)
    after.take(Incoming(CAT, CAT, Command("takeover", left.code)))
    assert shown(after, CAT) == []
    assert case_now(service, left.code) == left


def test_many_cases_are_listed_in_pages(service: Service) -> None:
    all_three = owned(service, ANN, BOB)
    codes = {begin(all_three, ANN).code for _ in range(6)}
    after = owned(service, BOB)
    assert [*offer_left_cases(after)]
    seen = set[str]()
    for page in range(1, 4):
        after.take(Incoming(BOB, BOB, Command("takeover", f"page {page}")))
        for row in after.store.outbox.queued(BOB):
            screen = load(row.screens[-1])
            labels = [each.label for line in screen.rows for each in line]
            assert len(labels) <= 5
            seen |= {each.removeprefix("Take over ") for each in labels} & codes
    assert seen == codes
    shown(after, BOB)
    after.take(Incoming(BOB, BOB, Command("takeover")))
    assert shown(after, BOB)


def test_without_a_left_case_the_list_says_so(service: Service) -> None:
    after = owned(service, BOB)
    after.take(Incoming(BOB, BOB, Command("takeover")))
    assert "No open case is unattended." in shown(after, BOB)[0].plain()


def test_a_case_of_the_terminal_is_left_to_it(service: Service) -> None:
    for act in (Command("triage"), Text("1")):
        service.take(Incoming("terminal", "you", act))
    case = service.store.cases.active("terminal")
    assert case is not None
    after = owned(service, BOB)
    after.take(Incoming(BOB, BOB, Command("takeover", case.code)))
    (said,) = shown(after, BOB)
    assert "no case to take over" in said.plain()
    assert case_now(after, case.code) == case
