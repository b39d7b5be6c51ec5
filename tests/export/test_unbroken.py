"""A line never ends between a number and its unit, nor between hours and their minutes."""

import pytest

from bot.export.unbroken import words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("due in 8 h 14 min; limit", ["due", "in", "8 h 14 min;", "limit"]),
        ("(in 14 min) · KES-42", ["(in", "14 min)", "·", "KES-42"]),
        ("glucose 10 % IV 50 mL/h", ["glucose", "10 %", "IV", "50 mL/h"]),
        ("6.4 mmol/L. Albumin: 30 g/L", ["6.4 mmol/L.", "Albumin:", "30 g/L"]),
        ("then 16 mg a day", ["then", "16 mg", "a", "day"]),
        ("in 5 days, 3 highest, 2 doses", ["in", "5", "days,", "3", "highest,", "2", "doses"]),
        ("by Sun 22 Nov 23:40 GMT", ["by", "Sun", "22", "Nov", "23:40", "GMT"]),
    ],
)
def test_a_number_stays_with_its_unit(text: str, words: list[str]) -> None:
    assert words_of(text) == words
