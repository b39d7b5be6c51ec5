"""Calcium: adjusted and rounded, the lower and the upper figure, and the cuts that they meet."""

import math
from typing import Any

import pytest

from bot.logic.calcium import Calcium, adjusted_calcium, calcium
from bot.logic.case import Case
from bot.logic.case_input import read_case
from bot.logic.findings import find

HEALTHY: dict[str, Any] = {"renal": "normal", "egfr": 80}
FAILING: list[dict[str, Any]] = [
    {"renal": "haemodialysis"},
    {"renal": "peritoneal"},
    {"egfr": 29.9},
    {"renal": "ckd"},
]


def measured(**case: Any) -> Calcium:
    level = calcium(find(read_case(case)))
    assert level is not None
    return level


@pytest.mark.parametrize(
    ("calcium", "albumin", "adjusted"),
    [
        (2.0, 40, 2.0),
        (2.0, 30, 2.2),
        (2.0, 45, 1.9),
        (2.4, 25, 2.7),
        (5, 5, 5.7),
        (2.31, 22.75, 2.66),
        (2.0, 42.25, 1.96),
        (2.0, 39.76, 2.0),
        (2.0, 39.75, 2.01),
        (2.0, 40.25, 2.0),
        (2.0, 40.26, 1.99),
    ],
)
def test_calcium_moves_by_2_hundredths_for_each_gram_of_albumin_from_40(
    calcium: float, albumin: float, adjusted: float
) -> None:
    assert adjusted_calcium(Case(calcium=calcium, albumin=albumin)) == adjusted


@pytest.mark.parametrize(
    ("calcium", "rounded"),
    [
        (2.094, 2.09),
        (2.095, 2.10),
        (2.105, 2.11),
        (2.675, 2.68),
        (2.645, 2.65),
        (2.655, 2.66),
        (2.6549999, 2.65),
        (1.005, 1.01),
    ],
)
def test_half_a_hundredth_is_rounded_up_as_written_in_decimals(
    calcium: float, rounded: float
) -> None:
    assert adjusted_calcium(Case(calcium=calcium)) == rounded


@pytest.mark.parametrize("albumin", [None, "unknown"])
def test_without_albumin_the_value_counts_as_adjusted(albumin: Any) -> None:
    assert adjusted_calcium(Case(calcium=2.31, albumin=albumin)) == 2.31


@pytest.mark.parametrize("calcium", [None, "unknown"])
def test_without_calcium_there_is_none(calcium: Any) -> None:
    assert adjusted_calcium(Case(calcium=calcium, albumin=30)) is None


def test_whole_numbers_are_adjusted_alike() -> None:
    assert adjusted_calcium(read_case({"calcium": 2, "albumin": 30})) == 2.2


@pytest.mark.parametrize(("calcium", "albumin"), [(0.5, 65), (0.598, 70), (0.602, 70), (0.596, 70)])
def test_nothing_is_never_a_negative_nothing(calcium: float, albumin: float) -> None:
    adjusted = adjusted_calcium(Case(calcium=calcium, albumin=albumin))
    assert adjusted == 0
    assert math.copysign(1, adjusted) == 1


def test_an_impossible_pair_of_values_still_gives_a_number() -> None:
    assert adjusted_calcium(Case(calcium=0.5, albumin=70)) == -0.1


@pytest.mark.parametrize("kidneys", FAILING)
@pytest.mark.parametrize(
    ("total", "albumin", "adjusted"), [(2.19, 30, 2.39), (2.25, 43, 2.19), (2.31, 40, 2.31)]
)
def test_where_the_kidneys_fail_the_smaller_and_the_larger_of_both_decide(
    kidneys: dict[str, Any], total: float, albumin: float, adjusted: float
) -> None:
    level = measured(**kidneys, calcium=total, albumin=albumin)
    assert (level.total, level.adjusted) == (total, adjusted)
    assert (level.lower, level.upper) == (min(total, adjusted), max(total, adjusted))


@pytest.mark.parametrize("kidneys", [{}, HEALTHY, {"renal": "ckd", "egfr": 30}])
def test_on_other_kidneys_the_adjusted_figure_alone_decides(kidneys: dict[str, Any]) -> None:
    level = measured(**kidneys, calcium=1.85, albumin=30)
    assert level.total == 1.85
    assert level.lower == level.upper == level.adjusted == 2.05


def test_the_total_is_rounded_half_up_as_well() -> None:
    level = measured(renal="haemodialysis", calcium=1.895, albumin=30)
    assert (level.total, level.adjusted, level.lower) == (1.9, 2.1, 1.9)
    assert not level.dangerously_low


def test_calcium_that_was_never_measured_is_neither_low_nor_high() -> None:
    assert calcium(find(read_case({"renal": "haemodialysis", "albumin": 30}))) is None


@pytest.mark.parametrize(
    ("total", "low", "dangerously_low"),
    [(1.89, True, True), (1.90, True, False), (2.09, True, False), (2.10, False, False)],
)
def test_low_calcium_on_healthy_kidneys(total: float, low: bool, dangerously_low: bool) -> None:
    level = measured(**HEALTHY, calcium=total)
    assert (level.low, level.dangerously_low) == (low, dangerously_low)


@pytest.mark.parametrize("kidneys", FAILING)
@pytest.mark.parametrize(("total", "low"), [(2.10, True), (2.19, True), (2.20, False)])
def test_calcium_is_low_sooner_where_the_kidneys_fail(
    kidneys: dict[str, Any], total: float, low: bool
) -> None:
    assert measured(**kidneys, calcium=total).low == low


@pytest.mark.parametrize("kidneys", [HEALTHY, *FAILING])
@pytest.mark.parametrize(
    ("total", "high", "dangerously_high"),
    [(2.65, False, False), (2.66, True, False), (2.99, True, False), (3.00, True, True)],
)
def test_high_calcium_on_any_kidneys(
    kidneys: dict[str, Any], total: float, high: bool, dangerously_high: bool
) -> None:
    level = measured(**kidneys, calcium=total)
    assert (level.high, level.dangerously_high) == (high, dangerously_high)


def test_total_and_adjusted_may_be_low_and_high_at_once_on_dialysis() -> None:
    level = measured(renal="haemodialysis", calcium=2.15, albumin=10)
    assert level.low
    assert level.high
    assert not (level.dangerously_low or level.dangerously_high)
