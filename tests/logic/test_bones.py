"""Adjusted calcium and its rounding, the cut for low calcium, and the steps of zoledronate."""

import math
from typing import Any

import pytest

from bot.logic.bones import adjusted_calcium, low_calcium_cut, zoledronate_mg
from bot.logic.case import Case
from bot.logic.case_input import read_case
from bot.logic.findings import find


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


@pytest.mark.parametrize(
    ("egfr", "mg"),
    [
        (0, None),
        (29, None),
        (29.99, None),
        (30, 3.0),
        (39, 3.0),
        (39.99, 3.0),
        (40, 3.3),
        (49, 3.3),
        (49.99, 3.3),
        (50, 3.5),
        (60, 3.5),
        (60.99, 3.5),
        (61, 4.0),
        (120, 4.0),
    ],
)
def test_steps_of_zoledronate_by_whole_egfr(egfr: float, mg: float | None) -> None:
    assert zoledronate_mg(egfr) == mg


@pytest.mark.parametrize(
    ("kidneys", "cut"),
    [
        ({}, 2.10),
        ({"renal": "normal"}, 2.10),
        ({"renal": "ckd", "egfr": 30}, 2.10),
        ({"renal": "ckd", "egfr": 29.9}, 2.20),
        ({"renal": "haemodialysis"}, 2.20),
        ({"renal": "peritoneal"}, 2.20),
    ],
)
def test_calcium_is_low_sooner_where_the_kidneys_fail(kidneys: dict[str, Any], cut: float) -> None:
    assert low_calcium_cut(find(Case(**kidneys))) == cut
