"""The points of the revised Tokuhashi score, its bands, its range, and where it does not apply."""

from typing import Any, get_args

import pytest

from bot.logic.case import Case, Primary
from bot.logic.tokuhashi import Tokuhashi, applies, band, score

LEAST: dict[str, Any] = {
    "cancer": "known",
    "kps": 10,
    "extraspinal_bone": 3,
    "vertebral_mets": 3,
    "organ_mets": "unremovable",
    "primary": "lung",
    "asia": "A",
}
MOST: dict[str, Any] = {
    "cancer": "known",
    "kps": 100,
    "extraspinal_bone": 0,
    "vertebral_mets": 1,
    "organ_mets": "none",
    "primary": "breast",
    "asia": "E",
}
TOP = {
    "kps": 2,
    "extraspinal_bone": 2,
    "vertebral_mets": 2,
    "organ_mets": 2,
    "primary": 5,
    "asia": 2,
}
PRIMARIES = {
    0: "lung osteosarcoma stomach bladder oesophagus pancreas",
    1: "liver gallbladder unknown_primary",
    2: "melanoma sarcoma seminoma colon ovary head_neck other",
    3: "renal_cell uterus",
    4: "rectum",
    5: "thyroid breast prostate carcinoid",
}
POINTS = [(primary, points) for points, names in PRIMARIES.items() for primary in names.split()]


@pytest.mark.parametrize(("primary", "points"), POINTS)
def test_points_of_every_primary(primary: str, points: int) -> None:
    found = score(Case(**LEAST | {"primary": primary}))
    assert found is not None
    assert found.total == points


def test_every_primary_has_points_or_is_none_of_the_score() -> None:
    scored = {primary for primary, _ in POINTS}
    assert set(get_args(Primary)) - scored == {"myeloma", "lymphoma"}


@pytest.mark.parametrize(
    ("part", "value", "points"),
    [
        *(("kps", kps, 0) for kps in (10, 20, 30, 40)),
        *(("kps", kps, 1) for kps in (50, 60, 70)),
        *(("kps", kps, 2) for kps in (80, 90, 100)),
        ("extraspinal_bone", 0, 2),
        ("extraspinal_bone", 1, 1),
        ("extraspinal_bone", 2, 1),
        ("extraspinal_bone", 3, 0),
        ("vertebral_mets", 1, 2),
        ("vertebral_mets", 2, 1),
        ("vertebral_mets", 3, 0),
        ("organ_mets", "none", 2),
        ("organ_mets", "removable", 1),
        ("organ_mets", "unremovable", 0),
        ("asia", "A", 0),
        ("asia", "B", 0),
        ("asia", "C", 1),
        ("asia", "D", 1),
        ("asia", "E", 2),
    ],
)
def test_points_of_every_other_part(part: str, value: int | str, points: int) -> None:
    assert score(Case(**LEAST | {part: value})) == Tokuhashi(points, points, ())


def test_the_total_is_the_sum_of_all_six() -> None:
    assert score(Case(**LEAST)) == Tokuhashi(0, 0, ())
    assert score(Case(**MOST)) == Tokuhashi(15, 15, ())


@pytest.mark.parametrize("missing", [None, "unknown"])
@pytest.mark.parametrize("part", TOP)
def test_a_missing_part_opens_a_range_of_all_its_points(part: str, missing: str | None) -> None:
    assert score(Case(**LEAST | {part: missing})) == Tokuhashi(0, TOP[part], (part,))
    assert score(Case(**MOST | {part: missing})) == Tokuhashi(15 - TOP[part], 15, (part,))


def test_all_parts_missing_leave_the_whole_range_in_the_order_of_the_score() -> None:
    found = score(Case(cancer="known"))
    assert found == Tokuhashi(
        0, 15, ("kps", "extraspinal_bone", "vertebral_mets", "organ_mets", "primary", "asia")
    )
    assert found.total is None
    assert found.band is None


@pytest.mark.parametrize(
    ("totals", "name"),
    [(range(9), "lt6m"), (range(9, 12), "ge6m"), (range(12, 16), "ge12m")],
)
def test_bands(totals: range, name: str) -> None:
    assert {band(total) for total in totals} == {name}


@pytest.mark.parametrize(
    ("low", "high", "name"),
    [
        (0, 8, "lt6m"),
        (8, 9, None),
        (9, 11, "ge6m"),
        (11, 12, None),
        (12, 15, "ge12m"),
        (8, 12, None),
    ],
)
def test_a_range_has_a_band_only_within_one(low: int, high: int, name: str | None) -> None:
    found = Tokuhashi(low, high, ("kps",))
    assert found.band == name
    assert found.total is None


@pytest.mark.parametrize(
    "instead",
    [
        {"primary": "myeloma"},
        {"primary": "lymphoma"},
        {"cancer": "none"},
        {"cancer": "suspected"},
        {"cancer": "unknown"},
        {"cancer": None},
    ],
)
def test_it_does_not_apply_to_blood_cancers_nor_without_proven_cancer(
    instead: dict[str, Any],
) -> None:
    case = Case(**MOST | instead)
    assert not applies(case)
    assert score(case) is None


@pytest.mark.parametrize("primary", ["unknown", None])
def test_it_applies_to_a_proven_cancer_whose_primary_is_not_known(primary: str | None) -> None:
    assert score(Case(**MOST | {"primary": primary})) == Tokuhashi(10, 15, ("primary",))
