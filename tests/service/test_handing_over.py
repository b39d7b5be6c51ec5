"""A hand-over at the change of shift: offered, read back, accepted; one owner at every moment."""

import random
from datetime import datetime, timedelta

import pytest

from bot.conversation.handing_over import SILENT_FOR, TOLD_AFTER
from bot.incoming import Command, Incoming, Tap
from bot.screens.screen import load
from bot.service.handing_over import Due
from bot.service.reminding import Reminding
from bot.service.service import Service
from state.records import HANDED_OVER
from tests.conftest import NOON, Clock
from tests.service.change_of_shift import (
    ANN,
    BOB,
    CAT,
    DAN,
    NAMES,
    WARD,
    act,
    buttons,
    case_of,
    empty,
    offer,
    opened,
    press,
    read_back,
    right_option,
    said,
    text_of,
    tick,
    with_a_ward,
)
from tests.shares import quick_for


@pytest.fixture
def ward(service: Service) -> Service:
    return with_a_ward(service)


def test_a_case_is_offered_read_back_and_accepted(ward: Service) -> None:
    code = opened(ward, "gait")
    chosen = act(ward, ANN, "/handover")
    assert f"✓ {code}" in buttons(chosen)
    whom = press(ward, ANN, chosen, "To whom?")
    assert set(buttons(whom)) == {"Bob", "Cat", "Back"}
    assert "Cannot be messaged until they open this bot and tap Start: Dan." in text_of(whom)
    given = press(ward, ANN, whom, "Bob")
    assert f"Offered to Bob: {code}." in text_of(given) and "Withdraw" in buttons(given)
    assert "Offered to Bob at 12:00" in text_of(said(ward, WARD))
    offered = said(ward, BOB)
    assert offered[0].alert and "Ann is handing over to you" in text_of(offered)
    asked = press(ward, BOB, offered, "Read back")
    assert "When is the scan due?" in text_of(asked) and "Mon 23 Nov" in str(buttons(asked))
    assert case_of(ward, code).owner == ANN
    asked = act(ward, BOB, right_option(ward, code)[0])
    assert "What is the next step?" in text_of(asked)
    last = act(ward, BOB, right_option(ward, code)[0])
    assert "tap New signs, call Spinal coordinator, 020 7946 0000" in text_of(last)
    assert case_of(ward, code).owner == ANN
    done = press(ward, BOB, last, f"Accept {code}")
    assert f"{code} is yours." in text_of(done)
    case = case_of(ward, code)
    assert case.owner == BOB and ward.store.handovers.all() == []
    entry = case.newest_entry(HANDED_OVER)
    assert entry is not None and (entry.detail, entry.who) == (ANN, BOB)
    told = text_of(said(ward, ANN))
    assert "Bob has read it back and owns it now" in told and "has ended" not in told
    assert "Owner: Bob, since 12:00" in text_of(said(ward, WARD))
    act(ward, BOB, f"/resume {code}")
    assert "12:00 Handed over: Ann → Bob, read back" in text_of(act(ward, BOB, "/card"))


def test_whoever_has_handed_a_case_over_is_not_said_to_answer_it(ward: Service) -> None:
    code = opened(ward, "gait")
    act(ward, ANN, f"/open {code}")
    row = offer(ward, code)
    assert "Ann is answering" in text_of(said(ward, WARD))
    read_back(ward, code)
    act(ward, BOB, f"/handover accept {row.offer} {code}")
    assert "is answering" not in text_of(said(ward, WARD))
    assert "is answering" not in text_of(act(ward, CAT, f"/open {code}"))


def test_what_was_offered_and_accepted_is_audited_with_from_and_to(ward: Service) -> None:
    code = opened(ward, "gait")
    row = offer(ward, code)
    read_back(ward, code)
    act(ward, BOB, f"/handover accept {row.offer} {code}")
    ann, bob = (ward.store.audit.pseudonym(who) for who in (ANN, BOB))
    with ward.store.audit.trail() as trail:
        rows = [each for each in trail.rows if each.what in ("offered", "handed over")]
    assert [(each.what, each.code) for each in rows] == [("offered", code), ("handed over", code)]
    assert [(each.who, each.about) for each in rows] == [(ann, bob), (bob, ann)]


def test_a_wrong_tap_shows_the_right_option_and_is_asked_again(ward: Service) -> None:
    code = opened(ward, "gait")
    row = offer(ward, code)
    for step in (0, 1):
        right, wrong = right_option(ward, code)
        asked = act(ward, BOB, wrong)
        assert "Not that one. The answer is: " in text_of(asked)
        kept = ward.store.handovers.of(code)
        assert kept is not None and kept.read == step
        refused = act(ward, BOB, f"/handover accept {row.offer} {code}")
        assert case_of(ward, code).owner == ANN and f"Accept {code}" not in buttons(refused)
        act(ward, BOB, right)
    act(ward, BOB, f"/handover accept {row.offer} {code}")
    assert case_of(ward, code).owner == BOB


def test_a_second_tap_on_an_option_answers_no_other_question(ward: Service) -> None:
    code = opened(ward, "gait")
    row = offer(ward, code)
    empty(ward)
    for option in range(3):
        right, _ = right_option(ward, code)
        asked = act(ward, BOB, right if option == 0 else f"{right[:-3]}0 {option}")
        kept = ward.store.handovers.of(code)
        assert kept is not None and kept.read == 1
        assert "What is the next step?" in text_of(asked) and "Not that" not in text_of(asked)
    act(ward, BOB, f"/handover back {row.offer} {code} 1 what")
    act(ward, BOB, f"/handover back {row.offer}")
    assert ward.store.handovers.of(code) == kept


def test_a_case_that_is_offered_is_not_offered_to_somebody_else_as_well(ward: Service) -> None:
    code, other = opened(ward, "gait"), opened(ward, "gait")
    row = offer(ward, code)
    asked = act(ward, ANN, f"/handover to {CAT} {WARD} {code},{other}")
    assert f"No longer yours to hand over: “{code}”. Nothing was offered" in text_of(asked)
    assert ward.store.handovers.all() == [row]
    assert f"{code} was offered to Bob at 12:00." in text_of(act(ward, ANN, f"/handover {code}"))


def test_a_redraw_shows_the_same_options_in_the_same_order(ward: Service, clock: Clock) -> None:
    code = opened(ward, "gait")
    row = offer(ward, code)
    empty(ward)
    first = act(ward, BOB, f"/handover read {row.offer}")
    clock.pass_by(minutes=4)
    assert act(ward, BOB, f"/handover read {row.offer}") == first
    act(ward, CAT, f"/called {code}")
    assert act(ward, BOB, f"/handover read {row.offer}") == first


def test_each_case_passes_when_it_is_accepted_and_the_next_is_asked(ward: Service) -> None:
    first, second = opened(ward, "gait"), opened(ward, "saddle_anaesthesia")
    row = offer(ward, first, second)
    read_back(ward, first)
    asked = act(ward, BOB, f"/handover accept {row.offer} {first}")
    assert f"{first} is yours." in text_of(asked) and f"{second} · 1 left to accept" in text_of(
        asked
    )
    assert [case_of(ward, code).owner for code in (first, second)] == [BOB, ANN]
    read_back(ward, second)
    act(ward, BOB, f"/handover accept {row.offer} {second}")
    assert [case_of(ward, code).owner for code in (first, second)] == [BOB, BOB]


def test_a_declined_case_stays_with_its_giver_who_is_told(ward: Service) -> None:
    first, second = opened(ward, "gait"), opened(ward, "gait")
    row = offer(ward, first, second)
    empty(ward)
    act(ward, BOB, f"/handover decline {row.offer} {first}")
    assert f"Bob declined {first}. You still own it." in text_of(said(ward, ANN))
    assert "Offered to" not in text_of(said(ward, WARD))
    assert [each.code for each in ward.store.handovers.all()] == [second]
    act(ward, BOB, f"/handover decline {row.offer}")
    assert ward.store.handovers.all() == [] and case_of(ward, second).owner == ANN


def test_a_giver_takes_an_offer_back(ward: Service) -> None:
    code = opened(ward, "gait")
    row = offer(ward, code)
    read_back(ward, code)
    empty(ward)
    stands = act(ward, ANN, "/handover")
    assert f"Offered to Bob at 12:00: {code}" in text_of(stands)
    press(ward, ANN, stands, "Withdraw: Bob")
    assert f"Ann has withdrawn the offer of {code}." in text_of(said(ward, BOB))
    late = act(ward, BOB, f"/handover accept {row.offer} {code}")
    assert "That offer has ended" in text_of(late) and case_of(ward, code).owner == ANN


@pytest.mark.parametrize("who", [ANN, CAT])
def test_only_the_receiver_reads_back_and_only_the_owner_offers(ward: Service, who: str) -> None:
    code = opened(ward, "gait")
    row = offer(ward, code)
    read_back(ward, code)
    act(ward, who, f"/handover accept {row.offer} {code}")
    act(ward, who, f"/handover decline {row.offer} {code}")
    assert case_of(ward, code).owner == ANN and ward.store.handovers.of(code) is not None
    act(ward, CAT, f"/handover withdraw {row.offer}")
    assert ward.store.handovers.of(code) is not None
    act(ward, ANN, f"/handover withdraw {row.offer}")
    act(ward, CAT, f"/handover to {CAT} {WARD} {code}")
    assert ward.store.handovers.of(code) is None
    assert "Ann owns it" in text_of(act(ward, CAT, f"/handover {code}"))


def test_somebody_who_never_started_the_bot_is_offered_nothing(ward: Service) -> None:
    code = opened(ward, "gait")
    asked = act(ward, ANN, f"/handover to {DAN} {WARD} {code}")
    assert "to whom?" in text_of(asked) and ward.store.handovers.of(code) is None
    act(ward, DAN, "/triage")
    act(ward, ANN, f"/handover to {DAN} {WARD} {code}")
    assert ward.store.handovers.of(code) is not None


@pytest.mark.parametrize(
    ("line", "who", "why", "owner"),
    [
        ("/have {code}", CAT, "Cat owns it now", CAT),
        ("/have {code}", BOB, "Bob owns it now", BOB),
        ("/newsigns", CAT, "the case has changed. Ann still owns it and may offer it again", ANN),
        ("/close transferred", ANN, "the case is closed", ANN),
    ],
)
def test_what_happens_to_a_case_meanwhile_ends_its_offer_and_both_are_told(
    ward: Service, line: str, who: str, why: str, owner: str
) -> None:
    code, other = opened(ward, "gait"), opened(ward, "gait")
    offer(ward, code, other)
    read_back(ward, code)
    for _ in range(2):
        act(ward, who, f"/open {code}")
    empty(ward)
    if line == "/newsigns":
        tick(ward, who, code, "saddle_anaesthesia")
        own = []
    else:
        own = act(ward, who, line.format(code=code))
    for each in (ANN, BOB):
        told = text_of([*(own if who == each else ()), *said(ward, each)])
        assert f"{code}: the hand-over from Ann to Bob has ended: {why}" in told
        if line == "/newsigns":
            assert f"EMERGENCY · MRI by Mon 00:00 (in 12 h) · {code}\n{code}: the hand" in told
    assert "Offered to" not in said(ward, WARD)[-1].plain()
    assert [each.code for each in ward.store.handovers.all()] == [other]
    assert case_of(ward, code).owner == owner


def test_a_receiver_who_leaves_the_group_gets_nothing(ward: Service, clock: Clock) -> None:
    code = opened(ward, "gait")
    row = offer(ward, code)
    read_back(ward, code)
    with ward.store.turn():
        ward.store.groups.part(WARD, BOB)
    empty(ward)
    act(ward, BOB, f"/handover accept {row.offer} {code}")
    assert case_of(ward, code).owner == ANN
    assert "can no longer take it. Ann still owns it" in text_of(said(ward, ANN))


def test_a_receiver_without_access_is_told_nothing_and_the_giver_is(ward: Service) -> None:
    code = opened(ward, "gait")
    offer(ward, code)
    empty(ward)
    with ward.store.turn():
        ward.store.members.remove(BOB)
    act(ward, CAT, "/help")
    assert "Bob can no longer take it" in text_of(said(ward, ANN))
    assert said(ward, BOB) == [] and ward.store.handovers.all() == []


def test_of_a_giver_who_has_left_nobody_is_told_that_they_own_it(
    ward: Service, clock: Clock
) -> None:
    code = opened(ward, "gait")
    offer(ward, code)
    with ward.store.turn():
        ward.store.groups.part(WARD, ANN)
    empty(ward)
    clock.now += TOLD_AFTER
    remind(ward)
    assert text_of(said(ward, BOB)).endswith(
        f"{code}: whoever offered this has left. Nobody owns it until you accept."
    )
    assert (
        f"Nobody owns {code}: whoever offered this has left, and Bob has not accepted. "
        "To take it, tap I have it."
    ) in text_of(said(ward, WARD))
    read_back(ward, code)
    (row,) = ward.store.handovers.all()
    act(ward, BOB, f"/handover accept {row.offer} {code}")
    assert case_of(ward, code).owner == BOB


def test_a_receiver_who_is_erased_gets_nothing_and_is_not_stored(ward: Service) -> None:
    code = opened(ward, "gait")
    offer(ward, code)
    empty(ward)
    act(ward, BOB, "/forget yes")
    assert "the hand-over from Ann to" in text_of(said(ward, ANN))
    assert ward.store.handovers.all() == [] and case_of(ward, code).owner == ANN


def test_of_a_giver_who_is_erased_the_receiver_is_told_that_the_case_needs_an_owner(
    ward: Service,
) -> None:
    code = opened(ward, "gait", who=BOB)
    offer(ward, code, giver=BOB, receiver=CAT)
    empty(ward)
    act(ward, BOB, "/forget yes")
    told = text_of(said(ward, CAT))
    assert f"{code}: the hand-over from Somebody who has left to Cat" in told
    assert "The case needs an owner: to take it, tap I have it" in told
    assert ward.store.handovers.all() == []


def test_what_is_stored_of_a_hand_over_is_given_without_the_other_person(ward: Service) -> None:
    code, other = opened(ward, "gait"), opened(ward, "gait")
    row = offer(ward, code, other)
    read_back(ward, code)
    act(ward, BOB, f"/handover accept {row.offer} {code}")
    stored = ward.store.people.stored_of(BOB)
    assert [each["code"] for each in stored["handovers"]] == [other]
    assert ANN not in str(stored["handovers"]) and ANN not in str(stored["events"])
    given = ward.store.people.stored_of(ANN)
    assert ANN in str(given["events"]) and BOB not in str(given["events"])
    assert BOB not in str(given["buttons"])


def next_due(service: Service) -> datetime | None:
    return service.store.handovers.next_due()


def remind(service: Service) -> tuple[str, ...]:
    """Remind of everything that is due; return the chats that are told of a hand-over."""
    reminding, told = Reminding(service), ()
    with service.store.turn():
        while due := reminding.claim():
            chats = reminding.remind(due)
            told = chats if isinstance(due, Due) else told
    return told


def test_both_are_reminded_after_a_silence_and_the_group_once(ward: Service, clock: Clock) -> None:
    code = opened(ward, "gait")
    row = offer(ward, code)
    empty(ward)
    assert next_due(ward) == NOON + SILENT_FOR
    clock.now = NOON + SILENT_FOR - timedelta(seconds=1)
    assert remind(ward) == ()
    clock.now = NOON + SILENT_FOR
    assert set(remind(ward)) == {ANN, BOB} and remind(ward) == ()
    for who, line in (
        (ANN, f"Not handed over yet: {code}. Bob has not accepted; you still own it."),
        (BOB, f"Ann is waiting for you to accept {code}. Until you accept, Ann owns it."),
    ):
        (screen,) = said(ward, who)
        assert line in screen.plain() and screen.alert
    clock.pass_by(minutes=1)
    act(ward, BOB, f"/handover read {row.offer}")
    assert next_due(ward) == clock.now + SILENT_FOR
    clock.now = NOON + TOLD_AFTER
    assert set(remind(ward)) == {ANN, BOB, WARD}
    screen = said(ward, WARD)[-1]
    assert f"Not handed over: {code}. Still Ann's: Bob has not accepted." in screen.plain()
    assert screen.alert
    clock.pass_by(hours=5)
    assert next_due(ward) is None and remind(ward) == ()


def test_nobody_is_reminded_of_what_is_handed_over(ward: Service, clock: Clock) -> None:
    code = opened(ward, "gait")
    row = offer(ward, code)
    read_back(ward, code)
    act(ward, BOB, f"/handover accept {row.offer} {code}")
    clock.pass_by(hours=1)
    assert next_due(ward) is None and remind(ward) == ()


def test_a_deadline_that_passes_meanwhile_is_read_back_from_the_beginning(
    ward: Service, clock: Clock
) -> None:
    code = opened(ward, "gait")
    row = offer(ward, code)
    last = read_back(ward, code)
    clock.pass_by(hours=30)
    again = press(ward, BOB, last, f"Accept {code}")
    assert "read it back from the beginning" in text_of(again)
    assert case_of(ward, code).owner == ANN
    read_back(ward, code)
    act(ward, BOB, f"/handover accept {row.offer} {code}")
    assert case_of(ward, code).owner == BOB


def test_the_button_in_the_group_leads_the_owner_alone_to_the_hand_over(ward: Service) -> None:
    code = opened(ward, "gait")
    service = ward
    service.take(Incoming(WARD, ANN, Command("triage"), name="Ann"))
    rows = service.store.outbox.queued(WARD)
    row = rows[-1]
    every = [b for each in row.screens for line in load(each).rows for b in line]
    place = next(n for n, each in enumerate(every) if each.label == "Hand to …")
    other = every[place].does.partition(" ")[2]
    said(service, WARD)
    assert row.token is not None
    service.take(Incoming(WARD, CAT, Tap(row.token, place), query="q", name="Cat"))
    assert f"{other}: Ann owns it" in text_of(said(service, WARD))
    service.take(Incoming(WARD, ANN, Tap(row.token, place), query="q", name="Ann"))
    (toast,) = said(service, WARD)
    assert toast.leads_to.startswith("c") and other != code
    assert "to whom?" in text_of(act(service, ANN, f"/start {toast.leads_to}"))
    told = text_of(act(service, CAT, f"/start {toast.leads_to}"))
    assert "That link is not yours" in told and "to whom?" not in told


@pytest.mark.parametrize("seed", quick_for(range(40), *range(8)))
def test_whoever_taps_what_and_when_each_case_has_one_owner(
    ward: Service, clock: Clock, seed: int
) -> None:
    """A hand-over is accepted only when it was read back, and by whom it was offered to."""
    chance = random.Random(seed)
    codes = [opened(ward, "gait") for _ in range(3)]
    accepted = 0
    for _ in range(60):
        who, code = chance.choice((ANN, BOB, CAT)), chance.choice(codes)
        clock.pass_by(seconds=chance.choice((1, 30, 400)))
        before = {each: case_of(ward, each).owner for each in codes}
        row = ward.store.handovers.of(code)
        token = row.offer if row else "gone"
        whom = chance.choice((ANN, BOB, CAT))
        right, wrong = right_option(ward, code) if row else ("/handover", "/handover")
        line = chance.choice(
            (
                f"/handover to {whom} {WARD} {code}",
                *[right] * 4,
                wrong,
                *[f"/handover accept {token} {code}"] * 3,
                f"/handover decline {token}",
                f"/handover withdraw {token}",
                f"/have {code}",
            )
        )
        remind(ward)
        act(ward, who, line)
        for each in codes:
            case, now = case_of(ward, each), ward.store.handovers.of(each)
            assert case.owner in NAMES
            assert now is None or (now.giver == case.owner != now.receiver)
            if case.owner != before[each]:
                ready = row is not None and row.read == 2 and row.receiver == who
                assert each == code and case.owner == who
                assert line.startswith("/have") or (ready and "accept" in line)
                accepted += "accept" in line
        empty(ward)
    lines = [e for c in codes for e in case_of(ward, c).timeline if e.kind == HANDED_OVER]
    assert sum(bool(each.detail) for each in lines) == accepted
