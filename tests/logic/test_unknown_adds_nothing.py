"""An unknown answer adds no dose and no treatment that "absent" would not."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from bot.guidance.texts import say
from bot.logic.assessment import Assessment
from tests.doses import doses
from tests.logic.answers import answer, rules
from tests.logic.random_cases import random_case
from tests.shares import quick_for

TREATMENTS = {"D1", "B6", "R1", "R2", "R3", "R4", "R5", "R6", "P1", "P2"}
ABSENT: dict[str, Any] = {
    "cancer": "none",
    "back_pain": False,
    "radicular_pain": "none",
    "radicular_deficit": "none",
    "cord_signs": [],
    "infection_signs": False,
    "asia": "E",
    "walking": "unaided",
    "previous_rt": "none",
    "previous_surgery": False,
    "progression_after_rt": False,
    "deterioration_during_rt": False,
    "blood_thinners": [],
    "life_expectancy": "ge3m",
    "ecog": 0,
    "renal": "normal",
    "egfr": 90,
    "access": "fistula",
    "urine_output": "residual",
    "potassium": 4.2,
    "calcium": 2.3,
    "albumin": 40,
}
FOREMOST = (
    "cancer",
    "cord_signs",
    "infection_signs",
    "radicular_deficit",
    "blood_thinners",
    "renal",
)
WITHOUT_SURGERY = {"R1", "R2", "R3"}  # the meeting's schedules stand in for a settled operation
Excuse = Callable[[dict[str, Any], Assessment, Assessment], set[str]]


def _deficit_before_tissue(case: dict[str, Any], absent: Assessment, _: Assessment) -> set[str]:
    """Cancer not known is not the same as no cancer: a deficit does not wait for tissue."""
    return {"D1"} if absent.found.deficit else set()


def _timed_paralysis(case: dict[str, Any], absent: Assessment, _: Assessment) -> set[str]:
    """Hours of paralysis are a cord sign unless ASIA E, or D by a root, says otherwise."""
    return {"D1", "G10"} if case.get("paralysis_hours") not in (None, "unknown") else set()


def _nothing_hurts(case: dict[str, Any], absent: Assessment, _: Assessment) -> set[str]:
    """Only pain known to be absent settles that there is nothing to treat locally."""
    settled = absent.treatment.pathway == "no_local_treatment"
    return {*WITHOUT_SURGERY, "R4"} if settled else set()


def _meeting(case: dict[str, Any], absent: Assessment, unknown: Assessment) -> set[str]:
    """A meeting instead of a settled operation weighs the alternatives."""
    operated = absent.treatment.pathway == "surgery_then_radiotherapy"
    return WITHOUT_SURGERY if operated and unknown.treatment.pathway == "mdt_decision" else set()


def _failing_kidneys(case: dict[str, Any], absent: Assessment, _: Assessment) -> set[str]:
    """Chronic kidney disease whose egfr is not known counts as failing kidneys."""
    return {"B2", "B7", "G10"} if case.get("renal") == "ckd" else set()


EXCUSES: dict[str, tuple[Excuse, ...]] = {
    "cancer": (_deficit_before_tissue,),
    "asia": (_timed_paralysis, _meeting),
    "back_pain": (_nothing_hurts,),
    "radicular_pain": (_nothing_hurts,),
    "life_expectancy": (_meeting,),
    "ecog": (_meeting,),
    "egfr": (_failing_kidneys,),
}


def given(result: Assessment) -> Iterator[str]:
    """Name the rules that treat, and those whose sentences contain a dose."""
    for rule, fired in rules(result).items():
        if rule in TREATMENTS or doses(say(fired)):
            yield rule


@pytest.mark.parametrize("field", quick_for(ABSENT, *FOREMOST))
def test_unknown_adds_no_dose_and_no_treatment(field: str) -> None:
    chance = Random(field)
    for _ in range(120):
        case = random_case(chance)
        unknown = answer({**case, field: "unknown"})
        absent = answer({**case, field: ABSENT[field]})
        added = set(given(unknown)) - set(given(absent))
        for excuse in EXCUSES.get(field, ()):
            added -= excuse(case, absent, unknown)
        assert added == set(), case


@pytest.mark.slow
@pytest.mark.parametrize("field", EXCUSES)
def test_each_exception_is_needed(field: str) -> None:
    chance = Random(field)
    for _ in range(6000):
        case = random_case(chance)
        unknown = answer({**case, field: "unknown"})
        absent = answer({**case, field: ABSENT[field]})
        if set(given(unknown)) - set(given(absent)):
            return
    raise AssertionError(f"{field} needs no exception")


@pytest.mark.parametrize(
    ("part", "absent", "added"),
    quick_for(
        [
            ("bone", "blastic", set()),
            ("alignment", "normal", set()),
            ("collapse", "none", set()),
            ("posterolateral", "none", set()),
            ("pain", "none", {*WITHOUT_SURGERY, "R4", "P1"}),
        ],
        "pain",
    ),
)
def test_an_unknown_part_of_a_lesion_adds_no_treatment(
    part: str, absent: str, added: set[str]
) -> None:
    """Pain is the exception: a lesion that may hurt can still be treated."""
    chance, found = Random(part), set[str]()
    for _ in range(300):
        case = random_case(chance)
        first, *others = case.get("lesions") or [{}]
        one, other = (
            answer({**case, "lesions": [{**first, part: value}, *others]})
            for value in ("unknown", absent)
        )
        found |= set(given(one)) - set(given(other))
    assert found <= added
