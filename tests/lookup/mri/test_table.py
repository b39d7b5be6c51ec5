"""The MRI table says what the rules say."""

import pytest

from bot.guidance.texts import guidance
from bot.logic.urgency import HOURS, POLICIES, Policy
from bot.lookup.mri.table import presentations


def test_the_eight_presentations_stand_from_the_most_to_the_least_urgent() -> None:
    assert list(presentations()) == [
        "cauda_equina", "cord_compression", "bilateral", "infection",
        "deficit_up_to_7_days", "deficit_over_7_days", "radicular_pain", "back_pain",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "limits"),
    [
        ("stepwise", (12, 12, 12, 24, 24, 48, 168, 336)),
        ("nice", (24, 24, 24, 24, 24, 24, 24, 168)),
        ("strictest", (12, 12, 12, 24, 24, 24, 24, 168)),
    ],
)
def test_each_policy_has_its_limits(policy: Policy, limits: tuple[int, ...]) -> None:
    assert tuple(row.hours(policy) for row in presentations().values()) == limits


@pytest.mark.parametrize("policy", POLICIES)
def test_the_other_guideline_is_named_beside_the_limit(policy: Policy) -> None:
    for row in presentations().values():
        others = " ".join(row.others(policy))
        assert ("NICE" in others) == (policy != "nice")
        assert ("Dutch" in others) == (policy != "stepwise")


def test_cauda_equina_counts_from_the_request_first() -> None:
    row = presentations()["cauda_equina"]
    assert row.rule not in HOURS["stepwise"]
    assert row.limit("stepwise") == (
        "MRI within 4 h of the request, where offered; else within 12 h"
    )
    assert {"R68", "ART"} <= set(row.citations)


def test_a_limit_is_said_in_weeks_where_it_is_weeks() -> None:
    row = presentations()["back_pain"]
    assert row.limit("stepwise") == "MRI of the whole spine within 2 weeks"
    assert row.others("stepwise") == ("NICE: within 1 week",)


def test_a_row_cites_the_rules_behind_its_limit_alone() -> None:
    rows = presentations()
    assert rows["infection"].rules == ("U8", "U10")
    assert rows["infection"].citations == guidance()["U10"].citations
    assert rows["cauda_equina"].citations == ("R68", "CC", "ART", "R02")
