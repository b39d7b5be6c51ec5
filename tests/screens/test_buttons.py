"""The buttons of every question: short enough for their row, few enough for a screen, and fixed."""

from dataclasses import replace
from datetime import UTC
from typing import Final, get_args

import pytest

from bot.conversation.engine import Engine
from bot.conversation.replies import Ask, Notice
from bot.flows.button_rows import TICK, in_one_row
from bot.flows.grammar import Choice, Question, Several
from bot.flows.triage import FLOW
from bot.flows.wording import flow_words, words_of
from bot.logic.case import Primary
from bot.screens.draw import draw
from bot.screens.notices import words
from bot.screens.screen import Screen
from bot.screens.view import View
from state.records import Value
from tests.conftest import NOON, stored_case
from tests.limits import LONGEST_LABEL, assert_labels_fit

MOST_BUTTONS: Final = 9
LONG_LISTS: Final = ("level", "primary", "kps")
MORE_THAN_NINE: Final = (*LONG_LISTS, "cord_signs", "dialysis_days")
WIDEST_WORD: Final = {2: 19, 3: 11}  # characters that no phone breaks, by buttons in the row
QUESTIONS: Final = tuple(FLOW.questions.values())


def drawn(engine: Engine, question: Question, *given: Value, touch: bool = True) -> Screen:
    """Return the screen of a question, answered before if `given`."""
    key, case = question.key(1), stored_case()
    for value in given:
        case = case.with_answer(key, value, "ann", NOON)
    view = View(case, engine.stand(case, NOON), FLOW, NOON, UTC, "bleep 4321", touch=touch)
    return draw((Ask(key),), view)[-1]


def name(question: Question) -> str:
    return question.id


@pytest.mark.parametrize("question", QUESTIONS, ids=name)
def test_every_label_of_a_question_fits_beside_the_others(
    engine: Engine, question: Question
) -> None:
    ticks = [str(each.value) for each in question.options] if isinstance(question, Several) else []
    for screen in (drawn(engine, question), drawn(engine, question, ticks)):
        assert_labels_fit(screen)
        for row in screen.rows:
            words_in_row = [word for button in row for word in button.label.split()]
            assert max(map(len, words_in_row)) <= WIDEST_WORD.get(len(row), 32)


@pytest.mark.parametrize("question", QUESTIONS, ids=name)
def test_a_question_has_at_most_nine_buttons_but_for_ticks_and_long_lists(
    engine: Engine, question: Question
) -> None:
    count = sum(map(len, drawn(engine, question).rows))
    assert (count > MOST_BUTTONS) == (question.id in MORE_THAN_NINE), count


@pytest.mark.parametrize("question", QUESTIONS, ids=name)
def test_above_a_long_list_the_question_is_the_last_line(
    engine: Engine, question: Question
) -> None:
    asked = words_of(FLOW, question.id).ask
    lines = drawn(engine, question).plain().split("\n")
    assert asked.endswith("?")
    assert (lines[-1] == asked) == (question.id in LONG_LISTS)
    assert isinstance(question, Choice) or question.id not in LONG_LISTS


@pytest.mark.parametrize("question", [q for q in QUESTIONS if isinstance(q, Several)], ids=name)
def test_a_tick_moves_no_button(engine: Engine, question: Several) -> None:
    plain = [[button.label for button in row] for row in drawn(engine, question).rows]
    ticked = drawn(engine, question, [str(question.options[0].value)]).rows
    assert ticked[0][0].label == TICK + plain[0][0]
    labels = [[button.label.removeprefix(TICK) for button in row] for row in ticked]
    assert labels == plain


@pytest.mark.parametrize(
    ("lengths", "many"),
    [
        ((1,) * 5, 5),
        ((3,) * 30, 6),
        ((4,) * 7, 4),
        ((8,) * 7, 4),
        ((9,) * 4, 2),
        ((12,) * 3, 3),
        ((9, 9, 12, 9, 9), 3),
        ((13, 4, 4), 2),
        ((20,) * 3, 2),
        ((21, 3), 1),
        ((32,), 1),
    ],
)
def test_as_many_buttons_stand_in_a_row_as_fit(lengths: tuple[int, ...], many: int) -> None:
    assert in_one_row(lengths) == many
    assert max(lengths) <= LONGEST_LABEL[many]


def test_the_primaries_stand_in_seven_rows_none_missing(engine: Engine) -> None:
    *rows, last = drawn(engine, FLOW.questions["primary"]).rows
    assert [len(row) for row in rows] == list(words_of(FLOW, "primary").rows)
    assert len(rows) == 7 and len(last) == 3
    assert {button.value for row in rows for button in row} == set(get_args(Primary))


def test_what_is_asked_of_a_score_or_a_case_fits_beside_another() -> None:
    tables = ("sections", "topics", "roles")
    labels = [label for table in tables for label in words(table).values()]
    for table in ("buttons", "called", "outcomes"):
        labels += words(table, "time_line.toml").values()
    assert max(map(len, labels)) <= LONGEST_LABEL[2]
    assert max(len(f"{TICK}{label}") for label in words("roles").values()) <= LONGEST_LABEL[2]


@pytest.mark.parametrize("question", QUESTIONS, ids=name)
def test_the_name_of_an_answer_fits_a_button(question: Question) -> None:
    lesion = len(" (2)") if question.repeated else 0
    label = flow_words("triage").questions[question.id].label
    assert len(label) + lesion <= LONGEST_LABEL[2]


@pytest.mark.parametrize("notice", sorted(words("by_tap").keys() & words("notices").keys()))
def test_a_notice_names_numbers_only_where_the_list_has_some(engine: Engine, notice: str) -> None:
    case = stored_case()
    said = {}
    for touch in (True, False):
        view = View(case, engine.stand(case, NOON), FLOW, NOON, UTC, "", touch=touch)
        said[touch] = draw((Notice(notice),), view)[0].plain()
    assert said[True] != said[False]
    for number in ("number", "1,3", "/edit cord_signs", "/edit mri", "/edit asia"):
        assert number not in said[True]


def test_what_is_allowed_is_said_for_buttons_or_for_the_numbered_list(engine: Engine) -> None:
    case = stored_case()
    refusal = Notice("not_an_answer", "allowed: a number from the list", by_tap="allowed: a button")
    view = View(case, engine.stand(case, NOON), FLOW, NOON, UTC, "", touch=True)
    assert "Not an answer here; allowed: a button." in draw((refusal,), view)[0].plain()


def test_the_buttons_of_a_changed_flow_are_its_own(engine: Engine) -> None:
    key = "renal"
    question = FLOW.questions[key]
    assert isinstance(question, Choice)
    fewer = replace(question, options=question.options[:2])
    nodes = tuple(fewer if node is question else node for node in FLOW.nodes)
    case = stored_case()
    view = View(case, engine.stand(case, NOON), FLOW, NOON, UTC, "", touch=True)
    whole = draw((Ask(key),), view)[0]
    changed = draw((Ask(key),), replace(view, flow=replace(FLOW, nodes=nodes)))[0]
    left_out = {option.key for option in question.options[2:]}
    values = [{button.value for row in each.rows for button in row} for each in (whole, changed)]
    assert left_out <= values[0] and not left_out & values[1]
    assert draw((Ask(key),), view)[0] == whole


def test_ticks_are_those_of_each_case(engine: Engine) -> None:
    question = FLOW.questions["cord_signs"]
    bare, ticked = drawn(engine, question), drawn(engine, question, ["gait"])
    gone = drawn(engine, question, ["wings"])
    labels = [[button.label for row in each.rows for button in row] for each in (bare, ticked)]
    assert sum(label.startswith(TICK) for label in labels[0]) == 0
    assert sum(label.startswith(TICK) for label in labels[1]) == 1
    done = [button.style for row in gone.rows for button in row if button.label == "Done"]
    assert done == ["primary"]
    assert drawn(engine, question) == bare
