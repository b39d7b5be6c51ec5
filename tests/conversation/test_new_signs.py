"""New signs never make a deadline later unless they are declared a correction."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.engine import Engine
from bot.conversation.events import (
    AskedForCard,
    Done,
    Event,
    Looked,
    NewSigns,
    Outdated,
    Picked,
    Suggested,
    Ticked,
    Typed,
)
from bot.conversation.machine import FlowMachine
from bot.conversation.replies import AskBack
from bot.flows.triage_conditions import CORD_SIGNS
from bot.logic.urgency import POLICIES, Policy
from state.records import StoredCase
from tests.conftest import NOON, stored_case
from tests.conversation.paths import Chance
from tests.logic.test_properties import SIGNS
from tests.shares import quick_for

LINES = st.sampled_from(["none", "not examined", "unknown", *SIGNS, "1,3", "5 8", "banana"])
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(Ticked, st.just(CORD_SIGNS), st.sampled_from(SIGNS), st.booleans()),
    LINES.map(lambda line: Picked(CORD_SIGNS, line)),
    LINES.map(Typed),
    LINES.map(Suggested),
    st.sampled_from([Done(CORD_SIGNS), NewSigns(), Looked(), Outdated(), AskedForCard()]),
)


def a_case(machine: FlowMachine, seed: int, count: int, signs: list[str] | str) -> StoredCase:
    """A case with the first answers of a seeded path, whatever else was answered."""
    case = stored_case().with_answer(CORD_SIGNS, signs, "ann", NOON)
    chance = Chance(seed)
    chance.given[CORD_SIGNS] = signs
    steps = machine.replay(chance, "stepwise").steps[1 : count + 1]
    for step in steps:
        case = case.with_answer(step.key, step.value, "ann", NOON)
    return case


def due(engine: Engine, case: StoredCase, now: datetime) -> datetime:
    return engine.stand(case, now).assessment.due or datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize("policy", quick_for(POLICIES, "stepwise"))
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(0, 30),
    signs=st.one_of(st.just("unknown"), st.lists(st.sampled_from(SIGNS), unique=True, max_size=3)),
    events=st.lists(EVENTS, min_size=1, max_size=6),
)
@settings(max_examples=150, deadline=None)
def test_new_signs_never_make_the_deadline_later_and_take_no_sign_away(
    machine: FlowMachine,
    policy: Policy,
    seed: int,
    count: int,
    signs: list[str] | str,
    events: list[Event],
) -> None:
    engine = Engine(machine, policy, UTC)
    case, now = a_case(machine, seed, count, signs), NOON + timedelta(hours=3)
    case = engine.advance(case, NewSigns(), "ann", now).case
    for event in events:
        if not case.adding:
            return
        turn = engine.advance(case, event, "ann", now)
        before, after = case.latest[CORD_SIGNS], turn.case.latest[CORD_SIGNS]
        assert due(engine, turn.case, now) <= due(engine, case, now)
        assert turn.case.begun_at == case.begun_at
        if isinstance(before, list):
            assert set(before) <= set(after)
        if any(isinstance(show, AskBack) for show in turn.replies):
            assert turn.case.answers == case.answers
        case = turn.case


@given(
    seed=st.integers(0, 10_000),
    count=st.integers(0, 30),
    signs=st.lists(st.sampled_from(SIGNS), unique=True, min_size=1),
    sign=st.sampled_from(SIGNS),
)
@settings(max_examples=100, deadline=None)
def test_a_new_sign_always_counts_without_a_question_back(
    machine: FlowMachine, seed: int, count: int, signs: list[str], sign: str
) -> None:
    engine = Engine(machine, "stepwise", UTC)
    others = [each for each in signs if each != sign]
    case = engine.advance(a_case(machine, seed, count, others), NewSigns(), "ann", NOON).case
    turn = engine.advance(case, Ticked(CORD_SIGNS, sign, on=True), "ann", NOON)
    assert set(turn.case.latest[CORD_SIGNS]) == {*others, sign}  # type: ignore[arg-type]
    assert turn.case.timeline[-1].kind == "new_signs"
