"""Two sentences that can be read as opposites never stand in one answer."""

from random import Random

import pytest

from tests.logic.answers import answer, whole
from tests.logic.random_cases import random_case

OPPOSITES = [
    ("Position: flat, log-roll", "no log-roll"),
    ("Position: consider flat", "Position: flat, log-roll"),
    ("Position: consider flat", "no log-roll"),
    ("Rigid collar", "no log-roll"),
    ("MRI: whole spine", "CT: whole spine, in the MRI's place"),
    ("MRI: whole spine", "Have the images read as soon as they are there"),
    ("MRI: not indicated by symptoms", "MRI: whole spine"),
    ("MRI: not indicated by symptoms", "Cord sign: suspected cord compression"),
    ("take medicine patches off", "CT: whole spine, in the MRI's place"),
    ("suspected cauda equina or conus", "Scan the whole spine, within"),
    ("mg at once, by mouth or slowly IV", "Dexamethasone: not yet"),
    ("mg at once, by mouth or slowly IV", "Dexamethasone: not routinely"),
    ("mg at once, by mouth or slowly IV", "Dexamethasone: stop"),
    ("mg at once, by mouth or slowly IV", "Dexamethasone: discuss first"),
    ("Dexamethasone: not routinely", "Dexamethasone: stop"),
    ("Dexamethasone: not yet", "Dexamethasone: stop"),
    ("Nothing here needs a steroid", "the deficit progresses: the surgeon, or failing that"),
    ("antibiotics at once: neurology is failing", "hold them back until a germ is known"),
    ("Bladder: scan, catheter if retaining", "no scan and no catheter"),
    ("protect what urine output remains", "there is no kidney function to protect"),
    ("Calcium is low", "Calcium is high: total"),
    ("Calcium dangerously low", "Calcium dangerously high"),
    ("Calcium dangerously low", "calcium gluconate for ECG changes alone"),
    ("vitamin D): none", "Supplements (calcium, active vitamin D): with nephrology"),
    ("vitamin D): none while calcium is not known", "Calcium is low"),
    ("Fluids IV", "no saline diuresis"),
    ("Fluids IV", "Nephrology before any fluids"),
    ("Zoledronic acid: not recommended", "mg IV for this egfr"),
    ("zoledronic acid too, until corrected", "mg IV for this egfr"),
    ("or more: insulin 10 units", "Without ECG changes both may be used"),
    ("give one dose, not two", "calcium gluconate for ECG changes alone"),
    ("no radiotherapy and no cement", "Radiotherapy 1 × 8 Gy"),
    ("no radiotherapy and no cement", "Vertebroplasty or kyphoplasty"),
    ("Treatment waits for the images", "Radiotherapy 1 × 8 Gy"),
    ("Nothing to irradiate", "Radiotherapy 1 × 8 Gy"),
    ("Only if the meeting decides against surgery", "After the operation."),
    ("Radiotherapy: no indication for surgery", "Embolisation before surgery"),
    ("conservative as far as stability goes", "unstable. Spinal surgeon"),
    ("conservative as far as stability goes", "surgical consultation before radiotherapy"),
    ("Safety net: the patient comes back", "Cord sign: suspected cord compression"),
    ("Weekly tumour board: present the case", "Urgent meeting, now"),
    ("Weekly tumour board: present the case", "Spinal surgeon: consult"),
    ("Spinal surgeon, now, with the responsible", "Urgent meeting, now"),
    ("not a metastasis until proven", "Dialysis: consider also"),
    ("It comes before the MRI deadline", "It is after the MRI deadline"),
    ("coordinator at once", "coordinator within"),
    ("Bleeding: ask for blood thinners", "Anticoagulant: no dose until"),
    ("Last dose: ask when.", "Last dose: S"),
]


def test_there_are_enough_pairs() -> None:
    assert len(OPPOSITES) >= 25
    assert len({frozenset(pair) for pair in OPPOSITES}) == len(OPPOSITES)


@pytest.fixture(scope="module")
def answers() -> list[str]:
    chance = Random(25)
    return [whole(answer(random_case(chance))) for _ in range(2500)]


@pytest.mark.parametrize("pair", OPPOSITES, ids=" | ".join)
def test_no_answer_says_both(pair: tuple[str, str], answers: list[str]) -> None:
    one, other = pair
    assert [text for text in answers if one in text and other in text] == []


@pytest.mark.parametrize("side", sorted({side for pair in OPPOSITES for side in pair}))
def test_each_side_is_said_at_times(side: str, answers: list[str]) -> None:
    assert any(side in text for text in answers)
