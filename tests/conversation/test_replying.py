"""The answer of somebody who was asked for it, wherever their case stands meanwhile."""

from dataclasses import replace

import pytest

from bot.conversation.engine import Engine
from bot.conversation.events import Edited, Replied
from bot.conversation.replies import Alert, AskBack, Notice
from state.records import Value
from tests.conftest import NOON, stored_case
from tests.dialogue import answered

ASIA: dict[str, Value] = {"cord_signs": ["gait"], "infection_signs": False}


def test_a_reply_leaves_the_case_where_it_is_led(engine: Engine) -> None:
    case = answered(engine, stored_case(), **ASIA).case
    asked = engine.stand(case, NOON).asked
    led = engine.advance(case, Edited("cord_signs"), "ann", NOON).case
    after = engine.advance(led, Replied(asked, "unknown"), "bob", NOON).case
    assert (after.latest[asked], after.revisiting) == ("unknown", "cord_signs")
    assert [each.who for each in after.answers if each.question == asked] == ["bob"]


def test_a_reply_to_the_question_that_is_led_to_ends_that(engine: Engine) -> None:
    case = answered(engine, stored_case(), **ASIA).case
    led = engine.advance(case, Edited("infection_signs"), "ann", NOON).case
    after = engine.advance(led, Replied("infection_signs", "yes"), "bob", NOON).case
    assert (after.latest["infection_signs"], after.revisiting) == (True, None)


@pytest.mark.parametrize(
    ("key", "text"), [("asia", "D"), ("nonsense", "D"), ("infection_signs", "purple")]
)
def test_what_is_not_asked_or_does_not_fit_is_refused(engine: Engine, key: str, text: str) -> None:
    case = answered(engine, stored_case(), cord_signs=["gait"]).case
    after = engine.advance(case, Replied(key, text), "bob", NOON)
    assert after.case.answers == case.answers
    assert any(isinstance(each, Notice) for each in after.replies)


def test_the_first_tick_counts_at_once_and_alarms(engine: Engine) -> None:
    after = engine.advance(stored_case(), Replied("cord_signs", "gait", on=True), "bob", NOON)
    assert after.case.latest["cord_signs"] == ["gait"]
    assert any(isinstance(each, Alert) for each in after.replies)
    nonsense = engine.advance(stored_case(), Replied("cord_signs", "purple", on=True), "bob", NOON)
    assert nonsense.case.answers == ()


def test_ticks_stand_beside_those_of_others_and_a_repeat_changes_none(engine: Engine) -> None:
    case = stored_case()
    for option in ("gait", "bladder", "gait"):
        case = engine.advance(case, Replied("cord_signs", option, on=True), "bob", NOON).case
    assert sorted(case.latest["cord_signs"]) == ["bladder", "gait"]  # type: ignore[type-var, arg-type]


def test_a_tick_that_takes_a_sign_away_is_asked_back(engine: Engine) -> None:
    case = answered(engine, stored_case(), cord_signs=["gait", "bladder"]).case
    after = engine.advance(case, Replied("cord_signs", "gait", on=False), "bob", NOON)
    assert after.case.answers == case.answers
    assert any(isinstance(each, AskBack) for each in after.replies)


def test_while_signs_are_added_none_is_lost(engine: Engine) -> None:
    case = replace(answered(engine, stored_case(), cord_signs=["gait"]).case, adding=True)
    case = replace(case, revisiting="cord_signs")
    after = engine.advance(case, Replied("cord_signs", "bladder", on=True), "bob", NOON).case
    assert after.latest["cord_signs"] == ["gait", "bladder"]
    assert [each.kind for each in after.timeline] == ["new_signs"]
