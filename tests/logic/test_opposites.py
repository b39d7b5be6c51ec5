"""Two sentences that can be read as opposites never appear in one answer."""

from random import Random

import pytest

from tests.logic.answers import answer, whole
from tests.logic.random_cases import random_case
from tests.opposites import SENTENCES


def test_there_are_enough_pairs() -> None:
    assert len(SENTENCES) >= 25
    assert len({frozenset(pair) for pair in SENTENCES}) == len(SENTENCES)


@pytest.fixture(scope="module")
def answers() -> list[str]:
    chance = Random(25)
    return [whole(answer(random_case(chance))) for _ in range(2500)]


@pytest.mark.parametrize("pair", SENTENCES, ids=" | ".join)
def test_no_answer_says_both(pair: tuple[str, str], answers: list[str]) -> None:
    one, other = pair
    assert [text for text in answers if one in text and other in text] == []


@pytest.mark.parametrize("side", sorted({side for pair in SENTENCES for side in pair}))
def test_each_side_is_said_at_times(side: str, answers: list[str]) -> None:
    assert any(side in text for text in answers)
