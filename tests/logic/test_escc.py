"""The ESCC grade of a lesion, what counts as high, and the worst of several."""

from typing import Any, get_args

import pytest

from bot.logic.case import Escc, Lesion
from bot.logic.escc import GRADES, grade, is_high, worst


def test_the_grades_stand_in_rising_order() -> None:
    assert GRADES == ("0", "1a", "1b", "1c", "2", "3") == get_args(Escc)


@pytest.mark.parametrize("value", GRADES)
def test_a_known_grade_is_given_as_reported(value: Any) -> None:
    assert grade(Lesion(escc=value)) == value


@pytest.mark.parametrize("lesion", [Lesion(), Lesion(escc="unknown")])
def test_a_grade_that_is_not_known_is_none(lesion: Lesion) -> None:
    assert grade(lesion) is None


@pytest.mark.parametrize(
    ("value", "high"),
    [
        ("0", False),
        ("1a", False),
        ("1b", False),
        ("1c", False),
        ("2", True),
        ("3", True),
        (None, None),
    ],
)
def test_compression_starts_at_grade_2(value: str | None, high: bool | None) -> None:
    assert is_high(value) is high


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        ([], None),
        ([None], None),
        (["unknown", None], None),
        (["0"], "0"),
        (["1a", "1c", "1b"], "1c"),
        (["1c", "2"], "2"),
        (["3", "unknown", "2"], "3"),
        ([None, "0", "unknown"], "0"),
    ],
)
def test_the_worst_is_the_highest_that_is_known(grades: list[Any], expected: str | None) -> None:
    assert worst(Lesion(escc=value) for value in grades) == expected
