"""The lines of the card that somebody acts on, and the words behind every rule."""

import re
from datetime import UTC, datetime, timedelta

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
from bot.logic.treatment import explain, explain_reason
from bot.logic.urgency import FAST_WITHIN_DAYS, explain_rule
from bot.screens.card import draw_card
from bot.screens.draw import draw
from bot.screens.screen import Screen
from bot.screens.view import View
from state.records import Value
from tests.conftest import NOON, stored_case
from tests.conversation.paths import Chance

OPTIONAL_NOTES = {"no_cancer", "cord_signs_unknown", "infection_unknown"}


def card(engine: Engine, now: datetime = NOON, **answers: Value) -> Screen:
    return draw_card(_view(engine, now, answers), urgent=True)


def lines(screen: Screen) -> list[str]:
    return screen.plain().split("\n")


def test_an_emergency_says_when_whom_and_what(engine: Engine) -> None:
    drawn = card(engine, cord_signs=["gait", "bladder"])
    said = lines(drawn)
    assert drawn.alert
    assert drawn.kind == "emergency"
    assert said[:4] == [
        "KES-42 · EMERGENCY – within 12 h",
        "Cauda equina: MRI within 4 h of the request, where offered",
        "MRI: whole spine, by Mon 23 Nov 00:00 UTC, in 12 h",
        "NICE: within 24 h",
    ]
    assert "Call: bleep 4321" in said
    moments = [p.unix for b in drawn.blocks for line in b.lines for p in line if p.unix]
    assert moments == [int((NOON + timedelta(hours=12)).timestamp())] * 2


def test_a_confirmed_compression_says_by_when_treatment_begins(engine: Engine) -> None:
    said = lines(
        card(engine, cord_signs=["gait"], mri="done", lesions_seen="some", **{"escc.1": "2"})
    )
    assert said[0] == "KES-42 · EMERGENCY – treatment within 24 h"
    assert "Treatment: begin by Mon 23 Nov 12:00 UTC, in 24 h" in said
    assert any(line.startswith("ESCC 2–3 on MRI: treatment within 24 h") for line in said)


def test_a_dangerous_potassium_comes_before_the_steroid(engine: Engine) -> None:
    said = lines(card(engine, cord_signs=["gait"], renal="ckd", potassium=6.2))
    potassium = said.index("Potassium 6.0 or more: treat first, ECG")
    assert potassium < next(n for n, line in enumerate(said) if line.startswith("Dexamethasone"))


def test_a_deadline_that_has_passed_leads(engine: Engine) -> None:
    said = lines(card(engine, NOON + timedelta(hours=13), cord_signs=["gait"]))
    assert said[0].endswith("OVERDUE")
    assert said[said.index("Do now") + 1] == "MRI overdue: phone radiology and the coordinator now"


def test_an_mri_that_is_impossible_or_unread_is_not_ordered_again(engine: Engine) -> None:
    assert (
        "CT in place of the MRI, by"
        in card(engine, cord_signs=["gait"], mri="not_possible").plain()
    )
    unread = card(engine, cord_signs=["gait"], mri="done", lesions_seen="unknown").plain()
    assert "MRI: done, not read – phone the radiologist now" in unread


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "febrile or on dialysis? phone first"),
        ({"cancer": "known"}, "4 mg 6-hourly; febrile? phone first"),
        ({"renal": "normal"}, "4 mg 6-hourly; febrile? phone first"),
        ({"infection_signs": False}, "4 mg 6-hourly; on dialysis? phone first"),
        ({"infection_signs": False, "renal": "normal"}, "4 mg every 6 h (16 mg a day)"),
    ],
)
def test_the_first_dose_says_what_would_ask_for_a_call_first(
    engine: Engine, answers: dict[str, Value], said: str
) -> None:
    found = [line for line in lines(card(engine, cord_signs=["gait"], **answers)) if said in line]
    assert len(found) == 1


def test_a_grade_that_is_not_known_is_said_to_be(engine: Engine) -> None:
    answers: dict[str, Value] = {"cord_signs": ["gait"], "mri": "done", "lesions_seen": "some"}
    said = card(engine, **answers, **{"level.1": "T7"}).plain()
    assert "Cord sign, ESCC not known yet: treatment within 24 h" in said
    said = card(engine, **answers, **{"level.1": "T7", "escc.1": "1b"}).plain()
    assert "Cord sign, ESCC 1a–1c: treatment within 24 h" in said


def test_one_sided_root_pain_says_whom_to_phone_at_once(engine: Engine) -> None:
    calm: dict[str, Value] = {"cord_signs": [], "radicular_deficit": "none", "back_pain": True}
    said = lines(card(engine, **calm, radicular_pain="unilateral", infection_signs=False))
    assert said[-3:-1] == ["Call: bleep 4321", "NICE: phone the coordinator now"]
    said = lines(card(engine, **calm, radicular_pain="none", infection_signs=False))
    assert "NICE: phone the coordinator now" not in said and "Call: bleep 4321" not in said


def test_the_dose_is_said_in_three_sentences_at_most(engine: Engine) -> None:
    for answers in (
        {"cord_signs": ["gait"]},
        {"cord_signs": [], "mri": "done", "lesions_seen": "some", "escc.1": "3",
         "cancer": "known", "primary": "lung", "radicular_deficit": "none"},
    ):  # fmt: skip
        result = _view(engine, NOON, answers).result
        (dose,) = [say(each) for each in result.actions if each.id == "D1"]
        assert len(re.findall(r"[.?!](?= |$)", dose)) <= 3
        assert "96 mg: serious harm in 14.3 %, against 0 with 16 mg; walking no better" in dose


def test_a_calm_case_is_for_the_weekly_board(engine: Engine) -> None:
    calm: dict[str, Value] = {"cord_signs": [], "radicular_deficit": "none", "back_pain": True}
    said = lines(card(engine, **calm, radicular_pain="none", infection_signs=False, cancer="known"))
    assert "Weekly tumour board (MDT)" in said


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
