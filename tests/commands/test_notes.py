"""What follows the answer of a case: who did what and when, new signs, how it ended."""

import re
from dataclasses import replace
from datetime import UTC, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from bot.conversation.engine import Engine
from bot.conversation.events import Closed
from bot.conversation.machine import FlowMachine
from bot.conversation.replies import Notice
from bot.flows.triage import FLOW
from bot.flows.wording import words_of
from bot.incoming import Command, Incoming, Tap
from bot.installation import Setting
from bot.logic.case import CordSign
from bot.screens.alert import MOST_LINES
from bot.screens.card import draw_card
from bot.screens.drawn_lines import screen_lines
from bot.screens.screen import Screen, load, say_line
from bot.screens.view import View
from bot.service.service import Service
from state.records import Entry, StoredCase, Value
from state.store import Store
from tests.conftest import NOON, Clock, OpenStore, stored_case
from tests.conversation.paths import Chance
from tests.dialogue import (
    AFTER_A_SIGN,
    CHAT,
    FIRST,
    WITHOUT_SYMPTOMS,
    answer,
    answered,
    ask,
    asked,
    do,
    tap,
    triage,
)
from tests.limits import MOST_CARD, assert_fits

SETTLED: dict[str, Value] = {
    "cord_signs": ["gait"], "infection_signs": False, "renal": "normal", "cancer": "known"
}  # fmt: skip
WAITING: dict[str, Value] = {"cord_signs": ["gait"], "mri": "not_done"}
IMAGES: dict[str, Value] = {"mri": "done", "lesions_seen": "some", "level": "T7"}


@pytest.fixture
def touched(service: Service) -> Service:
    return replace(service, touch=True)


def at_work(service: Service) -> StoredCase:
    case = service.store.cases.active(CHAT)
    assert case is not None
    return case


def labels(screens: list[Screen]) -> list[str]:
    return [button.label for screen in screens for row in screen.rows for button in row]


def cards(screens: list[Screen]) -> list[Screen]:
    return [screen for screen in screens if screen.kind == "card"]


def alerts(screens: list[Screen]) -> list[Screen]:
    """Return what sounds; an alert without sound corrects the one before."""
    return [screen for screen in screens if screen.kind == "alert" and screen.alert]


def time_line(card: Screen) -> list[str]:
    """Return the lines of the time line, which is a block of its own or the end of another."""
    for block in card.blocks:
        lines = [say_line(line) for line in block.lines]
        if block.heading == "Time line":
            return lines
        if "Time line" in lines:
            return lines[lines.index("Time line") + 1 :]
    return []


def untimed(card: Screen) -> set[str]:
    """Return the lines of a card, without the time left."""
    return set(re.sub(r"in \d+ h( \d+ min)?", "", card.plain()).split("\n"))


def without_notices(card: Screen) -> Screen:
    return replace(card, blocks=tuple(each for each in card.blocks if each.look != "notice"))


def newest(service: Service) -> list[Screen]:
    return [load(each) for each in service.store.outbox.queued(CHAT)[-1].screens]


def test_a_steroid_that_was_given_is_not_asked_for_again(service: Service, clock: Clock) -> None:
    (alert,) = alerts(triage(service, **SETTLED))
    assert "16 mg now" in alert.plain()
    (card,) = cards(do(service, "/card"))
    assert "16 mg now" in card.plain()
    clock.pass_by(minutes=41)
    (card,) = cards(do(service, "/given"))
    assert "16 mg now" not in card.plain()
    assert "Dexamethasone: given 12:41; then 16 mg a day from next morning" in card.plain()


@pytest.mark.parametrize(
    "answers",
    [{"infection_signs": False, "renal": "haemodialysis"}, {"infection_signs": True}],
    ids=["D7", "D6"],
)
def test_a_steroid_that_was_given_before_the_call_is_told_in_it(
    service: Service, answers: dict[str, Value]
) -> None:
    triage(service, cord_signs=["gait"], **answers)
    (card,) = cards(do(service, "/given"))
    said = "Dexamethasone: given 12:00; no more until agreed in the call"
    assert said in card.plain()
    handed_over = do(service, "/sbar")[0].plain()
    assert said in handed_over
    for text in (card.plain(), handed_over):
        (line,) = (each for each in text.split("\n") if each.startswith("Dexamethasone: "))
        assert line.startswith(said) and "16 mg" not in line
        assert "one call first" not in line and "abscess first" not in line


def test_what_was_done_stands_on_the_card_with_its_time_and_in_the_store(
    service: Service, clock: Clock
) -> None:
    do(service, "/triage", "gait")
    clock.pass_by(minutes=41)
    (card,) = cards(do(service, "/requested"))
    assert "Time line\n12:41 MRI requested" in card.plain()
    folded = [block for block in card.blocks if block.look == "fold"]
    assert any("12:41 MRI requested" in map(say_line, block.lines) for block in folded)
    clock.pass_by(minutes=2)
    (card,) = cards(do(service, "/called radiation", who="bob"))
    assert "12:41 MRI requested\n12:43 Called: radiation oncology" in card.plain()
    kept = [(each.kind, each.detail, each.who) for each in at_work(service).timeline]
    assert kept == [("mri_requested", "", "ann"), ("called", "oncologist", "bob")]
    assert at_work(service).timeline[0].at == NOON + timedelta(minutes=41)


def test_the_time_line_survives_a_restart(
    service: Service, clock: Clock, open_again: OpenStore
) -> None:
    do(service, "/triage", "gait", "/given")
    before = at_work(service)
    service.store.close()
    again = Service(open_again(), service.setting, clock)
    assert again.store.cases.active(CHAT) == before
    assert before.timeline[0].kind == "steroid_given"
    again.store.close()


@pytest.mark.parametrize("asks", ["/look", "/start"])
def test_a_case_with_a_note_alone_goes_on(service: Service, asks: str) -> None:
    """A dose that was noted first must not vanish behind a second case."""
    do(service, "/triage", "/given")
    case = at_work(service)
    said = do(service, asks)[-1].plain()
    assert case.code in said and "Also open" not in said
    assert at_work(service).code == case.code
    do(service, "/undo", asks)
    assert at_work(service).code == case.code


def test_a_note_in_a_new_case_takes_back_no_urgency(service: Service) -> None:
    said = [screen.plain() for screen in do(service, "/triage", "/given")]
    assert "Steroid given" in said[-1]
    assert not any("no longer applies" in each for each in said)


def test_doing_one_twice_within_a_minute_notes_it_once(service: Service, clock: Clock) -> None:
    do(service, "/triage", "gait", "/requested")
    clock.pass_by(seconds=59)
    assert "Already noted: 12:00 MRI requested" in do(service, "/requested")[-1].plain()
    clock.pass_by(seconds=-90)
    do(service, "/requested")
    assert len(at_work(service).timeline) == 1
    clock.pass_by(minutes=3)
    do(service, "/requested")
    assert len(at_work(service).timeline) == 2


def test_two_different_calls_in_one_minute_are_two(service: Service) -> None:
    do(service, "/triage", "gait", "/called surgeon", "/called nephrology")
    assert [each.detail for each in at_work(service).timeline] == ["surgeon", "nephrology"]


@pytest.mark.parametrize(
    "whom", ["", "Dr Smith", "x" * 4000, "<b>surgeon</b>", "\u202eradiology", "☎️"]
)
def test_whom_one_called_is_asked_with_buttons_and_a_name_is_not_kept(
    service: Service, whom: str
) -> None:
    do(service, "/triage", "gait")
    screens = do(service, f"/called {whom}")
    assert labels(screens) == [
        "Spinal surgeon", "Radiation oncology", "Coordinator", "Nephrology", "Infection",
        "Haematology", "Radiology", "Other", "Case",
    ]  # fmt: skip
    asked = screens[0]
    assert len(asked.plain().removeprefix(say_line(asked.head))) < 120
    assert asked.title == at_work(service).code
    assert at_work(service).timeline == ()
    assert_fits(screens[0])


def test_where_the_mri_is_impossible_a_scan_is_requested(service: Service) -> None:
    triage(service, cord_signs=["gait"], mri="not_possible", ct_lesions_seen="unknown")
    assert "Scan requested" in labels(cards(do(service, "/card")))
    screens = do(service, "/requested")
    assert "Noted: 12:00 Scan requested" in screens[-1].plain()
    assert "MRI requested" not in "".join(screen.plain() for screen in screens)


def test_new_signs_stand_in_the_time_line_with_small_letters(service: Service) -> None:
    triage(service, cord_signs=["gait"])
    do(service, "/newsigns")
    do(service, "saddle, bladder, lhermitte")
    said = "12:00 New signs: saddle numbness, bladder, Lhermitte"
    assert said in cards(do(service, "/card"))[0].plain()


def test_a_button_stands_on_the_card_only_while_it_makes_sense(service: Service) -> None:
    first = [
        "MRI requested",
        "Steroid given",
        "Called",
        "New signs",
        "Suspected earlier",
        "Hand over",
    ]
    do(service, "/triage", "gait")
    shown = cards(do(service, "/card"))
    assert labels(shown)[:-3] == first
    assert all(len(row) <= 2 for row in shown[0].rows[:-1])
    assert labels(shown)[-3:] == ["Continue", "Plan", "More"]
    assert labels(do(service, "/more"))[0] == "MRI done"
    assert labels(cards(do(service, "/requested")))[0] == "MRI done"
    assert "Steroid given" not in labels(cards(do(service, "/given")))
    assert "MRI done" not in labels(cards(do(service, "/scanned")))


def test_without_a_limit_or_a_steroid_there_is_nothing_to_note_of_them(service: Service) -> None:
    triage(service, **WITHOUT_SYMPTOMS)
    (card,) = cards(do(service, "/card"))
    assert labels([card]) == [
        "Called", "New signs", "Suspected earlier", "Hand over", "Continue", "Plan", "More",
    ]  # fmt: skip


def test_mri_done_leads_to_the_images_and_ends_the_deadline(service: Service) -> None:
    triage(service, **WAITING)
    screens = do(service, "/scanned")
    assert "Does the MRI show a lesion?" in screens[-1].plain()
    case = at_work(service)
    assert (case.latest["mri"], case.status) == ("done", "open")
    assert [each.kind for each in case.timeline] == ["mri_done"]
    answer(service, lesions_seen="some", level="T7")
    assert "ESCC" in do(service, "/look")[-1].plain()


def test_mri_done_before_its_question_keeps_the_questions_and_counts(service: Service) -> None:
    do(service, "/triage", "gait")
    screens = do(service, "/scanned")
    assert "MRI done, not read" in say_line(screens[-1].head)
    assert ask(AFTER_A_SIGN) in screens[-1].plain()
    assert "MRI: done, not read" in cards(do(service, "/card"))[0].plain()
    assert "already recorded as done" in do(service, "/scanned")[-1].plain()
    assert len(at_work(service).timeline) == 1


def test_mri_answered_as_done_where_it_waited_stands_in_the_time_line(service: Service) -> None:
    triage(service, **WAITING)
    answer(service, mri="done")
    assert [each.kind for each in at_work(service).timeline] == ["mri_done"]


def test_an_mri_that_was_done_from_the_start_is_no_event(service: Service) -> None:
    triage(service, **{**WAITING, "mri": "done"})
    assert at_work(service).timeline == ()


def test_new_signs_come_with_the_ticks_so_far_and_add_to_them(
    service: Service, clock: Clock
) -> None:
    triage(service, cord_signs=["gait"], **{AFTER_A_SIGN: "none"})
    question = asked(service)
    clock.pass_by(hours=2)
    signs = do(service, "/newsigns")[-1]
    assert "✓ Gait or balance" in labels([signs])
    screens = do(service, "bladder")
    case = at_work(service)
    assert case.latest["cord_signs"] == ["gait", "bladder"]
    assert case.begun_at == NOON
    assert ask(question) in screens[-1].plain()
    (card,) = cards(do(service, "/card"))
    assert "14:00 New signs: bladder" in card.plain()
    assert "by Mon 23 Nov 00:00 UTC" in card.plain()


def test_new_signs_after_none_are_an_emergency_at_once(service: Service, clock: Clock) -> None:
    triage(service, **{**WITHOUT_SYMPTOMS, "back_pain": True})
    clock.pass_by(hours=1)
    screens = do(service, "/newsigns", "gait")
    (alert,) = alerts(screens)
    assert say_line(alert.head).startswith("EMERGENCY · MRI by Mon 00:00 (in 11 h)")
    assert "by Mon 23 Nov 00:00 UTC, in 11 h" in cards(do(service, "/card"))[0].plain()


@pytest.mark.parametrize("line", ["none", "not examined"])
def test_what_takes_signs_away_is_asked_back_before_it_counts(service: Service, line: str) -> None:
    do(service, "/triage", "gait", "/newsigns")
    before = at_work(service)
    screens = do(service, line)
    assert "Gait or balance: a correction, or still there?" in screens[-1].plain()
    assert labels(screens) == ["Correction", "Still there"]
    after = at_work(service)
    assert (after.answers, after.adding) == (before.answers, True)
    assert_fits(screens[-1])


def test_a_correction_that_is_stated_counts_and_still_there_keeps_the_sign(
    service: Service,
) -> None:
    triage(service, cord_signs=["gait", "bladder"], **{AFTER_A_SIGN: "none"})
    question = asked(service)
    do(service, "/newsigns")
    kept = do(service, "/correct gait,bladder")
    assert at_work(service).latest["cord_signs"] == ["gait", "bladder"]
    assert ask(question) in kept[-1].plain()
    do(service, "/newsigns")
    screens = do(service, "/correct gait")
    assert at_work(service).latest["cord_signs"] == ["gait"]
    assert "Corrected, not there: bladder" in do(service, "/card")[0].plain()
    assert ask(question) in screens[-1].plain()


@pytest.mark.parametrize("typed", ["none", "not known", "2"])
def test_a_typed_correction_that_takes_a_sign_away_is_asked_back_where_answers_are_tapped(
    touched: Service, typed: str
) -> None:
    touched.take(_command("triage"))
    tap(touched, "Gait or balance")
    tap(touched, "Bladder")
    signs = at_work(touched).latest["cord_signs"]
    touched.take(_command("correct", typed))
    assert labels(newest(touched)) == ["Correction", "Still there"]
    case = at_work(touched)
    assert case.latest["cord_signs"] == signs
    assert touched.store.reminders.pending(case.code) != []
    tap(touched, "Correction")
    assert at_work(touched).latest["cord_signs"] != signs


def test_a_typed_correction_that_adds_a_sign_counts_at_once(touched: Service) -> None:
    touched.take(_command("triage"))
    tap(touched, "Gait or balance")
    touched.take(_command("correct", "gait, bladder"))
    assert at_work(touched).latest["cord_signs"] == ["gait", "bladder"]


def test_a_wrong_correction_leaves_the_signs_protected(service: Service) -> None:
    do(service, "/triage", "gait", "/newsigns")
    assert "Not an answer here" in do(service, "/correct banana")[0].plain()
    assert "still there?" in do(service, "none")[-1].plain()
    assert at_work(service).latest["cord_signs"] == ["gait"]


def test_looking_elsewhere_leaves_the_signs_protected(service: Service) -> None:
    do(service, "/triage", "gait", "/newsigns", "/card", "/plan", "/look")
    assert "still there?" in do(service, "none")[-1].plain()


def test_an_edit_that_takes_a_sign_away_is_asked_back(service: Service) -> None:
    (screen,) = do(service, "/triage", "gait", "/newsigns", "/edit 1", "none")
    assert "a correction, or still there?" in screen.plain()
    assert at_work(service).latest["cord_signs"] == ["gait"]
    do(service, "/correct none")
    assert at_work(service).latest["cord_signs"] == []


def test_a_tick_taken_back_is_asked_back_and_a_new_tick_is_not(touched: Service) -> None:
    touched.take(_command("triage"))
    tap(touched, "Gait or balance")
    tap(touched, "Done")
    touched.take(_command("card"))
    tap(touched, "New signs")
    screens = tap(touched, "✓ Gait or balance")
    assert "still there?" in screens[-1].plain()
    tap(touched, "Still there")
    assert at_work(touched).latest["cord_signs"] == ["gait"]
    touched.take(_command("newsigns"))
    tap(touched, "Bowel")
    assert at_work(touched).latest["cord_signs"] == ["gait", "bowel"]
    assert [each.detail for each in at_work(touched).timeline] == ["bowel"]
    tap(touched, "✓ Gait or balance")
    tap(touched, "Correction")
    assert at_work(touched).latest["cord_signs"] == ["bowel"]


def test_new_signs_after_the_mri_say_that_it_is_older(service: Service) -> None:
    triage(service, **WAITING)
    do(service, "/scanned", "/newsigns")
    said = "\n".join(screen.plain() for screen in do(service, "bladder"))
    number = [step.strip() for step in said.split("/edit ")][1].split(".")[0]
    assert "The MRI is older than the new signs" in said
    assert ask("mri") in do(service, f"/edit {number}")[-1].plain()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("treated", "Treated here"),
        ("Transferred", "Transferred"),
        ("no comp", "No compression"),
        ("palliative", "Palliative"),
        ("other", "Other reason"),
    ],
)
def test_a_case_is_closed_with_its_outcome_which_is_shown(
    service: Service, given: str, said: str
) -> None:
    do(service, "/triage", "gait")
    code = at_work(service).code
    screens = do(service, f"/close {given}")
    assert f"Case closed: {said}." in screens[-1].plain()
    assert screens[-1].title == f"{code} · EMERGENCY – CLOSED: {said}"
    assert screens[-1].rows == ()
    assert f"closed – {said}" in do(service, "/cases")[0].plain()
    kept = service.store.cases.find(code)
    assert kept is not None and kept.status == "closed"


def test_closing_asks_how_it_ended(touched: Service) -> None:
    touched.take(_command("triage"))
    tap(touched, "Gait or balance")
    touched.take(_command("card"))
    tap(touched, "More")
    asked = tap(touched, "Close case")
    assert labels(asked)[:2] == ["Treated here", "Transferred"]
    assert at_work(touched).status == "open"
    tap(touched, "Transferred")
    assert touched.store.cases.active(CHAT) is None
    touched.take(_command("close"))
    assert "No case is open" in newest(touched)[0].plain()


@pytest.mark.parametrize("given", ["", "unread", "yes", "no outcome"])
def test_an_emergency_closes_only_with_an_outcome(service: Service, given: str) -> None:
    do(service, "/triage", "gait")
    asked = do(service, f"/close {given}".strip())
    assert "how did it end?" in asked[0].plain()
    assert at_work(service).status == "open"
    do(service, "/cancel")
    do(service, "/close transferred")
    assert service.store.cases.active(CHAT) is None


def test_an_emergency_on_the_phone_closes_only_with_an_outcome(touched: Service) -> None:
    touched.take(_command("triage"))
    tap(touched, "Gait or balance")
    tap(touched, "Case")
    tap(touched, "More")
    asked = tap(touched, "Close case")
    assert labels(asked)[:2] == ["Treated here", "Transferred"]
    assert at_work(touched).status == "open"
    touched.take(_command("close"))
    assert "how did it end?" in newest(touched)[0].plain()
    assert at_work(touched).status == "open"


def test_an_unread_mri_closes_only_with_an_outcome(service: Service) -> None:
    triage(service, **{**WITHOUT_SYMPTOMS, "mri": "done", "lesions_seen": "unknown"})
    (asked,) = do(service, "/close")
    assert "the MRI is done but not read. Close" in asked.plain()
    assert at_work(service).status == "waiting"
    do(service, "/close no_compression unread")
    assert service.store.cases.active(CHAT) is None


def test_the_engine_closes_no_emergency_without_an_outcome(engine: Engine) -> None:
    case = answered(engine, stored_case(), cord_signs=["gait"]).case
    turn = engine.advance(case, Closed(), "ann", NOON)
    assert turn.case.status == "open"
    assert turn.replies[0] == Notice("outcome_first")
    assert engine.advance(case, Closed("other"), "ann", NOON).case.status == "closed"


def test_an_outcome_that_is_none_is_asked_for(service: Service) -> None:
    do(service, "/triage", "gait")
    assert "how did it end?" in do(service, "/close Mrs Smith died")[0].plain()
    assert at_work(service).status == "open"


@pytest.mark.parametrize("given", ["t", "tr", "o", "p", "no", "n"])
def test_an_outcome_is_not_guessed_from_a_letter(service: Service, given: str) -> None:
    do(service, "/triage", "gait")
    assert "how did it end?" in do(service, f"/close {given}")[0].plain()
    assert at_work(service).status == "open"


@pytest.mark.parametrize("given", ["r", "ra", "rad", "radi", "o", "su"])
def test_whom_one_called_is_not_guessed(service: Service, given: str) -> None:
    do(service, "/triage", "gait")
    assert "nobody on the list. Called whom?" in do(service, f"/called {given}")[0].plain()
    assert at_work(service).timeline == ()


def test_a_button_that_closes_is_old_once_the_case_has_gone_on(touched: Service) -> None:
    touched.take(_command("triage"))
    tap(touched, "Gait or balance")
    touched.take(_command("outcome"))
    menu = str(touched.store.outbox.queued(CHAT)[-1].token)
    touched.take(_command("requested"))
    touched.take(_tapped(menu, 0))
    assert "older screen" in newest(touched)[0].plain()
    assert at_work(touched).status == "open"
    touched.take(_command("outcome"))
    menu = str(touched.store.outbox.queued(CHAT)[-1].token)
    touched.take(_tapped(menu, 0))
    touched.take(_tapped(menu, 0))
    assert "is closed; /resume" in newest(touched)[0].plain()


def test_mri_done_on_a_card_of_before_the_deadline_went_is_an_old_button(
    touched: Service,
) -> None:
    touched.take(_command("triage"))
    tap(touched, "Gait or balance")
    touched.take(_command("requested"))
    row = touched.store.outbox.queued(CHAT)[-1]
    buttons = [b.label for each in row.screens for r in load(each).rows for b in r]
    touched.take(_command("edit", "1"))
    tap(touched, "None of these")
    tap(touched, "Correction")
    answer(touched, **{key: WITHOUT_SYMPTOMS[key] for key in WITHOUT_SYMPTOMS if key != FIRST})
    before = at_work(touched).latest
    touched.take(_tapped(str(row.token), buttons.index("MRI done")))
    assert "older screen" in newest(touched)[0].plain()
    assert at_work(touched).latest == before


def test_a_button_of_a_closed_case_notes_nothing_and_says_how_to_go_on(touched: Service) -> None:
    touched.take(_command("triage"))
    tap(touched, "Gait or balance")
    touched.take(_command("card"))
    old = touched.store.outbox.queued(CHAT)[-1].token
    code = at_work(touched).code
    touched.take(_command("close", "treated"))
    touched.take(_tapped(str(old), 0))
    assert f"{code} is closed; /resume {code}" in newest(touched)[0].plain()
    kept = touched.store.cases.find(code)
    assert kept is not None
    assert [each.kind for each in kept.timeline] == ["closed"]


def test_a_button_that_the_present_card_would_not_offer_is_an_old_one(
    touched: Service, clock: Clock
) -> None:
    touched.take(_command("triage"))
    tap(touched, "Gait or balance")
    touched.take(_command("card"))
    row = touched.store.outbox.queued(CHAT)[-1]
    place = labels([load(each) for each in row.screens]).index("Steroid given")
    touched.take(_command("edit", "1"))
    tap(touched, "None of these")
    tap(touched, "Correction")
    touched.take(_tapped(str(row.token), place))
    assert "older screen" in newest(touched)[0].plain()
    assert [entry.kind for entry in at_work(touched).timeline] == ["corrected"]


def test_buttons_of_two_cases_note_each_in_its_own(touched: Service) -> None:
    tokens, codes, offered = [], [], list[list[str]]()
    for _ in range(2):
        touched.take(_command("triage"))
        tap(touched, "Gait or balance")
        touched.take(_command("card"))
        tokens.append(str(touched.store.outbox.queued(CHAT)[-1].token))
        codes.append(at_work(touched).code)
        offered.append(labels(newest(touched)))
    touched.take(_tapped(tokens[0], offered[0].index("MRI requested")))
    touched.take(_tapped(tokens[1], offered[1].index("Steroid given")))
    kinds = [
        [each.kind for each in case.timeline]
        for code in codes
        if (case := touched.store.cases.find(code))
    ]
    assert kinds == [["mri_requested"], ["steroid_given"]]


@pytest.mark.parametrize(
    "line",
    ["/requested", "/given", "/called surgeon", "/scanned", "/newsigns", "/correct gait",
     "/snooze", "/sbar", "/outcome", "/close", "/begun"],
)  # fmt: skip
def test_without_a_case_nothing_is_noted(service: Service, line: str) -> None:
    assert "No case is open here" in do(service, line)[0].plain()


def test_times_are_hospital_time_and_another_day_is_named(
    store: Store, machine: FlowMachine, clock: Clock
) -> None:
    engine = Engine(machine, "stepwise", ZoneInfo("Europe/Amsterdam"))
    service = Service(store, Setting(engine, "", 30), clock)
    clock.now = NOON + timedelta(hours=10, minutes=41)
    do(service, "/triage", "gait", "/requested")
    clock.pass_by(minutes=30)
    (card,) = cards(do(service, "/given"))
    assert "Sun 23:41 MRI requested\n00:11 Steroid given" in card.plain()


def test_the_time_line_gives_way_on_the_fullest_card(service: Service, clock: Clock) -> None:
    setting = replace(service.setting, call="Coordinator " + "0" * 48)
    full = replace(service, setting=setting)
    answers: dict[str, Value] = {"radicular_pain": "bilateral", "infection_signs": True}
    dialysed: dict[str, Value] = {"renal": "haemodialysis", "urine_output": "anuric"}
    triage(full, cord_signs=[*get_args(CordSign)], **answers, **dialysed)
    do(full, "/earlier 1 h ago")
    before = cards(do(full, "/card"))[0]
    for number in range(12):
        clock.pass_by(minutes=2)
        card = cards(do(full, f"/called {('radiation', 'surgeon')[number % 2]}"))[0]
        card = without_notices(card)
        assert_fits(card)
        assert untimed(before) <= untimed(card)
    assert len(time_line(card)) <= 6
    assert len(card.plain()) <= MOST_CARD


def test_at_most_six_lines_and_the_newest_last(service: Service, clock: Clock) -> None:
    triage(service, **WITHOUT_SYMPTOMS)
    for _ in range(9):
        clock.pass_by(minutes=2)
        card = cards(do(service, "/called radiology"))[0]
    left_out, *lines = time_line(card)
    assert left_out == "… 3 earlier"
    times = [line[:5] for line in lines]
    assert times == ["12:08", "12:10", "12:12", "12:14", "12:16", "12:18"]


def _command(name: str, rest: str = "") -> Incoming:
    return Incoming(CHAT, "ann", Command(name, rest))


def _tapped(token: str, place: int) -> Incoming:
    return Incoming(CHAT, "ann", Tap(token, place), query="q")


@pytest.mark.slow
def test_every_card_fits_with_a_long_time_line_and_loses_nothing_for_it(
    engine: Engine, machine: FlowMachine
) -> None:
    shown = set[int]()
    for seed in (*range(300), 787):
        case = stored_case().with_answer("suspected_at", NOON.isoformat(), "a name of length", NOON)
        for step in machine.replay(Chance(seed), "stepwise").steps:
            case = case.with_answer(step.key, step.value, "ann", NOON)
        bare = draw_card(View(case, engine.stand(case, NOON), FLOW, NOON, UTC, "Coordinator 4321"))
        for minute in range(9):
            at = NOON - timedelta(hours=30 - minute)
            case = case.with_entry(Entry("new_signs", "saddle_anaesthesia,umn_signs", "ann", at))
        standing = engine.stand(case, NOON)
        card = draw_card(View(case, standing, FLOW, NOON, UTC, "Coordinator 4321"))
        assert_fits(card)
        lines = time_line(card)
        added = [*(["Time line"] if lines else []), *lines]
        said = card.plain().split("\n")
        assert [line for line in said if line not in added] == bare.plain().split("\n")
        shown.add(len(lines))
    assert max(shown) == 6
    assert len(shown) > 1


def test_the_cauda_equina_clock_is_a_time_once_the_mri_is_requested(
    service: Service, clock: Clock
) -> None:
    (card,) = cards(do(service, "/triage", "bladder", "/card"))
    assert "Cauda equina: MRI within 4 h of the request" in card.plain()
    clock.pass_by(minutes=30)
    said = "Cauda equina: MRI by Sun 22 Nov 16:30 UTC, 4 h from the request, where offered"
    assert said in cards(do(service, "/requested"))[0].plain().split("\n")
    handed_over = do(service, "/sbar")[0].plain().split("\n")
    assert said in handed_over
    asked = (
        "MRI of the whole spine by Sun 22 Nov 16:30 UTC where you offer that for a suspected "
        "cauda equina, at the latest Mon 23 Nov 00:00 UTC, please: say when."
    )
    assert asked in handed_over
    clock.pass_by(minutes=30)
    assert said in cards(do(service, "/requested"))[0].plain()
    assert said not in cards(do(service, "/scanned", "/card"))[0].plain()


def test_treatment_that_has_begun_takes_the_place_of_its_deadline(
    service: Service, clock: Clock
) -> None:
    triage(service, **{**WAITING, **IMAGES})
    assert "Treatment begun" not in labels(cards(do(service, "/triage", "gait")))
    triage(service, **{**WAITING, **IMAGES}, escc="3")
    (card,) = cards(do(service, "/card"))
    assert "Treatment begun" in labels([card])
    clock.pass_by(hours=10, minutes=47)
    (card,) = cards(do(service, "/begun"))
    assert "Treatment: begun 22:47" in card.plain().split("\n")
    assert "Treatment: begin by" not in card.plain()
    assert "Treatment begun" not in labels([card])
    clock.pass_by(hours=20)
    (card,) = cards(do(service, "/card"))
    assert say_line(card.head).startswith("EMERGENCY · treatment begun")
    handed_over = do(service, "/sbar")[0].plain()
    assert "Treatment: begun Sun 22 Nov 22:47 UTC" in handed_over
    assert "to begin by" not in handed_over


@pytest.mark.parametrize("number", ["1", " 1 ", "3"])
def test_a_bare_number_records_no_mri_of_a_case_that_waits(service: Service, number: str) -> None:
    triage(service, **WAITING)
    do(service, "/plan")
    before = at_work(service)
    screens = do(service, number)
    assert "Is that right?" in screens[-1].plain()
    assert at_work(service).answers == before.answers
    typed = [button.typed for row in screens[-1].rows for button in row]
    do(service, typed[0])
    assert len(at_work(service).answers) == len(before.answers) + 1


def test_mri_done_says_what_comes_before_its_images(service: Service) -> None:
    do(service, "/triage", "gait")
    said = "\n".join(screen.plain() for screen in do(service, "/scanned"))
    first = words_of(FLOW, AFTER_A_SIGN).label
    assert f"Before the images, answer what is still open, {first} first" in said
    triage(service, **WAITING)
    assert "come after" not in "".join(screen.plain() for screen in do(service, "/scanned"))


@pytest.mark.parametrize("grade", ["2", "3"])
@pytest.mark.parametrize("signs", [["gait"], []], ids=["gait", "none"])
def test_a_high_grade_is_news_at_once(service: Service, grade: str, signs: list[str]) -> None:
    triage(service, cord_signs=signs, cancer="known", mri="not_done")
    do(service, "/scanned")
    answer(service, lesions_seen="some", level="T7")
    screens = answer(service, escc=grade)
    assert all("Treat by" in say_line(screen.head) for screen in screens)
    assert len(alerts(screens)) == (not signs)
    (card,) = cards(do(service, "/card"))
    assert "ESCC 2–3 on the images: treatment within 24 h" in card.plain()
    assert "Treatment: begin by" in card.plain()


def test_a_closed_card_asks_for_nothing_any_more(service: Service) -> None:
    triage(service, **{**WAITING, "mri": "done"})
    screens = do(service, "/close treated")
    assert "the MRI is done but not read. Close it all the same?" in screens[-1].plain()
    assert at_work(service).status != "closed"
    typed = [button.typed for row in screens[-1].rows for button in row]
    (card,) = cards(do(service, typed[0]))
    said = card.plain()
    assert "CLOSED: Treated here" in said and "MRI: done, not read" in said
    assert "Do now" not in said and "phone the radiologist" not in said and "Call:" not in said


def test_closing_an_unread_mri_by_tapping_asks_once(touched: Service) -> None:
    touched.take(_command("triage"))
    tap(touched, "Gait or balance")
    touched.take(_command("scanned"))
    touched.take(_command("cancel"))
    assert "the MRI is done but not read. Close" in newest(touched)[0].plain()
    assert at_work(touched).status == "open"
    tap(touched, "Transferred")
    assert touched.store.cases.active(CHAT) is None


@pytest.mark.parametrize("typed", ["/given 22:30", "/requested 99:99", "/begun yesterday Zaphod"])
def test_a_note_takes_no_time_and_is_not_noted_with_one(service: Service, typed: str) -> None:
    do(service, "/triage", "1")
    said = do(service, typed)[0].plain()
    assert "Nothing was noted" in said
    assert "Zaphod" not in said
    assert at_work(service).timeline == ()


def test_a_dose_is_taken_back_with_sound_even_when_the_urgency_is_open_again(
    service: Service,
) -> None:
    triage(service, **SETTLED)
    screens = do(service, "/edit 1", "/correct none")
    (alert,) = alerts(screens)
    assert "Do not give it yet. Dexamethasone: not routinely" in alert.plain()
    assert "If a dose was given, say so in that call." in alert.plain()
    assert "not settled" in alert.plain()
    assert "The urgency shown before no longer applies" in screens[-1].plain()
    assert screen_lines(alert) <= MOST_LINES
