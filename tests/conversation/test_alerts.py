"""A rise or a changed decision sounds an alert in the same turn, once, and says why."""

from dataclasses import replace
from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.engine import Engine
from bot.conversation.events import (
    Answered,
    Corrected,
    Edited,
    Event,
    NewSigns,
    Noted,
    Scanned,
    Ticked,
    WentBack,
)
from bot.conversation.machine import FlowMachine
from bot.conversation.move import Advanced
from bot.conversation.replies import AskBack, Changed, ShowCard
from bot.conversation.standing import Standing
from bot.flows.triage import FLOW
from bot.logic.urgency import LEVELS, POLICIES, Policy
from bot.screens.draw import draw
from bot.screens.screen import Screen
from bot.screens.view import View
from state.records import StoredCase, Told, Value
from tests.conftest import NOON, stored_case
from tests.conversation.paths import choices
from tests.dialogue import WITHOUT_SYMPTOMS, answered
from tests.logic.test_properties import SIGNS

FOUR: dict[str, Value] = {
    "infection_signs": False, "renal": "normal", "cancer": "known", "blood_thinners": [],
}  # fmt: skip
MOVES = st.one_of(
    st.tuples(st.just("answer"), st.integers(0, 1000)),
    st.tuples(st.just("answer"), st.integers(0, 1000)),
    st.tuples(st.just("answer"), st.integers(0, 1000)),
    st.tuples(st.just("edit"), st.integers(0, 1000)),
    st.tuples(st.just("other"), st.integers(0, 1000)),
)


def drawn(engine: Engine, turn: Advanced) -> list[Screen]:
    return draw(turn.replies, View(turn.case, turn.standing, FLOW, NOON, engine.zone, ""))


def alerts(engine: Engine, turn: Advanced) -> list[Screen]:
    return [screen for screen in drawn(engine, turn) if screen.alert]


def seen(standing: Standing) -> str:
    """Return the steroid decision as a reader sees it, worked out from the answers."""
    result = standing.assessment
    asked = all(getattr(result.case, field) is not None for field in result.steroid.ask)
    gives = result.steroid.decision == "give_now"
    return "waits" if gives and not asked else result.steroid.decision


def rose(before: Standing, after: Standing) -> bool:
    then, now = before.assessment.urgency, after.assessment.urgency
    shorter = then.hours is not None and now.hours is not None and now.hours < then.hours
    return LEVELS.index(now.level) > LEVELS.index(then.level) or shorter


def event_of(engine: Engine, case: StoredCase, kind: str, number: int) -> Event:
    """Choose an event by a number: an answer to the question, an edit, or a note."""
    standing = engine.stand(case, NOON)
    others: list[Event] = [
        NewSigns(), Scanned(), WentBack(), Noted("steroid_given"),
        Ticked("cord_signs", SIGNS[number % len(SIGNS)], on=number % 3 > 0),
        Corrected(SIGNS[number % len(SIGNS)]), Corrected("none"),
    ]  # fmt: skip
    if kind == "edit" and standing.trail.keys:
        return Edited(standing.trail.keys[number % len(standing.trail.keys)])
    question = FLOW.question(standing.asked)
    if kind == "answer" and question is not None:
        values = choices(question)
        return Answered(standing.asked, values[number % len(values)])
    return others[number % len(others)]


@pytest.mark.parametrize("policy", POLICIES)
@given(moves=st.lists(MOVES, min_size=1, max_size=40))
@settings(max_examples=120, deadline=None)
def test_each_rise_and_each_other_decision_sounds_once_in_the_same_turn(
    machine: FlowMachine, policy: Policy, moves: list[tuple[str, int]]
) -> None:
    engine, case = Engine(machine, policy, UTC), stored_case()
    for kind, number in moves:
        before = engine.stand(case, NOON)
        turn = engine.advance(case, event_of(engine, case, kind, number), "ann", NOON)
        after = turn.standing
        said = [show for show in turn.replies if isinstance(show, Changed)]
        sounds = any(screen.alert for screen in drawn(engine, turn))
        asked_back = any(isinstance(show, AskBack) for show in turn.replies)
        expected = (
            before.settled
            and not asked_back
            and ((after.settled and rose(before, after)) or seen(before) != seen(after))
        )
        assert len(said) == expected
        assert not expected or sounds
        first_pressing = (
            not before.settled and after.settled
            and after.assessment.urgency.level in ("urgent", "emergency")
        )  # fmt: skip
        assert sounds == (expected or first_pressing)
        cards = [show for show in turn.replies if isinstance(show, ShowCard) and show.urgent]
        assert len(cards) == (sounds and after.settled)
        case = turn.case


def test_the_dose_first_stands_once_what_decides_it_was_asked(engine: Engine) -> None:
    two: dict[str, Value] = {"infection_signs": False, "renal": "normal"}
    case = answered(engine, stored_case(), cord_signs=["gait"], **two).case
    assert engine.stand(case, NOON).told.steroid == "dose_waits"
    stands = answered(engine, case, cancer="known")
    (changed,) = (show for show in stands.replies if isinstance(show, Changed))
    assert changed == Changed(Told("emergency", 12, "dose_waits"), ("cancer",))
    first, card = alerts(engine, stands)
    said = first.plain()
    assert "Every question that decides it has been asked. Dexamethasone: 16 mg now" in said
    assert "Why: Cancer: Known" in said
    assert "16 mg now" in card.plain()


def test_not_known_lets_the_dose_stand_too(engine: Engine) -> None:
    unknown: dict[str, Value] = dict.fromkeys(("infection_signs", "renal", "cancer"), "unknown")
    stands = answered(engine, stored_case(), cord_signs=["gait"], **unknown)
    assert alerts(engine, stands)
    assert stands.standing.told.steroid == "give_now"


def test_a_dose_that_is_taken_back_says_so_and_why(engine: Engine) -> None:
    case = answered(engine, stored_case(), cord_signs=["gait"], **FOUR).case
    case = engine.advance(case, Edited("infection_signs"), "ann", NOON).case
    turn = engine.advance(case, Answered("infection_signs", True), "ann", NOON)
    first, _ = alerts(engine, turn)
    assert "Do not give it yet. Dexamethasone: not yet, abscess first" in first.plain()
    assert "If a dose was given, say so in that call." in first.plain()
    assert "Why: Infection signs: Yes" in first.plain()


def test_an_urgency_that_rises_says_from_what_and_why(engine: Engine) -> None:
    pain: dict[str, Value] = {**WITHOUT_SYMPTOMS, "back_pain": True}
    case = answered(engine, stored_case(), **pain, renal="normal").case
    case = engine.advance(case, Edited("radicular_pain"), "ann", NOON).case
    turn = engine.advance(case, Answered("radicular_pain", "unilateral"), "ann", NOON)
    first, card = alerts(engine, turn)
    assert "SOON, MRI within 1 week – before: ROUTINE, MRI within 2 weeks" in first.plain()
    assert "Why: Root pain: One side" in first.plain()
    assert "SOON" in card.title


def test_a_shorter_limit_sounds_at_the_same_level(engine: Engine) -> None:
    stable: dict[str, Value] = {**WITHOUT_SYMPTOMS, "radicular_deficit": "unilateral_stable"}
    case = answered(engine, stored_case(), **stable, renal="normal").case
    case = engine.advance(case, Edited("radicular_deficit"), "ann", NOON).case
    turn = engine.advance(
        case, Answered("radicular_deficit", "unilateral_progressive"), "ann", NOON
    )
    first, _ = alerts(engine, turn)
    assert "MRI within 24 h – before: MRI within 48 h" in first.plain()


def test_at_the_same_level_a_change_names_the_limit_alone(engine: Engine) -> None:
    images: dict[str, Value] = {"mri": "done", "lesions_seen": "none"}
    case = answered(engine, stored_case(), cord_signs=["gait"], **FOUR, **images).case
    turn = Advanced(case, (), engine.stand(case, NOON))
    before = replace(turn.standing.told, hours=12)
    (screen,) = drawn(engine, replace(turn, replies=(Changed(before),)))
    assert "No MRI limit any more – before: MRI within 12 h" in screen.plain()
    assert "EMERGENCY" not in screen.plain()


def test_a_fall_of_the_urgency_alone_makes_no_sound(engine: Engine) -> None:
    pain: dict[str, Value] = {**WITHOUT_SYMPTOMS, "radicular_pain": "unilateral"}
    case = answered(engine, stored_case(), **pain, renal="normal").case
    case = engine.advance(case, Edited("radicular_pain"), "ann", NOON).case
    turn = engine.advance(case, Answered("radicular_pain", "none"), "ann", NOON)
    assert turn.standing.told.level == "no_mri"
    assert alerts(engine, turn) == []
