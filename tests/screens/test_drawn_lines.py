"""The estimate of lines: words stay whole, headings and bullets count, a fold shows three."""

import pytest

from bot.screens.drawn_lines import (
    FOLDED,
    SMALL_WIDTH,
    WIDTH,
    block_lines,
    bulleted_lines,
    drawn_lines,
)
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


@pytest.mark.parametrize("count", range(1, 40))
def test_what_is_too_high_where_lines_are_long_is_so_where_they_are_short(count: int) -> None:
    words = " ".join("x" * (1 + n * 7 % 40) for n in range(count))
    assert drawn_lines(words, WIDTH) <= drawn_lines(words, SMALL_WIDTH)


def test_a_bullet_takes_room_of_its_line() -> None:
    assert bulleted_lines(FULL) == drawn_lines(f"• {FULL}")
    assert bulleted_lines(FULL[2:]) == 1
