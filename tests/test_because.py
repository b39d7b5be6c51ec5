"""Why a rule fired: the answers that met it, and no others."""

from typing import Any

import pytest

from bot.because import ASSUMED_FROM, every_rule, fields_behind
from bot.logic.assessment import Assessment, assess
from bot.logic.case import Case
from bot.machine import FlowMachine
from bot.words import say
from tests.conftest import NOON
from tests.paths import Chance

CALM: dict[str, Any] = {
    "cord_signs": (),
    "radicular_deficit": "none",
    "radicular_pain": "none",
    "back_pain": True,
    "infection_signs": False,
}


def result(**fields: Any) -> Assessment:
    return assess(Case(**fields), "stepwise", NOON)


@pytest.mark.parametrize(
    ("rule", "fields", "behind"),
    [
        ("U1", {"cord_signs": ["gait"], "back_pain": True}, {"cord_signs"}),
        ("U1", {"asia": "B", "cord_signs": ()}, {"asia"}),
        ("U2", {**CALM, "radicular_pain": "bilateral"}, {"radicular_pain"}),
        (
            "U2",
            {**CALM, "radicular_pain": "bilateral", "radicular_deficit": "bilateral"},
            {"radicular_pain", "radicular_deficit"},
        ),
        (
            "U5",
            {**CALM, "radicular_deficit": "unilateral_progressive", "deficit_days": 9.0},
            {"radicular_deficit", "deficit_days"},
        ),
        ("U10", {**CALM, "infection_signs": True}, {"infection_signs", "back_pain"}),
        ("U8", {**CALM, "cancer": "none"}, {"back_pain", "cancer"}),
        ("C3", {**CALM, "cancer": "known"}, {"cord_signs", "radicular_deficit", "cancer"}),
        ("C5", {**CALM}, set()),
        ("B3", {**CALM, "calcium": 2.15, "renal": "peritoneal"}, {"calcium", "renal"}),
        ("G12", {**CALM, "potassium": 6.2, "renal": "ckd"}, {"potassium"}),
        ("U3?", {"back_pain": True}, {"cord_signs"}),
        ("U4?", {**CALM, "radicular_deficit": "unilateral_progressive"}, {"deficit_days"}),
        ("U4?", {"cord_signs": (), "radicular_deficit": "unknown"}, {"radicular_deficit"}),
        ("D7", {"cord_signs": ["gait"], "renal": "haemodialysis"}, {"cord_signs", "renal"}),
        ("await_mri", {**CALM}, set()),
    ],
)
def test_the_answers_behind_a_rule(rule: str, fields: dict[str, Any], behind: set[str]) -> None:
    assert set(fields_behind(rule, result(**fields))) == behind


def test_the_answers_named_are_enough_for_the_rule(machine: FlowMachine) -> None:
    """With those answers alone, nothing else known, the rule fires and says the same."""
    for seed in range(4):
        whole = assess(machine.replay(Chance(seed), "stepwise").facts.case, "stepwise", NOON)
        for rule, fired in every_rule(whole).items():
            if rule in ASSUMED_FROM:
                continue
            behind = fields_behind(rule, whole)
            kept = Case(**{name: getattr(whole.case, name) for name in behind})
            alone = every_rule(assess(kept, "stepwise", NOON))
            assert rule in alone, (seed, rule, behind)
            assert say(alone[rule]) == say(fired), (seed, rule, behind)


def test_every_rule_of_an_assessment_is_there_once(machine: FlowMachine) -> None:
    whole = assess(machine.replay(Chance(3), "stepwise").facts.case, "stepwise", NOON)
    ids = list(every_rule(whole))
    assert set(ids) >= {*whole.urgency.rules, *(each.id for each in whole.actions)}
    assert whole.treatment.pathway in ids
    assert ids[: len(whole.urgency.rules)] == list(whole.urgency.rules)
    assert ids[len(whole.urgency.rules)].startswith("D")
