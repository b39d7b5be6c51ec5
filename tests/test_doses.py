"""The dose checker finds each dose and what it lacks."""

import pytest

from tests.doses import doses, left_out


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Desmopressin 0.3 µg/kg.", ["0.3 µg/kg"]),
        ("5000 units", ["5000 units"]),
        ("salbutamol 10–20 mg", ["10–20 mg"]),
        ("0.1 mmol/kg, no half doses", ["0.1 mmol/kg"]),
        ("glucose 10 %, 50 mL/h for 5 h", ["50 mL/h"]),
        ("Calcium 2.20 mmol/L, creatinine 3.0 mg/dL, below 30 mL/min/1.73 m²", []),
        ("The 60 mg product; 16 mg phosphate is 13.3 mg base", []),
        ("see denosumab 120 mg, with nephrology", []),
        ("denosumab 120 mg every 4 weeks", ["120 mg"]),
        ("Blood loss 645 mL with it v 902 mL without; residual volume 200 mL", []),
        ("within 12 h, in 41.1 % v 2.0 %", []),
    ],
)
def test_a_dose_is_a_number_and_a_unit_of_a_drug(text: str, found: list[str]) -> None:
    assert doses(text) == found


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("No dose: no source here.", set()),
        ("16 mg by mouth once a day", set()),
        ("16 mg once a day", {"route"}),
        ("5 mg/kg under the skin", {"interval"}),
        ("0.3 µg/kg", {"route", "interval"}),
        ("A patch of 12 µg/h, changed every 72 h", set()),
        ("30 mL IV over 10 min", {"interval"}),
        ("30 mL IV once over 10 min", set()),
    ],
)
def test_what_is_left_out_beside_a_dose_is_named(text: str, lacking: set[str]) -> None:
    assert left_out(text) == lacking


def test_the_start_is_asked_for_where_it_is_wanted() -> None:
    assert left_out("2 g IV every 4 h", start=True) == {"start"}
    assert left_out("2 g IV at once, then every 4 h", start=True) == set()


@pytest.mark.parametrize("text", ["5000 units IV once MRI is read", "5 mg IV, once it is known"])
def test_once_as_a_condition_is_no_interval(text: str) -> None:
    assert left_out(text) == {"interval"}
