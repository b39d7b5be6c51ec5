"""The estimate of lines: words stay whole, headings and bullets count, a fold shows three."""

import pytest

from bot.screens.drawn_lines import FOLDED, WIDTH, block_lines, drawn_lines
from bot.screens.screen import text

FULL = "x" * WIDTH


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("", 1),
        ("MRI", 1),
        (FULL, 1),
        (f"{FULL} x", 2),
        ("\n", 2),
        (f"MRI\n{FULL} x", 3),
        ("a long word is not split: immobilisation", 2),
    ],
)
def test_lines_break_between_words(typed: str, lines: int) -> None:
    assert drawn_lines(typed) == lines


def test_headings_and_bullets_take_room() -> None:
    assert block_lines(text(FULL)) == 1
    assert block_lines(text(FULL, heading="Why")) == 2
    assert block_lines(text("MRI", f"{FULL[2:]} x", look="list")) == 3
    assert block_lines(text(*(FULL for _ in range(9)), look="fold")) == FOLDED
