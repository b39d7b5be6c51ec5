"""The steroid decision: bladder alone without urine, and what could still change a decision."""

from collections.abc import Iterator
from random import Random
from typing import Any, get_args

import pytest

from bot.logic.case import (
    Asia,
    Cancer,
    Primary,
    RadicularDeficit,
    RadicularPain,
    Renal,
    UrineOutput,
)
from bot.logic.case_input import read_case
from bot.logic.findings import find
from bot.logic.steroid import (
    DECISIONS,
    Steroid,
    bladder_alone_while_anuric,
    decide,
    decisive_rule,
)
from tests.logic.random_cases import random_case

ANURIC: dict[str, Any] = {
    "renal": "haemodialysis",
    "urine_output": "anuric",
    "cord_signs": ["bladder"],
}
EVERY_ANSWER: dict[str, tuple[object, ...]] = {
    "infection_signs": (True, False),
    "cord_signs": ([], ["weakness"]),
    "radicular_deficit": get_args(RadicularDeficit),
    "radicular_pain": get_args(RadicularPain),
    "back_pain": (True, False),
    "asia": get_args(Asia),
    "cancer": get_args(Cancer),
    "primary": get_args(Primary),
    "renal": get_args(Renal),
    "urine_output": get_args(UrineOutput),
}


def decided(case: dict[str, Any]) -> Steroid:
    return decide(find(read_case(case)))


@pytest.mark.parametrize(
    ("change", "alone"),
    [
        ({}, True),
        ({"renal": "peritoneal"}, True),
        ({"asia": "E"}, True),
        ({"radicular_deficit": "unilateral_progressive"}, True),
        ({"lesions": [{"escc": "1c"}]}, True),
        ({"cord_signs": ["bladder", "bladder"]}, True),
        ({"cord_signs": ["bladder", "gait"]}, False),
        ({"cord_signs": []}, False),
        ({"urine_output": "residual"}, False),
        ({"urine_output": "unknown"}, False),
        ({"renal": "ckd", "egfr": 9}, False),
        ({"asia": "C"}, False),
        ({"asia": "D"}, False),
        ({"asia": "D", "radicular_deficit": "unilateral_stable"}, False),
        ({"paralysis_hours": 2}, False),
        ({"radicular_deficit": "bilateral"}, False),
        ({"lesions": [{"escc": "2"}]}, False),
    ],
)
def test_bladder_alone_means_nothing_without_urine(change: dict[str, Any], alone: bool) -> None:
    assert bladder_alone_while_anuric(find(read_case(ANURIC | change))) == alone


def test_what_could_change_the_decision_is_what_trying_every_answer_finds() -> None:
    chance, asked, rules = Random(11), set(), set()
    for _ in range(1500):
        case = random_case(chance)
        steroid = decided(case)
        assert list(steroid.ask) == list(_changing(case, steroid.decision)), case
        asked.update(steroid.ask)
        rules.add(steroid.rule)
    assert asked == set(EVERY_ANSWER)
    assert rules == set(DECISIONS)


def test_a_decision_needs_no_field_that_it_does_not_name() -> None:
    chance = Random(12)
    for _ in range(3000):
        found = find(read_case(random_case(chance)))
        assert decide(found).rule == decisive_rule(found), found.case


def test_the_kidneys_are_asked_for_where_only_a_patient_without_urine_would_differ() -> None:
    case = {"cancer": "known", "cord_signs": ["bladder"], "infection_signs": False, "asia": "E"}
    assert decided(case).ask == ("renal",)
    assert decided(case | {"urine_output": "residual"}).ask == ()
    assert decided(case | {"renal": "haemodialysis"}).ask == ("urine_output",)


def _changing(case: dict[str, Any], decision: str) -> Iterator[str]:
    for field, values in EVERY_ANSWER.items():
        if case.get(field) not in (None, "unknown"):
            continue
        changes: list[dict[str, object]] = [{field: value} for value in values]
        if field == "renal" and case.get("urine_output") in (None, "unknown"):
            changes += [{field: value, "urine_output": "anuric"} for value in values]
        if any(decided(case | change).decision != decision for change in changes):
            yield field
