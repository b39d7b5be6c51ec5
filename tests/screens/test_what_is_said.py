"""The words behind every rule and every button."""

from datetime import UTC, datetime

import pytest

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.conversation.replies import Ask
from bot.flows.grammar import Choice, Moment, Number, Question
from bot.flows.triage import FLOW
from bot.flows.typed import Clock, read_typed
from bot.flows.wording import flow_words, words_of
from bot.guidance.texts import guidance, say
from bot.logic.assessment import assess
from bot.logic.surgery import explain_reason
from bot.logic.treatment import explain
from bot.logic.urgency import FAST_WITHIN_DAYS, explain_rule
from bot.screens.draw import draw
from bot.screens.view import View
from state.records import Value
from tests.conftest import NOON, stored_case
from tests.conversation.paths import Chance

OPTIONAL_NOTES = {"no_cancer", "cord_signs_unknown"}


def test_one_day_is_no_days(engine: Engine) -> None:
    view = _view(engine, NOON, {"cord_signs": [], "radicular_deficit": "unilateral_progressive"})
    buttons = [b.label for row in draw((Ask("deficit_days"),), view)[0].rows for b in row]
    assert buttons[:2] == ["1 day", "3 days"]


def test_every_note_that_a_rule_names_has_its_sentence(machine: FlowMachine) -> None:
    for seed in range(400):
        result = assess(machine.replay(Chance(seed), "stepwise").facts.case, "stepwise", NOON)
        reasons = (*result.treatment.indications, *result.treatment.contraindications)
        fired = (
            *result.actions,
            *result.warnings,
            *(explain_rule(result.found, rule, "stepwise") for rule in result.urgency.rules),
            *(explain_reason(result.found, reason) for reason in reasons),
        )
        for each in fired:
            sentences = guidance()[each.id].sentences
            missing = {n for n in each.say if n not in sentences and f"card_{n}" not in sentences}
            assert missing <= OPTIONAL_NOTES, each.id
            assert "{" not in say(each)
        assert say(explain(result.found, result.treatment))


@pytest.mark.parametrize("question", FLOW.questions.values(), ids=lambda question: question.id)
def test_what_a_button_stands_for_is_read_as_its_answer(engine: Engine, question: Question) -> None:
    key = question.key(1)
    screen = draw((Ask(key),), _view(engine, NOON, {}))[0]
    clock = Clock(NOON, UTC, NOON)
    buttons = [b for row in screen.rows for b in row if b.does == f"answer {key}"]
    assert buttons
    for button in buttons:
        value = read_typed(button.value, question, words_of(FLOW, question.id), clock)
        assert question.accepts(value), button
        if isinstance(question, Choice) and value != "unknown":
            assert value in [option.value for option in question.options]
    if isinstance(question, Number | Moment):
        assert len(buttons) >= len(question.picks)


def test_the_texts_say_the_days_that_the_rule_counts() -> None:
    days = f"{FAST_WITHIN_DAYS:g}"
    for rule in ("U4", "U5"):
        assert f"{days} days" in guidance()[rule].sentences["text"]
        assert f"{days} days" in guidance()[rule].sentences["card"]
    assert f"Day {days}" in flow_words("triage").questions["deficit_days"].help


def _view(engine: Engine, now: datetime, answers: dict[str, Value]) -> View:
    case = stored_case()
    for key, value in answers.items():
        case = case.with_answer(key, value, "ann", NOON)
    return View(case, engine.stand(case, now), FLOW, now, UTC, "bleep 4321")
