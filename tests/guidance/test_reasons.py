"""Why a rule fired: the answers that met it, and no others."""

from typing import Any

import pytest

from bot.conversation.machine import FlowMachine
from bot.guidance.reasons import ASSUMED_FROM, MOST_NAMED, answers_behind, every_rule
from bot.guidance.texts import say
from bot.logic.assessment import Assessment, assess
from bot.logic.case import Case, Lesion
from tests.conftest import NOON
from tests.conversation.paths import Chance

CALM: dict[str, Any] = {
    "cord_signs": (),
    "radicular_deficit": "none",
    "radicular_pain": "none",
    "back_pain": True,
    "infection_signs": False,
}

LOW: dict[str, Any] = {"level": "T5", "escc": "0"}
UNSTABLE: dict[str, Any] = {
    "level": "L1",
    "pain": "mechanical",
    "bone": "lytic",
    "alignment": "subluxation",
    "collapse": "none_gt50_involved",
}


def result(**fields: Any) -> Assessment:
    return assess(Case(**fields), "stepwise", NOON)


def only(case: Case, answers: tuple[str, ...]) -> Case:
    """Keep only some answers of a case; of its lesions, only the named items."""
    kept = {name: getattr(case, name) for name in answers if "." not in name}
    if any("." in name for name in answers):
        kept["lesions"] = tuple(
            Lesion(
                **{
                    name: getattr(lesion, name)
                    for name in Lesion.model_fields
                    if f"{name}.{number}" in answers
                }
            )
            for number, lesion in enumerate(case.lesions or (), 1)
        )
    return Case(**kept)


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
        ("I4", {"lesions": (LOW,)}, {"lesions"}),
        (
            "D1",
            {
                "cancer": "known",
                "primary": "colon",
                "cord_signs": ["umn_signs"],
                "infection_signs": False,
                "asia": "B",
                "mri": "done",
                "lesions": (LOW | {"escc": "1a"},),
            },
            {"cancer", "cord_signs", "infection_signs", "asia", "mri", "lesions"},
        ),
        ("T-I1", {"lesions": (LOW, UNSTABLE)}, {f"{name}.2" for name in UNSTABLE}),
        (
            "T-I4",
            {
                "primary": "melanoma",
                "mri": "done",
                "lesions": (LOW, {"escc": "3", "bone": "lytic"}),
            },
            {"primary", "escc.2"},
        ),
        ("T-C5", {"lesions": ({"escc": "2"}, LOW, {"escc": "3"})}, {"escc.1", "escc.3"}),
        ("M1", {"cord_signs": ["gait"], "lesions": ({"level": "C5"},)}, {"cord_signs"}),
    ],
)
def test_the_answers_behind_a_rule(rule: str, fields: dict[str, Any], behind: set[str]) -> None:
    assert set(answers_behind(rule, result(**fields))) == behind


@pytest.mark.slow
def test_the_answers_named_are_enough_for_the_rule(machine: FlowMachine) -> None:
    """With those answers alone, nothing else known, the rule fires and says the same."""
    for seed in range(4):
        whole = assess(machine.replay(Chance(seed), "stepwise").facts.case, "stepwise", NOON)
        for rule, fired in every_rule(whole).items():
            if rule in ASSUMED_FROM:
                continue
            behind = answers_behind(rule, whole)
            kept = only(whole.case, behind)
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


@pytest.mark.parametrize("seed", [7, 32, 68, 97])
def test_the_reasons_of_the_largest_cases_take_few_assessments(
    machine: FlowMachine, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    whole = assess(machine.replay(Chance(seed), "stepwise").facts.case, "stepwise", NOON)
    assessed = list[Case]()

    def counted(case: Case, *given: Any) -> Assessment:
        assessed.append(case)
        return assess(case, *given)

    monkeypatch.setattr("bot.guidance.reasons.assess", counted)
    taken = dict[str, int]()
    for rule in every_rule(whole):
        assessed.clear()
        answers_behind(rule, whole)
        taken[rule] = len(assessed)
    assert max(taken.values()) <= 80, taken
    assert sum(taken.values()) / len(taken) <= 35, taken


def test_reasons_beyond_those_that_are_named_are_not_sought(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    levels = ("C0", "C1", "C2", "C7", "T1", "T2", "T11", "T12")
    eight = tuple(UNSTABLE | {"level": level, "escc": "2"} for level in levels)
    whole = result(cord_signs=["gait"], cancer="known", mri="done", lesions=eight)
    calls = list[Case]()

    def counted(case: Case, *given: Any) -> Assessment:
        calls.append(case)
        return assess(case, *given)

    monkeypatch.setattr("bot.guidance.reasons.assess", counted)
    assert answers_behind("T-C5", whole) == tuple(f"escc.{number}" for number in range(1, 9))
    assert len(calls) <= 100
    calls.clear()
    unstable = answers_behind("T-I1", whole)
    assert MOST_NAMED < len(unstable) < MOST_NAMED + len(UNSTABLE)
    assert {each.partition(".")[0] for each in unstable} == {*UNSTABLE}
    assert len(calls) <= 100
