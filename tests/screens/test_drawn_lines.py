"""The estimate of lines: words stay whole, headings and bullets count."""

import pytest

from bot.screens.drawn_lines import CHARACTERS_IN_LINE, drawn_lines, drawn_lines_of
from bot.screens.screen import text

FULL = "x" * CHARACTERS_IN_LINE


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("", 1),
        ("MRI", 1),
        (FULL, 1),
        (f"{FULL}x", 2),
        (f"{FULL} x", 2),
        ("\n", 2),
        (f"MRI\n{FULL}x", 3),
        ("a word that is not split: immobilisation", 2),
    ],
)
def test_lines_break_between_words(typed: str, lines: int) -> None:
    assert drawn_lines(typed) == lines


def test_headings_and_bullets_take_room() -> None:
    assert drawn_lines_of((text(FULL),)) == 1
    assert drawn_lines_of((text(FULL, heading="Why"),)) == 2
    assert drawn_lines_of((text(FULL, look="list"),)) == 2
    assert drawn_lines_of((text("MRI", "CT"), text("X-ray"))) == 3
    assert drawn_lines_of(()) == 0
