"""A bare number typed after another screen than the question never answers it silently."""

from dataclasses import replace

import pytest

from bot.service.service import Service
from tests.dialogue import CHAT, asked, do, triage


@pytest.fixture
def there(service: Service) -> Service:
    """A case in a terminal that asks about the kidneys."""
    triage(service, cord_signs=["gait"], up_to="renal")
    return service


def answers(service: Service) -> dict[str, object]:
    case = service.store.cases.active(CHAT)
    assert case is not None
    return {**case.latest}


def test_a_number_after_the_list_of_answers_edits_that_answer(there: Service) -> None:
    before = answers(there)
    last = do(there, "/edit", "2")[-1]
    assert asked(there) == "infection_signs"
    assert "Answered before" in last.plain()
    assert answers(there) == before


def test_a_number_that_is_not_in_the_list_answers_nothing(there: Service) -> None:
    before = answers(there)
    said = do(there, "/edit", "4")
    assert "allowed: a number from 1 to 2" in said[0].plain()
    assert answers(there) == before
    do(there, "4")
    assert answers(there)["renal"] == "normal"


def test_words_after_the_list_of_answers_still_answer_the_question(there: Service) -> None:
    do(there, "/edit", "haemodialysis")
    assert answers(there)["renal"] == "haemodialysis"


@pytest.mark.parametrize(
    "line",
    ["/card", "/more", "/plan", "/plan 1", "/cases", "/sbar", "/help", "/why", "/drug apixaban"],
)
def test_a_number_after_any_other_screen_is_confirmed_first(there: Service, line: str) -> None:
    before = answers(there)
    said = do(there, line, "4")[-1].plain()
    assert "Normal. Is that right?" in said
    assert answers(there) == before
    do(there, "normal")
    assert answers(there)["renal"] == "normal"


def test_a_number_under_the_question_is_taken_at_once(there: Service) -> None:
    do(there, "/card", "/continue", "4")
    assert answers(there)["renal"] == "normal"


@pytest.mark.parametrize("touch", [False, True])
def test_a_measured_number_after_another_screen_is_confirmed_too(
    service: Service, touch: bool
) -> None:
    triage(service, cord_signs=["gait"], renal="haemodialysis", up_to="potassium")
    there = replace(service, touch=touch)
    said = do(there, "/sbar", "6")[-1].plain()
    assert "Is that right?" in said
    assert "potassium" not in answers(there)
    do(there, "6.0 mmol/L")
    assert answers(there)["potassium"] == 6
