"""While infection is open, no text advises a steroid, radiotherapy or cement."""

import re
from random import Random
from typing import Any

from bot.guidance.texts import guidance
from bot.logic.assessment import Assessment
from tests.logic.answers import answer, rules, said
from tests.logic.random_cases import random_case

STEROID = (
    r"\b16 mg\b",
    r"Dexamethasone \(as base\)",
    r"NICE (?:gives|allows)",
    r"With dexamethasone:",
)
RADIOTHERAPY = (
    r"\b\d+ × \d Gy",
    r"^Radiotherapy\b",
    r"SBRT or radiosurgery",
    r"Conventional radiotherapy works",
    r"surgery, then radiotherapy",
    r"the article irradiates",
)
CEMENT = (r"Vertebroplasty", r"kyphoplasty", r"Watch for cement")
ADVICE = (*STEROID, *RADIOTHERAPY, *CEMENT)
TREATMENTS = {"D1", "D4", "R1", "R2", "R3", "R4", "R5", "P1"}
WAITING = {"await_mri", "clarify_diagnosis"}


def open_infection(count: int) -> list[tuple[dict[str, Any], Assessment]]:
    chance = Random(45)
    cases = [random_case(chance) | {"infection_signs": True} for _ in range(count)]
    return [(case, answer(case)) for case in cases]


def advises(text: str) -> bool:
    return any(re.search(form, text, re.MULTILINE) for form in ADVICE)


def without_symptom(result: Assessment) -> bool:
    """Return whether every symptom of an infected spine was looked for and is absent."""
    return not result.found.infection_first


def test_no_text_advises_a_steroid_radiotherapy_or_cement() -> None:
    for case, result in open_infection(1000):
        assert [text for text in said(result).values() if advises(text)] == [], case


def test_no_treatment_fires_and_no_pathway_is_chosen() -> None:
    decided = set()
    for case, result in open_infection(1000):
        assert not TREATMENTS & set(rules(result)), case
        assert result.treatment.pathway in WAITING, case
        assert result.steroid.daily_mg is None, case
        decided.add(result.steroid.rule)
    assert {"D3", "D5", "D6"} <= decided <= {"D3", "D5", "D6", "D9"}


def test_with_a_symptom_or_a_need_the_steroid_always_waits_for_the_abscess() -> None:
    rules_found = {
        (result.steroid.rule, without_symptom(result)) for _, result in open_infection(1000)
    }
    assert {rule for rule, free in rules_found if not free} == {"D6"}


def test_each_form_of_advice_is_said_where_no_infection_is_open() -> None:
    texts = [text for entry in guidance().values() for text in entry.sentences.values()]
    chance = Random(46)
    for _ in range(300):
        texts += said(answer(random_case(chance) | {"infection_signs": False})).values()
    unsaid = [form for form in ADVICE if not any(re.search(form, text) for text in texts)]
    assert unsaid == []
