"""Answers that contradict each other are asked back, and only those."""

from typing import Any

import pytest

from bot.logic.case_input import read_case
from bot.logic.contradictions import doubts
from bot.logic.findings import find

DIALYSED = {
    "renal": "haemodialysis",
    "blood_thinners": [],
    "opened_at": "2026-11-22T12:00:00+00:00",
    "last_dialysis": "2026-11-21T12:01:00+00:00",
}


@pytest.mark.parametrize(
    "given",
    [
        {"walking": "none", "cord_signs": []},
        {"walking": "none", "cord_signs": "unknown"},
        {"walking": "none", "asia": "E"},
    ],
)
def test_a_patient_who_does_not_walk_without_a_cord_sign_is_doubted(given: dict[str, Any]) -> None:
    assert list(doubts(find(read_case(given)))) == ["doubt_walking"]


@pytest.mark.parametrize(
    "given",
    [
        {"walking": "none", "cord_signs": ["gait"]},
        {"walking": "none", "asia": "B"},
        {"walking": "aided", "cord_signs": []},
        {"asia": "D", "cord_signs": ["gait"]},
        {"asia": "E", "cord_signs": []},
        {"asia": "E", "cord_signs": "unknown"},
        {"asia": "E", "cord_signs": ["bladder"]},
        {"asia": "E", "cord_signs": ["bowel", "saddle_anaesthesia"]},
    ],
)
def test_walking_and_asia_that_fit_the_cord_signs_are_not_doubted(given: dict[str, Any]) -> None:
    assert list(doubts(find(read_case(given)))) == []


@pytest.mark.parametrize("sign", ["weakness", "gait", "sensory_level"])
def test_asia_e_with_lost_power_or_feeling_is_doubted(sign: str) -> None:
    case = read_case({"asia": "E", "cord_signs": ["bladder", sign]})
    assert list(doubts(find(case))) == ["doubt_asia"]


def test_no_blood_thinner_is_doubted_within_a_day_of_haemodialysis() -> None:
    assert list(doubts(find(read_case(DIALYSED)))) == ["doubt_heparin"]


@pytest.mark.parametrize("thinner", ["doac", "antiplatelet", "warfarin"])
def test_another_blood_thinner_is_not_called_none(thinner: str) -> None:
    case = read_case(DIALYSED | {"blood_thinners": [thinner]})
    assert list(doubts(find(case))) == ["doubt_heparin_too"]


@pytest.mark.parametrize(
    "changed",
    [
        {"last_dialysis": "2026-11-21T12:00:00+00:00"},
        {"last_dialysis": "unknown"},
        {"last_dialysis": None},
        {"opened_at": None},
        {"blood_thinners": ["heparin"]},
        {"blood_thinners": "unknown"},
        {"renal": "peritoneal"},
        {"renal": "unknown"},
    ],
)
def test_heparin_is_not_asked_back_without_a_recent_haemodialysis(changed: dict[str, Any]) -> None:
    assert list(doubts(find(read_case(DIALYSED | changed)))) == []
