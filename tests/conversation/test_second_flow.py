"""A second flow runs through engine, store and terminal with no change to any of them."""

import io
from dataclasses import replace
from datetime import UTC

import pytest

from bot.adapters.terminal import Terminal
from bot.adapters.terminal_place import CHAT
from bot.conversation.engine import Engine
from bot.conversation.events import (
    Corrected,
    Event,
    NewSigns,
    Opened,
    Picked,
    Scanned,
    SuspectedEarlier,
    Typed,
    WentOn,
)
from bot.conversation.machine import FlowMachine
from bot.conversation.replies import Alert, Ask, Notice, ShowCard
from bot.flows.grammar import Flow, Landmarks
from bot.flows.lint import check, find_mistakes
from bot.flows.wording import flow_words
from bot.incoming import Command, Incoming, Tap
from bot.service.service import Service
from state.records import StoredCase
from tests.conftest import NOON, OpenStore
from tests.conversation.ward_check import WARD_CHECK


def engine_of(flow: Flow) -> Engine:
    return Engine(FlowMachine(flow), "stepwise", UTC)


@pytest.fixture
def other(service: Service) -> Service:
    """A service whose engine asks the second flow."""
    return replace(service, setting=replace(service.setting, engine=engine_of(WARD_CHECK)))


def talk(service: Service, *lines: str) -> str:
    out = io.StringIO()
    Terminal(service, io.StringIO("".join(f"{line}\n" for line in lines)), out).run()
    return out.getvalue()


def kept(service: Service) -> StoredCase:
    case = service.store.cases.active(CHAT)
    assert case is not None
    return case


def test_its_mistakes_are_found_as_those_of_the_first() -> None:
    check(WARD_CHECK)
    words = flow_words(WARD_CHECK.id, WARD_CHECK.words_in)
    assert list(find_mistakes(WARD_CHECK, replace(words, outcomes={"checked": "Done."}))) == [
        "blood_awaited waits but has no wording",
        "checked has wording for waiting but does not wait",
    ]
    astray = replace(WARD_CHECK, landmarks=Landmarks(mri="mri"))
    assert list(find_mistakes(astray, words)) == ["mri is the landmark mri but not a question"]


def test_the_engine_asks_it_to_its_outcome() -> None:
    engine = engine_of(WARD_CHECK)
    case = engine.new_case("KES-42", "chat", "ann", NOON)
    shown = []
    for event in (Opened(), Picked("walking", "aided"), Typed("yes"), Typed("2.3")):
        advanced = engine.advance(case, event, "ann", NOON)
        case, shown = advanced.case, [*shown, advanced.replies]
    assert shown == [
        (Ask("walking"),),
        (Ask("back_pain"),),
        (Alert(), Ask("calcium")),
        (Notice("noted", keys=("calcium",)), ShowCard()),
    ]
    assert case.latest == {"walking": "aided", "back_pain": True, "calcium": 2.3}
    assert (case.position, case.status, advanced.standing.at_end) == ("checked", "open", True)


def test_what_waits_is_what_the_flow_says() -> None:
    engine = engine_of(WARD_CHECK)
    case = engine.new_case("KES-42", "chat", "ann", NOON)
    for line in ("aided", "no", "not known"):
        advanced = engine.advance(case, Typed(line), "ann", NOON)
        case = advanced.case
    assert (case.position, case.status) == ("blood_awaited", "waiting")
    assert advanced.replies[-2:] == (Notice("blood_awaited"), ShowCard())
    assert engine.advance(case, WentOn(), "ann", NOON).replies == (Ask("calcium"),)
    assert engine.advance(case, Typed("2.3"), "ann", NOON).case.latest["calcium"] == 2.3


@pytest.mark.parametrize(
    "event", [Scanned(), NewSigns(), Corrected("gait"), SuspectedEarlier("1 h")]
)
def test_what_it_has_no_question_for_changes_nothing(event: Event) -> None:
    engine = engine_of(WARD_CHECK)
    case = engine.new_case("KES-42", "chat", "ann", NOON)
    advanced = engine.advance(case, event, "ann", NOON)
    assert advanced.replies == (Notice("old_button"), Ask("walking"))
    assert (advanced.case.answers, advanced.case.timeline) == ((), ())


def test_a_terminal_asks_it_and_the_store_keeps_it(other: Service, open_again: OpenStore) -> None:
    said = talk(other, "aided", "no", "?", "/continue", "2.3", "/plan", "1")
    for line in (
        "Ward round", "How does the patient walk today?", "Is there back pain today?",
        "What is the calcium?", "The round waits for the calcium.", "Noted – Calcium: 2.3 mmol/L.",
        "Open a section.", "At once ==",
    ):  # fmt: skip
        assert line in said
    case = kept(other)
    other.store.close()
    again = open_again()
    try:
        assert again.cases.find(case.code) == case
        assert case.latest == {"walking": "aided", "back_pain": False, "calcium": 2.3}
        assert (case.flow, case.fingerprint) == ("ward_check", WARD_CHECK.fingerprint)
        assert "Suspected earlier" not in said
    finally:
        again.close()


@pytest.mark.parametrize(
    "command",
    ["/card", "/plan all", "/edit", "/sbar", "/why", "/cases", "/define", "/back", "/look",
     "/requested", "/called surgeon", "/snooze", "/help"],
)  # fmt: skip
def test_every_command_on_a_case_can_be_given(other: Service, command: str) -> None:
    said = talk(other, "unaided", "yes", command)
    assert "I cannot work this out" not in said
    assert kept(other).latest == {"walking": "unaided", "back_pain": True}


def test_its_buttons_answer_it(other: Service) -> None:
    touch = replace(other, touch=True)
    touch.take(Incoming("7", "ann", Command("triage")))
    queued = touch.store.outbox.queued("7")[-1]
    assert queued.token is not None
    minted = touch.store.buttons.find(queued.token)
    assert minted is not None
    place = minted.actions.index(("answer walking", "aided"))
    touch.take(Incoming("7", "ann", Tap(queued.token, place)))
    case = touch.store.cases.active("7")
    assert case is not None
    assert (case.latest, case.position) == ({"walking": "aided"}, "back_pain")
