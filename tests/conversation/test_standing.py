"""A standing reached step by step is the one that a replay of everything reaches."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.conversation import standing as module
from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine, Trail
from bot.conversation.standing import MOST_REMEMBERED, Standing
from bot.flows.facts import Facts
from bot.flows.grammar import Value
from bot.flows.triage import FLOW, SUSPECTED_AT
from bot.logic.assessment import assess, assess_later
from bot.logic.case import Case
from bot.logic.urgency import POLICIES, Policy
from state.records import StoredCase
from tests.conftest import NOON, stored_case
from tests.conversation.paths import Chance, choices
from tests.conversation.random_conversations import conversation
from tests.shares import quick_for

BERLIN = ZoneInfo("Europe/Berlin")


def what_it_says(standing: Standing, now: datetime) -> tuple[object, ...]:
    """Everything that a standing says at a moment."""
    trail = standing.trail
    return (
        *(standing.key, standing.settled, standing.waits_for, standing.asked, standing.at_end),
        *(standing.assessment, assess_later(standing.assessment, now).now, standing.emergency),
        *(standing.steps, standing.told, standing.headline),
        *what_it_holds(trail),
    )


def what_it_holds(trail: Trail) -> tuple[object, ...]:
    """Everything that a trail holds, with the case that its facts make."""
    facts = trail.facts
    asked = [facts.was_asked(question.field) for question in FLOW.questions.values()]
    known = [facts.get(question.field) for question in FLOW.questions.values()]
    return (
        *(trail.steps, trail.here, trail.place, trail.key, trail.item, trail.before),
        *(trail.misfits, trail.keys, dict(trail.taken)),
        *(facts.case, facts.found, facts.rules, facts.lesion_count, facts.policy, asked, known),
    )


def case_of(trail: Trail) -> Case:
    """Build the case of a trail at once, from all that its answers set."""
    fields, lesions = dict[str, Any](), dict[int, dict[str, Any]]()
    for aside in FLOW.aside:
        if aside.accepts(trail.taken.get(aside.id)):
            fields |= aside.sets(trail.taken[aside.id])
    for step in trail.steps:
        into = lesions.setdefault(step.item, {}) if step.question.repeated else fields
        into |= step.question.sets(step.value)
    for lesion in lesions.values():
        lesion.pop("another_level", None)
    given = {name: value for name, value in fields.items() if name in Case.model_fields}
    return Case.model_validate(given | ({"lesions": [*lesions.values()]} if lesions else {}))


@pytest.mark.parametrize("seed", quick_for(range(60), *range(12)))
def test_every_turn_of_a_conversation(machine: FlowMachine, seed: int) -> None:
    policy = POLICIES[seed % len(POLICIES)]
    for turned in conversation(machine, policy, seed):
        now, reached = turned.view.now, turned.turn.standing
        anew = Engine(machine, reached.assessment.policy, UTC).stand(turned.turn.case, now)
        assert what_it_says(reached, now) == what_it_says(anew, now), (seed, turned.event)
        assert reached.trail.facts.case == case_of(reached.trail)


def changing(seed: int) -> Iterator[dict[str, Value]]:
    """Yield the answers of a path while some are changed, taken back, given again or moved on."""
    chance, whole = random.Random(seed), Chance(seed)
    machine = FlowMachine(FLOW)
    path = machine.replay(whole, "stepwise").steps
    answers = {step.key: step.value for step in path[: chance.randrange(1, len(path) + 1)]}
    taken_back = dict[str, Value]()
    for _ in range(30):
        match chance.randrange(6):
            case 0 if answers:
                key = chance.choice(list(answers))
                taken_back[key] = answers.pop(key)
            case 1 if taken_back:
                answers |= dict([taken_back.popitem()])
            case 2:
                hours = timedelta(hours=chance.randrange(3))
                answers[SUSPECTED_AT] = (NOON - hours).isoformat()
            case 3 | 4 if answers:
                key = chance.choice(list(answers))
                question = FLOW.question(key)
                assert question is not None
                answers[key] = chance.choice([*choices(question), "no answer"])
            case _:
                step = next((step for step in path if step.key not in answers), path[0])
                answers[step.key] = step.value
        yield {**answers}


@pytest.mark.parametrize("seed", quick_for(range(200), *range(40)))
def test_whatever_has_changed_since_the_earlier_walk(machine: FlowMachine, seed: int) -> None:
    trail = machine.replay({}, "nice")
    for answers in changing(seed):
        held = what_it_holds(trail)
        later = machine.replay(answers, "nice", trail)
        assert what_it_holds(trail) == held
        assert what_it_holds(later) == what_it_holds(machine.replay(answers, "nice"))
        assert later.facts.case == case_of(later)
        trail = later


def test_facts_that_nobody_asked_for_are_not_lost(machine: FlowMachine) -> None:
    for seed in range(20):
        trail = machine.replay({}, "nice")
        for answers in changing(seed):
            trail = machine.replay(answers, "nice", trail)
        assert trail.facts.case == case_of(trail)
        assert trail.facts.rules == machine.replay(answers, "nice").facts.rules


def test_copied_facts_go_their_own_way() -> None:
    facts = Facts("nice")
    facts.take({"cord_signs": ["gait"], "infection_signs": True}, None)
    facts.take({"escc": "2"}, 1)
    copied = facts.copy()
    copied.take({"escc": "0"}, 1)
    copied.take({"cord_signs": []}, None)
    assert (copied.case.cord_signs, copied.found.worst_escc) == ((), "0")
    assert copied.case.infection_signs is facts.case.infection_signs is True
    assert (facts.case.cord_signs, facts.found.worst_escc) == (("gait",), "2")


def test_true_and_one_are_two_answers(machine: FlowMachine) -> None:
    answers: dict[str, Value] = {
        "cord_signs": ["gait"], "infection_signs": True, "renal": "normal", "cancer": "none",
    }  # fmt: skip
    trail = machine.replay(answers, "nice")
    assert trail.keys == (*answers,)
    later = machine.replay(answers | {"infection_signs": 1}, "nice", trail)
    assert (later.key, later.misfits) == ("infection_signs", ("infection_signs",))


def answered(seed: int) -> StoredCase:
    case = stored_case()
    for step in FlowMachine(FLOW).replay(Chance(seed), "nice").steps:
        case = case.with_answer(step.key, step.value, "ann", NOON)
    return case


@pytest.mark.parametrize("seed", quick_for(range(60), *range(15)))
def test_a_case_at_any_moments_in_any_order(machine: FlowMachine, seed: int) -> None:
    chance, policy = random.Random(seed), POLICIES[seed % len(POLICIES)]
    engine, case = Engine(machine, policy, BERLIN), answered(seed)
    for _ in range(25):
        now = NOON + timedelta(seconds=chance.randrange(-40_000, 700_000), microseconds=7)
        reached, anew = engine.stand(case, now), Engine(machine, policy, BERLIN).stand(case, now)
        assert what_it_says(reached, now) == what_it_says(anew, now)


def test_a_deadline_passes_with_the_second(machine: FlowMachine) -> None:
    engine, case = Engine(machine, "nice", UTC), stored_case()
    case = case.with_answer("cord_signs", ["gait"], "ann", NOON)
    due = engine.stand(case, NOON).assessment.due
    assert due is not None
    for seconds, warned in ((0, False), (0.9, False), (1, True), (0.9, False), (1.5, True)):
        result = engine.stand(case, due + timedelta(seconds=seconds)).assessment
        assert ("W1" in [each.id for each in result.warnings]) == warned


def test_what_another_process_wrote_counts(machine: FlowMachine) -> None:
    """A case as it was, as another wrote it, and as it was again after a turn that failed."""
    engine, before = Engine(machine, "nice", UTC), stored_case()
    before = before.with_answer("cord_signs", [], "ann", NOON)
    cases = [
        before,
        before.with_answer("cord_signs", ["gait"], "bob", NOON),
        before.with_answer("radicular_deficit", "bilateral", "ann", NOON),
        replace(before, begun_at=NOON - timedelta(hours=3)),
        replace(before, revisiting="cord_signs"),
        replace(before, answers=()),
    ]
    chance = random.Random(5)
    for case in (chance.choice(cases) for _ in range(100)):
        anew = Engine(machine, "nice", UTC).stand(case, NOON)
        assert what_it_says(engine.stand(case, NOON), NOON) == what_it_says(anew, NOON)


def test_a_look_replays_and_assesses_nothing(
    machine: FlowMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, case = Engine(machine, "nice", UTC), stored_case()
    case = case.with_answer("cord_signs", ["gait"], "ann", NOON)
    stood = engine.stand(case, NOON)
    assert stood.assessment.due is not None and stood.steps
    for name in ("assess_findings", "assess_later", "first_steps"):
        monkeypatch.setattr(module, name, None)
    monkeypatch.setattr(FlowMachine, "replay", None)
    later = replace(case, version=2, answers=(*case.answers,))
    assert engine.stand(later, NOON + timedelta(hours=5)) is stood
    led = engine.stand(replace(case, revisiting="cord_signs"), NOON + timedelta(hours=6))
    assert (led.key, led.steps, led.told) == ("cord_signs", stood.steps, stood.told)


def test_so_many_cases_are_remembered_and_no_more(
    machine: FlowMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, case = Engine(machine, "nice", UTC), stored_case()
    case = case.with_answer("cord_signs", ["gait"], "ann", NOON)
    for number in range(MOST_REMEMBERED + 20):
        engine.stand(replace(case, code=f"C-{number}"), NOON)
        engine.stand(replace(case, code="C-5"), NOON)
    assert len(engine._standings._seen) == MOST_REMEMBERED
    monkeypatch.setattr(FlowMachine, "replay", None)
    engine.stand(replace(case, code="C-5"), NOON)
    engine.stand(replace(case, code=f"C-{MOST_REMEMBERED}"), NOON)
    with pytest.raises(TypeError):
        engine.stand(replace(case, code="C-0"), NOON)


@pytest.mark.parametrize("policy", POLICIES)
def test_an_assessment_at_a_moment_is_that_of_the_moment(
    machine: FlowMachine, policy: Policy
) -> None:
    for seed in range(40):
        case = machine.replay(Chance(seed), policy).facts.case.changed({"opened_at": NOON})
        for hours in (0, 3, 20, 60, 400):
            now = NOON + timedelta(hours=hours)
            later, anew = assess_later(assess(case, policy, NOON), now), assess(case, policy, now)
            assert (later, later.now) == (anew, anew.now)
