"""One turn, one transaction: over a real database."""

import re
from dataclasses import replace

import pytest

from bot.conversation.events import Answered
from bot.conversation.time_line import STALE_AFTER
from bot.incoming import Command, Incoming, Tap, Text
from bot.screens.screen import load, say_line
from bot.service.service import Service
from bot.turn import new_codes
from state.records import SCREEN, Card
from state.sql.outbox import Outbox
from state.store import Conflict
from tests.conftest import Clock, OpenStore
from tests.dialogue import (
    AFTER_A_SIGN,
    AFTER_NO_SIGN,
    CHAT,
    FIRST,
    ask,
    asked,
    do,
    shown,
    tap,
    triage,
)


def active_code(service: Service) -> str:
    case = service.store.cases.active(CHAT)
    assert case is not None
    return case.code


def test_a_case_is_found_again_after_a_restart(
    service: Service, clock: Clock, open_again: OpenStore
) -> None:
    triage(service, cord_signs=[], radicular_deficit="none")
    code, question = active_code(service), asked(service)
    service.store.close()

    again = Service(open_again(), service.setting, clock)
    screens = do(again, "/look")
    assert active_code(again) == code
    assert screens[-1].title.startswith(code)
    assert ask(question) in screens[-1].plain()
    again.store.close()


def test_triage_at_a_fresh_first_question_changes_nothing(service: Service) -> None:
    do(service, "/triage")
    before = service.store.cases.active(CHAT)
    first = do(service, "/look")
    again = do(service, "/triage")
    after = service.store.cases.active(CHAT)
    assert before is not None and after is not None
    assert (after.code, after.begun_at) == (before.code, before.begun_at)
    assert again == first


def test_a_first_question_left_alone_does_not_keep_its_old_clock(
    service: Service, clock: Clock
) -> None:
    do(service, "/triage")
    code = active_code(service)
    clock.now += STALE_AFTER * 2
    do(service, "/triage")
    case = service.store.cases.active(CHAT)
    assert case is not None
    assert (case.code, case.begun_at) == (code, clock.now)


def test_triage_after_an_answer_begins_another_case_and_resume_goes_back(service: Service) -> None:
    do(service, "/triage", "gait")
    first = active_code(service)
    do(service, "/triage")
    second = active_code(service)
    assert first != second
    do(service, "none")
    screens = do(service, f"/resume {first.lower()}")
    assert active_code(service) == first
    head = say_line(screens[-1].head)
    assert head.startswith("EMERGENCY · MRI by") and head.endswith(first)


def test_a_case_of_another_chat_cannot_be_resumed(service: Service) -> None:
    do(service, "/triage", chat="other", who="eve")
    other = service.store.cases.active("other")
    assert other is not None
    for code in (other.code, "KES-42'; DROP TABLE cases; --"):
        assert "no such case" in do(service, f"/resume {code}")[0].plain()
    assert "None is open." in do(service, "/resume")[0].plain()
    assert service.store.cases.active(CHAT) is None


@pytest.mark.parametrize("typed", ["\u202eabc", "a\nb\nc", "\x00", "\u0663\u200f"])
def test_what_cannot_be_seen_is_not_shown_when_it_is_refused(service: Service, typed: str) -> None:
    for name in ("resume", "called"):
        do(service, "/triage", "gait")
        service.take(Incoming(CHAT, "ann", Command(name, typed)))
        (screen,) = shown(service)
        (line,) = [
            line for line in screen.plain().split("\n") if "allowed" in line or "list" in line
        ]
        assert line.isascii() and line.isprintable()
        assert line.startswith(f"/{name}: no")


def test_without_a_case_nothing_is_handled(service: Service) -> None:
    for line in ("gait", "/card", "/back", "/plan", "/edit", "/earlier 2 h ago", "/cancel"):
        assert "No case is open here" in do(service, line)[0].plain(), line
    do(service, "/triage", "/close")
    assert "No case is open here" in do(service, "gait")[0].plain()


def test_the_list_of_cases_shows_the_urgency_and_what_was_closed_lately(
    service: Service, clock: Clock
) -> None:
    do(service, "/triage", "gait")
    emergency = active_code(service)
    do(service, "/triage", "none")
    closed = active_code(service)
    listed = do(service, "/close", "/cases")[0].plain()
    assert f"{emergency}: EMERGENCY, MRI in 12 h" in listed
    assert f"{closed}: not settled; cord signs: None of these; closed" in listed
    clock.pass_by(days=2)
    assert closed not in do(service, "/cases")[0].plain()


def test_a_failure_in_the_middle_of_a_turn_leaves_nothing_behind(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    do(service, "/triage", "none")
    before = service.store.cases.active(CHAT)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(Outbox, "enqueue", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        do(service, "bilateral")
    monkeypatch.undo()
    assert service.store.cases.active(CHAT) == before
    assert shown(service) == []


def test_of_two_changes_to_the_same_version_one_wins(service: Service, clock: Clock) -> None:
    do(service, "/triage")
    case = service.store.cases.active(CHAT)
    assert case is not None
    first = service.setting.engine.advance(case, Answered("cord_signs", []), "ann", clock.now)
    second = service.setting.engine.advance(
        case, Answered("cord_signs", ["gait"]), "bob", clock.now
    )
    with service.store.turn() as store:
        store.cases.save(first.case, case)
    with pytest.raises(Conflict), service.store.turn() as store:
        store.cases.save(second.case, case)
    kept = service.store.cases.active(CHAT)
    assert kept is not None
    assert kept.latest == {"cord_signs": []}


def test_the_deadline_is_counted_from_the_start_while_time_passes(
    service: Service, clock: Clock
) -> None:
    do(service, "/triage", "gait")
    clock.pass_by(hours=11, minutes=50)
    assert "MRI by Mon 00:00 (in 10 min)" in do(service, "/look")[-1].plain()
    assert "by Mon 23 Nov 00:00 UTC, in 10 min" in do(service, "/card")[-1].plain()
    clock.pass_by(hours=1)
    assert "OVERDUE since Mon 00:00 (50 min ago)" in do(service, "/look")[-1].plain()
    assert "OVERDUE since Mon 00:00 (50 min ago)" in do(service, "/card")[-1].plain()


def test_the_coordinator_stands_on_the_emergency_card(service: Service) -> None:
    do(service, "/triage")
    assert "Spinal coordinator, 020 7946 0000" in do(service, "gait")[0].plain()


def test_back_is_kept_across_a_restart(service: Service) -> None:
    triage(service, cord_signs=[], **{AFTER_NO_SIGN: "none"})
    do(service, "/back")
    assert ask(AFTER_NO_SIGN) in do(service, "/look")[-1].plain()


def test_codes_can_be_said_aloud_and_do_not_run_out() -> None:
    codes = [code for code, _ in zip(new_codes(), range(200), strict=False)]
    assert all(re.fullmatch(r"[KLMNRSVZ][AEO][KLMNRSVZ]-[1-9]\d{1,2}", code) for code in codes)
    assert len(set(codes)) > 190


@pytest.fixture
def touched(service: Service) -> Service:
    """A service whose buttons are tapped."""
    return replace(service, touch=True)


def test_one_tick_is_an_emergency_and_done_goes_on(touched: Service) -> None:
    touched.take(Incoming(CHAT, "ann", Command("triage")))
    screens = tap(touched, "Gait or balance")
    assert screens[0].alert
    assert "EMERGENCY · MRI by Mon 00:00 (in 12 h)" in say_line(screens[0].head)
    labels = [button.label for row in screens[-1].rows for button in row]
    assert "✓ Gait or balance" in labels
    screens = tap(touched, "Bladder")
    assert not screens[0].alert
    screens = tap(touched, "Done")
    assert screens[0].corrects and "Cauda equina: MRI within 4 h" in screens[0].plain()
    assert ask(AFTER_A_SIGN) in screens[-1].plain()
    case = touched.store.cases.active(CHAT)
    assert case is not None
    assert case.latest["cord_signs"] == ["gait", "bladder"]


def test_a_tick_taken_back_is_not_known_and_never_none(touched: Service) -> None:
    touched.take(Incoming(CHAT, "ann", Command("triage")))
    tap(touched, "Gait or balance")
    screens = tap(touched, "✓ Gait or balance")
    case = touched.store.cases.active(CHAT)
    assert case is not None
    assert case.latest["cord_signs"] == "unknown"
    assert screens[0].alert and "examine the cord signs" in screens[0].plain()
    for screen in screens:
        assert say_line(screen.head).startswith("EMERGENCY (provisional) · MRI by Mon 00:00")


def test_a_double_tap_is_one_tap_and_an_old_button_says_so(touched: Service) -> None:
    touched.take(Incoming(CHAT, "ann", Command("triage")))
    old = touched.store.outbox.queued(CHAT)[-1].token
    tap(touched, "None of these")
    touched.take(Incoming(CHAT, "ann", Tap(str(old), 8), query="again"))
    case = touched.store.cases.active(CHAT)
    assert case is not None
    assert case.latest == {"cord_signs": []}
    assert "older screen" in load(touched.store.outbox.queued(CHAT)[-1].screens[0]).plain()


@pytest.mark.parametrize(("known", "told"), [(None, "tap before"), (7, "tap before"), (9, "older")])
def test_a_double_tap_on_a_message_that_the_bot_has_not_heard_of_yet_is_told_so(
    touched: Service, known: int | None, told: str
) -> None:
    touched.take(Incoming(CHAT, "ann", Command("triage")))
    sent = touched.store.outbox.queued(CHAT)[-1].token
    case = touched.store.cases.active(CHAT)
    assert case is not None
    tap(touched, "None of these")
    if known is not None:
        touched.store.cards.keep(Card(case.code, SCREEN, CHAT, known, touched.clock()))
    touched.take(Incoming(CHAT, "ann", Tap(str(sent), 8), query="again", message_id=8))
    assert told in load(touched.store.outbox.queued(CHAT)[-1].screens[0]).plain()


@pytest.mark.parametrize("token", ["x" * 16, "", "' OR 1=1 --"])
def test_a_forged_button_shows_where_the_case_stands(touched: Service, token: str) -> None:
    touched.take(Incoming(CHAT, "ann", Command("triage")))
    touched.take(Incoming(CHAT, "ann", Tap(token, 0), query="q"))
    screens = [load(each) for each in touched.store.outbox.queued(CHAT)[-1].screens]
    assert "older screen" in screens[0].plain()
    assert ask(FIRST) in screens[-1].plain()


def test_a_button_of_another_chat_does_nothing(touched: Service) -> None:
    touched.take(Incoming("other", "eve", Command("triage")))
    token = touched.store.outbox.queued("other")[-1].token
    touched.take(Incoming(CHAT, "ann", Tap(str(token), 0), query="q"))
    other = touched.store.cases.active("other")
    assert other is not None
    assert other.answers == ()


def test_taps_in_two_cases_land_each_in_its_own(touched: Service) -> None:
    touched.take(Incoming(CHAT, "ann", Command("triage")))
    first = touched.store.cases.active(CHAT)
    tap(touched, "None of these")
    one = touched.store.outbox.queued(CHAT)[-1]
    touched.take(Incoming(CHAT, "ann", Command("triage")))
    two = touched.store.outbox.queued(CHAT)[-1]
    second = touched.store.cases.active(CHAT)
    assert first is not None and second is not None
    touched.take(Incoming(CHAT, "ann", Tap(str(one.token), 0), query="q"))
    touched.take(Incoming(CHAT, "ann", Tap(str(two.token), 1), query="q"))
    kept = [touched.store.cases.find(case.code) for case in (first, second)]
    assert [case.latest for case in kept if case] == [
        {"cord_signs": [], AFTER_NO_SIGN: "bilateral"},
        {"cord_signs": ["gait"]},
    ]


def test_a_typed_word_is_confirmed_before_it_counts(touched: Service) -> None:
    touched.take(Incoming(CHAT, "ann", Command("triage")))
    touched.take(Incoming(CHAT, "ann", Text("gait, bladder")))
    case = touched.store.cases.active(CHAT)
    assert case is not None
    assert case.answers == ()
    tap(touched, "Yes, that is it")
    case = touched.store.cases.active(CHAT)
    assert case is not None
    assert case.latest == {"cord_signs": ["gait", "bladder"]}


def test_cancel_asks_once(touched: Service) -> None:
    touched.take(Incoming(CHAT, "ann", Command("triage")))
    tap(touched, "None of these")
    tap(touched, "Case")
    tap(touched, "More")
    tap(touched, "Close case")
    assert touched.store.cases.active(CHAT) is not None
    tap(touched, "Yes, close it")
    assert touched.store.cases.active(CHAT) is None


def test_looking_at_something_keeps_the_buttons_good(touched: Service) -> None:
    touched.take(Incoming(CHAT, "ann", Command("triage")))
    token = touched.store.outbox.queued(CHAT)[-1].token
    for command in ("edit", "card", "plan", "cases", "define", "help"):
        touched.take(Incoming(CHAT, "ann", Command(command)))
    touched.take(Incoming(CHAT, "ann", Tap(str(token), 8), query="q"))
    case = touched.store.cases.active(CHAT)
    assert case is not None
    assert case.latest == {"cord_signs": []}


def test_old_cases_are_erased_with_everything_of_theirs(touched: Service, clock: Clock) -> None:
    touched.take(Incoming(CHAT, "ann", Command("triage")))
    tap(touched, "Gait or balance")
    case = touched.store.cases.active(CHAT)
    assert case is not None
    touched.take(Incoming(CHAT, "ann", Command("close", "transferred")))
    clock.pass_by(days=29)
    touched.forget_old()
    assert touched.store.cases.find(case.code) is not None
    clock.pass_by(days=2)
    touched.forget_old()
    assert touched.store.cases.find(case.code) is None
    assert touched.store.outbox.queued(CHAT) == []


@pytest.mark.parametrize("touch", [True, False])
def test_help_typed_without_its_slash_helps_and_asks_on(service: Service, touch: bool) -> None:
    asked = replace(service, touch=touch)
    do(asked, "/triage")
    screens = do(asked, "Help")
    assert "/help lists every command" in screens[-1].plain()
    assert ask(FIRST) in screens[-1].plain()
