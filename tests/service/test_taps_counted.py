"""How many taps an answer costs on a phone, counted.

The plan of the named patient takes 38 taps, from the first screen of /triage on, by part:

| part | taps | which |
|---|---|---|
| cord signs | 2 | the sign and Done |
| what the steroid depends on | 3 | infection, kidneys, cancer |
| bleeding | 1 | blood thinners |
| roots | 2 | root pain, back pain |
| laboratory | 4 | potassium, calcium, albumin, PTH |
| dialysis | 5 | urine, access, years, last and next session |
| cancer | 1 | the primary |
| neurology | 2 | ASIA, walking |
| images | 2 | the MRI, whether there are lesions |
| the lesion | 8 | level, ESCC, the other five items of SINS, whether there is another |
| background | 8 | radiotherapy, surgery, life expectancy, ECOG, KPS, three counts of metastases |
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, get_args

import pytest

from bot.conversation.engine import Engine
from bot.conversation.events import Picked
from bot.conversation.standing import Standing
from bot.flows.grammar import UNKNOWN, Choice, Question, Value
from bot.flows.triage import FLOW, PLAN
from bot.flows.triage_conditions import CORD_SIGNS
from bot.flows.wording import words_of
from bot.incoming import Command, Incoming
from bot.logic.case import CordSign
from bot.logic.steroid import WHAT_IF, decide
from bot.service.service import Service
from state.records import StoredCase
from tests.conftest import NOON, stored_case
from tests.dialogue import CHAT, asked, labels, tap, typed

SIGNS: Final = get_args(CordSign)
MOST_TAPS_TO_STEROID: Final = 5
ONE_MORE: Final = ("urine_output", "primary")
DECIDING: Final = ("infection_signs", "renal", "cancer", *ONE_MORE)
LEFT_TO_EXAMINE: Final = ("radicular_deficit", "asia")  # beside a bladder sign without urine
COMBINATIONS: Final = 400
PLAN_TAPS: Final = 38
PATIENT: Final[Mapping[str, Value]] = {
    "cord_signs": ["weakness"], "radicular_pain": "none", "back_pain": True,
    "infection_signs": False, "renal": "haemodialysis",
    "urine_output": "anuric", "access": "fistula", "dialysis_years": 5,
    "last_dialysis": "24 h ago", "next_dialysis": "in 24 h", "potassium": 5, "cancer": "known",
    "primary": "lung", "blood_thinners": [], "asia": "D", "walking": "aided", "mri": "done",
    "lesions_seen": "some", "level": "T11", "escc": "2", "pain": "mechanical", "bone": "lytic",
    "alignment": "normal", "collapse": "lt50", "posterolateral": "unilateral",
    "another_level": False, "previous_rt": "none", "previous_surgery": False,
    "life_expectancy": "ge3m", "ecog": 1, "kps": 80, "extraspinal_bone": 1, "vertebral_mets": 2,
    "organ_mets": "none", "calcium": 2.3, "albumin": 40, "pth_times_uln": 2,
}  # fmt: skip


@pytest.fixture
def touched(service: Service) -> Service:
    return replace(service, touch=True)


@pytest.mark.parametrize("sign", SIGNS)
def test_an_emergency_is_answered_after_one_tap(touched: Service, sign: str) -> None:
    touched.take(Incoming(CHAT, "ann", Command("triage")))
    first = tap(touched, words_of(FLOW, CORD_SIGNS).options[sign])[0]
    assert (first.kind, first.alert) == ("alert", True)
    assert first.plain().startswith("EMERGENCY")


def test_the_steroid_decision_is_final_within_five_taps_of_the_emergency(engine: Engine) -> None:
    """With one more where passing urine or the primary decides; what is "not known" stays open."""
    count = 0
    for sign in SIGNS:
        begun = engine.advance(stored_case(), Picked(CORD_SIGNS, sign), "ann", NOON).case
        for case, taps in until_settled(engine, begun, taps=len(["Done"])):
            count += 1
            given = case.latest
            assert taps <= MOST_TAPS_TO_STEROID + any(key in given for key in ONE_MORE), given
            standing = engine.stand(case, NOON)
            unknown = {key for key in given if given[key] == UNKNOWN}
            steroid = standing.assessment.steroid
            left = LEFT_TO_EXAMINE if steroid.rule == "D10" else ()
            assert set(steroid.ask) <= {*unknown, *left}, given
            for key, value in asked_later(given):
                if key not in left:
                    assert decided(standing, key, value) == steroid.decision, (given, key, value)
    assert count > COMBINATIONS


def until_settled(engine: Engine, case: StoredCase, taps: int) -> Iterator[tuple[StoredCase, int]]:
    """Answer the questions that the steroid depends on with each of their options."""
    key = engine.stand(case, NOON).asked
    question = FLOW.question(key)
    if question is None or question.id not in DECIDING:
        yield case, taps
        return
    for value in values(question):
        after = engine.advance(case, Picked(key, typed(question, value)), "ann", NOON).case
        yield from until_settled(engine, after, taps + len(labels(question, value)))


def values(question: Question) -> tuple[Value, ...]:
    """Return every answer that a choice offers, "not known" among them."""
    assert isinstance(question, Choice), question.id
    offered = tuple(option.value for option in question.options)
    return (*offered, UNKNOWN) if question.can_be_unknown else offered


def asked_later(given: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    """Yield every answer to a question not asked yet that a rule of the steroid reads."""
    for key in WHAT_IF:
        if key not in given:
            yield from ((key, value) for value in values(FLOW.questions[key]))


def decided(standing: Standing, key: str, value: Value) -> str:
    """Return the decision if a question were answered so."""
    return decide(standing.assessment.found.what_if({key: value})).decision


def test_the_plan_of_a_named_patient_takes_thirty_eight_taps(touched: Service) -> None:
    touched.take(Incoming(CHAT, "ann", Command("triage")))
    taps = dict.fromkeys((question.part for question in FLOW.questions.values()), 0)
    given = set[str]()
    while (key := asked(touched)) != PLAN:
        question = FLOW.question(key)
        assert question is not None, key
        for label in labels(question, PATIENT[question.id]):
            tap(touched, label)
            taps[question.part] += 1
        given.add(question.id)
    assert sum(taps.values()) <= PLAN_TAPS, taps
    assert UNKNOWN not in PATIENT.values()
    assert given == PATIENT.keys()
