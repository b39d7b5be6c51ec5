"""Every path of the urgency part and seeded paths of the rest: each ends in an answer that fits."""

import os
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import islice

import pytest

from bot.commands.why import draw_rules
from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine, Trail
from bot.conversation.replies import (
    Alert,
    Ask,
    RenewAlert,
    ShowAnswers,
    ShowCard,
    ShowMore,
    ShowSections,
)
from bot.conversation.standing import Standing
from bot.flows.grammar import Choice, Outcome, Question, Several, Value
from bot.flows.triage import FLOW, SUSPECTED_AT
from bot.flows.triage_conditions import urgency_settled
from bot.guidance.sections import SECTIONS
from bot.guidance.texts import guidance, sources
from bot.logic.urgency import POLICIES
from bot.screens.alert import MOST_LINES as MOST_ALERT_LINES
from bot.screens.alert import MOST_LINES_OVER_TICKS
from bot.screens.card import MOST_LINES, draw_card
from bot.screens.do_now import do_now
from bot.screens.draw import draw
from bot.screens.drawn_lines import screen_lines
from bot.screens.plan import filled_sections
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View
from state.records import StoredCase
from tests.conftest import NOON
from tests.conversation.paths import URGENCY_PART, Chance, choices, urgency_paths
from tests.limits import assert_fits

PATHS = int(os.environ.get("PATHS", "2000"))
LATER_THAN_THE_URGENCY_PART = {"U12", "U13"}
ASKED_IN_EITHER_PLACE = "radicular_pain"
LONGEST_CALL = "Coordinator " + "0" * 48
BEGUN = NOON - timedelta(hours=300)


@pytest.mark.slow
def test_every_path_of_the_urgency_part(machine: FlowMachine) -> None:
    seen, paths = Counter[str](), 0
    for policy in POLICIES:
        engine = Engine(machine, policy, NOON.tzinfo)
        for trail in urgency_paths(machine, policy):
            paths += 1
            view = _view(engine, trail)
            assert trail.here.id == "renal"
            assert urgency_settled(trail.facts)
            assert view.result.urgency.hours or view.result.urgency.rules == ("U9",)
            assert_fits(draw_card(view))
            assert any("Dexamethasone" in line for line in do_now(view))
            seen.update(view.result.urgency.rules)
    assert paths > 2700
    urgency = {rule for rule in guidance() if rule.startswith("U")}
    assert set(seen) == urgency - LATER_THAN_THE_URGENCY_PART


def test_an_emergency_is_known_after_one_answer_and_every_urgency_after_five(
    machine: FlowMachine,
) -> None:
    most = Counter[str]()
    for trail in urgency_paths(machine, "stepwise"):
        given = {step.key: step.value for step in trail.steps}
        taken = _answers_to_urgency(machine, given)
        if given["cord_signs"]:
            kind = "emergency"
        elif given["radicular_deficit"] == "bilateral":
            kind = "both sides"
        else:
            kind = "with days" if "deficit_days" in given else "without a sign"
        most[kind] = max(most[kind], taken)
    assert most == {"emergency": 1, "both sides": 2, "without a sign": 5, "with days": 6}


@pytest.mark.slow
def test_seeded_paths_end_in_an_answer_that_fits(machine: FlowMachine) -> None:
    engine = Engine(machine, "stepwise", NOON.tzinfo)
    chosen, decided, fired = Counter[tuple[str, str]](), Counter[tuple[str, bool]](), Counter[str]()
    fullest: View | None = None
    later = set[str]()
    for seed in range(PATHS):
        trail = machine.replay(Chance(seed), "stepwise")
        view = _view(engine, trail)
        assert isinstance(trail.here, Outcome)
        assert trail.misfits == ()
        chosen.update((step.question.id, repr(step.value)) for step in trail.steps)
        decided.update(_decisions(trail))
        fired.update(action.id for action in view.result.actions)
        later.update(LATER_THAN_THE_URGENCY_PART.intersection(view.result.urgency.rules))
        if fullest is None or len(view.result.actions) > len(fullest.result.actions):
            fullest = view
        if seed % 10 == 0 or PATHS > 2000:
            _assert_whole_answer_fits(view)

    assert fullest is not None
    assert len(fullest.result.actions) > 35
    _assert_whole_answer_fits(fullest)
    every_choice = {
        (node.id, repr(value))
        for node in FLOW.nodes
        if isinstance(node, Choice | Several)
        for value in choices(node)
    }
    assert every_choice <= set(chosen)
    conditional = {node.id for node in FLOW.nodes if node.when} - {ASKED_IN_EITHER_PLACE}
    assert (ASKED_IN_EITHER_PLACE, False) not in decided
    assert {(node, way) for node in conditional for way in (True, False)} <= set(decided)
    actions = {rule for rule in guidance() if rule[0] in "ISDMCRPQBGN" and rule[1:].isdigit()}
    assert set(fired) == actions
    assert later == {"U13"}  # U12 needs an older scan or a CT, and the MRI still to be done


@pytest.mark.parametrize("question", FLOW.questions.values(), ids=lambda question: question.id)
def test_every_question_fits(engine: Engine, machine: FlowMachine, question: Question) -> None:
    view = _view(engine, machine.replay({}, "stepwise"))
    for value in choices(question):
        before = view.case.with_answer(question.key(1), value, "doctor", NOON)
        for screen in draw((Ask(question.key(1)),), replace(view, case=before)):
            assert_fits(screen)


def _answers_to_urgency(machine: FlowMachine, given: dict[str, Value]) -> int:
    for count in range(1, len(given) + 1):
        taken = dict(islice(given.items(), count))
        if urgency_settled(machine.replay(taken, "stepwise").facts):
            return count
    raise AssertionError(given)


def _decisions(trail: Trail) -> list[tuple[str, bool]]:
    """Return, for each conditional question, whether this path asked it."""
    asked = {step.question.id for step in trail.steps} | {trail.here.id}
    last = [node.id for node in FLOW.nodes].index(trail.here.id)
    reached = FLOW.nodes[: last + 1]
    return [(node.id, node.id in asked) for node in reached if node.when]


def _view(engine: Engine, trail: Trail) -> View:
    case = StoredCase(
        code="KES-421",
        chat="test",
        owner="doctor",
        status="open",
        begun_at=BEGUN,
        flow=FLOW.id,
        fingerprint=FLOW.fingerprint,
        ruleset="",
        touched_at=NOON,
    )
    case = case.with_answer(SUSPECTED_AT, BEGUN.isoformat(), "a name of some length", NOON)
    for step in trail.steps:
        case = case.with_answer(step.key, step.value, "a name of some length", NOON)
    standing: Standing = engine.stand(case, NOON)
    call = LONGEST_CALL if len(trail.steps) % 2 else ""
    return View(case, standing, FLOW, NOON, engine.zone, call)


def _assert_whole_answer_fits(view: View) -> None:
    filled = filled_sections(view)
    assert set(filled) <= set(SECTIONS)
    views = (ShowCard(), ShowSections(), ShowSections(filled), ShowAnswers(), ShowMore())
    drawn = [screen for show in (*views, Alert(), RenewAlert()) for screen in draw((show,), view)]
    assert_fits(draw_rules(view))
    for screen in drawn:
        assert_fits(screen)
        assert screen.head == urgency_line(view) != ()
    (card, alert) = (next(s for s in drawn if s.kind == kind) for kind in ("card", "alert"))
    assert screen_lines(card) <= MOST_LINES
    assert screen_lines(alert) <= MOST_ALERT_LINES, alert.plain()
    (short,) = draw((Alert(ticking=True),), view)
    assert screen_lines(short) <= MOST_LINES_OVER_TICKS
    assert short.rows == ()
    for rule in (*view.result.urgency.rules, *(action.id for action in view.result.actions)):
        assert set(guidance()[rule].citations) <= set(sources())


def test_the_urgency_part_is_what_the_paths_cover() -> None:
    first = [node.id for node in FLOW.nodes[: len(URGENCY_PART) + 1]]
    assert first == [*URGENCY_PART, "infection_signs"]
