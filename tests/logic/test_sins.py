"""The points of SINS, its bands, and its range while components are missing."""

from typing import Any

import pytest

from bot.logic.case import Lesion
from bot.logic.sins import COMPONENTS, Sins, category, score

LEAST: dict[str, Any] = {
    "level": "S3",
    "pain": "none",
    "bone": "blastic",
    "alignment": "normal",
    "collapse": "none",
    "posterolateral": "none",
}
MOST: dict[str, Any] = {
    "level": "C7",
    "pain": "mechanical",
    "bone": "lytic",
    "alignment": "subluxation",
    "collapse": "ge50",
    "posterolateral": "bilateral",
}
TOP = {"level": 3, "pain": 3, "bone": 2, "alignment": 4, "collapse": 3, "posterolateral": 3}
LOCATIONS = {
    3: "C0 C1 C2 C7 T1 T2 T11 T12 L1 L5 S1",
    2: "C3 C4 C5 C6 L2 L3 L4",
    1: "T3 T4 T5 T6 T7 T8 T9 T10",
    0: "S2 S3 S4 S5",
}


@pytest.mark.parametrize(
    ("level", "points"),
    [(level, points) for points, levels in LOCATIONS.items() for level in levels.split()],
)
def test_points_of_every_level(level: str, points: int) -> None:
    assert score(Lesion(**LEAST | {"level": level})).total == points


@pytest.mark.parametrize(
    ("component", "value", "points"),
    [
        ("pain", "mechanical", 3),
        ("pain", "non_mechanical", 1),
        ("pain", "none", 0),
        ("bone", "lytic", 2),
        ("bone", "mixed", 1),
        ("bone", "blastic", 0),
        ("alignment", "subluxation", 4),
        ("alignment", "deformity", 2),
        ("alignment", "normal", 0),
        ("collapse", "ge50", 3),
        ("collapse", "lt50", 2),
        ("collapse", "none_gt50_involved", 1),
        ("collapse", "none", 0),
        ("posterolateral", "bilateral", 3),
        ("posterolateral", "unilateral", 1),
        ("posterolateral", "none", 0),
    ],
)
def test_points_of_every_other_component(component: str, value: str, points: int) -> None:
    assert score(Lesion(**LEAST | {component: value})).total == points


def test_the_total_is_the_sum_of_all_six() -> None:
    assert score(Lesion(**MOST)) == Sins(18, 18, ())
    assert score(Lesion(**LEAST)) == Sins(0, 0, ())


def test_the_grade_of_compression_scores_nothing() -> None:
    assert score(Lesion(**LEAST, escc="3")) == score(Lesion(**LEAST))


@pytest.mark.parametrize("missing", [None, "unknown"])
@pytest.mark.parametrize("component", COMPONENTS)
def test_a_missing_component_opens_a_range_of_all_its_points(
    component: str, missing: str | None
) -> None:
    least = score(Lesion(**LEAST | {component: missing}))
    assert least == Sins(0, TOP[component], (component,))
    most = score(Lesion(**MOST | {component: missing}))
    assert most == Sins(18 - TOP[component], 18, (component,))
    assert least.total is most.total is None


def test_all_components_missing_leave_the_whole_range_in_the_order_of_the_score() -> None:
    assert score(Lesion()) == Sins(
        0, 18, ("level", "pain", "bone", "alignment", "collapse", "posterolateral")
    )


@pytest.mark.parametrize(
    ("totals", "name"),
    [
        (range(7), "stable"),
        (range(7, 13), "potentially_unstable"),
        (range(13, 19), "unstable"),
    ],
)
def test_bands(totals: range, name: str) -> None:
    assert {category(total) for total in totals} == {name}


@pytest.mark.parametrize(
    ("low", "high", "name"),
    [
        (0, 6, "stable"),
        (0, 7, None),
        (6, 7, None),
        (7, 12, "potentially_unstable"),
        (12, 13, None),
        (13, 18, "unstable"),
        (0, 18, None),
    ],
)
def test_a_range_has_a_category_only_within_one_band(low: int, high: int, name: str | None) -> None:
    found = Sins(low, high, ("pain",))
    assert found.category == name
    assert found.total is None
    assert found.stable == (name == "stable")
    assert found.unstable == (name == "unstable")
