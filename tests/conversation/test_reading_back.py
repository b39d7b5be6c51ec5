"""What is read back in a hand-over: three options that differ, one of them right, at any time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from bot.conversation.engine import Engine
from bot.conversation.reading_back import (
    OTHERS,
    deadline_of,
    deadlines,
    facts_of,
    next_sign,
    steps,
)
from bot.flows.triage import FLOW
from bot.guidance.spoken_times import say_moment
from bot.guidance.texts import guidance
from bot.screens.reading_back import step_lines
from bot.screens.view import View
from state.handovers import HandOver
from tests.conftest import NOON, stored_case
from tests.screens.views import SIGNS, random_view, view_of

LONDON, LORD_HOWE = ZoneInfo("Europe/London"), ZoneInfo("Australia/Lord_Howe")
MANY = 300
FORWARD = datetime(2026, 3, 29, 1, tzinfo=UTC)  # London's clocks go forward
BACK = datetime(2026, 10, 25, 1, tzinfo=UTC)  # and back: 01:00 to 02:00 comes twice
LORD_HOWE_BACK = datetime(2026, 4, 4, 15, tzinfo=UTC)  # by half an hour


def offered(view: View, at: datetime = NOON) -> HandOver:
    facts = facts_of(view.case, view.standing)
    return HandOver(view.case.code, "o", "-1", "1", "2", view.case.version, facts, at, at)


def faces(view: View, at: datetime, zone: tzinfo) -> tuple[list[str], int]:
    """Return what the deadlines say on a clock, without the zone, and which one is right."""
    found = deadlines(view.case, view.standing, offered(view).facts, at, zone)
    said = [say_moment(each, zone).rpartition(" ")[0] if each else "" for each in found.shown]
    return said, found.right


@pytest.mark.parametrize("seed", range(MANY))
def test_three_options_differ_and_one_is_right(engine: Engine, seed: int) -> None:
    view = random_view(engine, seed)
    said, right = faces(view, NOON, UTC)
    _, due = deadline_of(view.case, view.standing)
    assert len(set(said)) == 3
    assert said[right] == (say_moment(due, UTC).rpartition(" ")[0] if due else "")
    result = view.result
    real = {say_moment(each, UTC) for each in (result.due, result.treatment_due) if each}
    found = deadlines(view.case, view.standing, offered(view).facts, NOON, UTC).shown
    assert len(real & {say_moment(each, UTC) for each in found if each}) <= 1
    lines = step_lines(view, offered(view))
    assert len(set(lines)) == 3 and all("{" not in line for line in lines)


@pytest.mark.parametrize("seed", range(MANY))
def test_a_wrong_step_is_of_a_rule_that_does_not_apply(engine: Engine, seed: int) -> None:
    view = random_view(engine, seed)
    found = steps(view.case, view.standing, offered(view).facts)
    fired = {each.id for each in (*view.result.actions, *view.result.warnings)}
    wrong = {each[0].id for n, each in enumerate(found.shown) if n != found.right}
    assert not wrong & (fired | {view.result.steroid.rule}) and wrong <= set(OTHERS)


@pytest.mark.parametrize("zone", [LONDON, LORD_HOWE, UTC], ids=str)
@pytest.mark.parametrize("change", [FORWARD, BACK, LORD_HOWE_BACK], ids=str)
def test_options_differ_on_the_clock_when_summer_time_begins_or_ends(
    engine: Engine, zone: tzinfo, change: datetime
) -> None:
    for quarters in range(-120, 120):
        begun = change + timedelta(minutes=15 * quarters)
        case = replace(stored_case(), begun_at=begun).with_answer(
            "cord_signs", ["gait"], "ann", begun
        )
        standing = engine.stand(case, begun)
        view = View(case, standing, FLOW, begun, zone, "4321")
        said, right = faces(view, begun, zone)
        assert len(set(said)) == 3
        assert said[right] == say_moment(begun + timedelta(hours=12), zone).rpartition(" ")[0]


def test_the_right_deadline_is_not_always_in_the_same_place(engine: Engine) -> None:
    """A deadline across midnight has wrong ones on either day; its place cannot be guessed."""
    places, days = [0, 0, 0], set[int]()
    for number in range(200):
        case = replace(stored_case(), code=f"KES-{number}").with_answer(
            "cord_signs", ["gait"], "ann", NOON
        )
        view = View(case, engine.stand(case, NOON), FLOW, NOON, UTC, "4321")
        found = deadlines(case, view.standing, offered(view).facts, NOON, UTC)
        places[found.right] += 1
        days |= {each.day for each in found.shown if each}
    assert min(places) > 10 and {22, 23} <= days


def test_the_same_facts_give_the_same_options_and_other_facts_others(engine: Engine) -> None:
    view = view_of(engine, {"cord_signs": ["gait"], "cancer": "known"})
    later = replace(view, now=NOON + timedelta(minutes=9), standing=view.standing)
    assert offered(view).facts == offered(later).facts
    assert faces(view, NOON, UTC) == faces(later, NOON, UTC)
    other = view_of(engine, {"cord_signs": ["gait", "bladder"], "cancer": "known"})
    potassium = {"cord_signs": ["gait"], "cancer": "known", "potassium": 6.6, "renal": "ckd"}
    lethal = view_of(engine, potassium)
    late = view_of(
        engine, {"cord_signs": ["gait"], "cancer": "known"}, now=NOON + timedelta(hours=30)
    )
    facts = {offered(each).facts for each in (view, other, lethal, late)}
    assert len(facts) == 4


def test_while_answers_are_missing_the_next_step_is_to_go_on(engine: Engine) -> None:
    case = stored_case()
    view = View(case, engine.stand(case, NOON), FLOW, NOON, UTC, "4321")
    row = offered(view)
    found = steps(case, view.standing, row.facts)
    assert step_lines(view, row)[found.right] == "Go on with the questions: cord signs"
    assert deadline_of(case, view.standing) == ("scan", None)


def test_the_sign_to_look_out_for_is_one_that_is_not_there_yet() -> None:
    case = stored_case()
    assert next_sign(case, FLOW) == "weakness"
    case = case.with_answer("cord_signs", ["weakness", "gait"], "ann", NOON)
    assert next_sign(case, FLOW) == "sensory_level"
    assert next_sign(case.with_answer("cord_signs", SIGNS, "ann", NOON), FLOW) == ""


@pytest.mark.parametrize("rule", OTHERS)
def test_a_rule_beside_the_next_step_has_a_line_for_any_case(rule: str) -> None:
    assert "card" in guidance()[rule].sentences
