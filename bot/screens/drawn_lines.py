"""How many lines a text takes on a phone 360 px wide; the browser measures what this estimates."""

from typing import Final

from bot.screens.screen import Block, Screen, say_line

WIDTH: Final = 38
FOLDED: Final = 3


def drawn_lines(text: str) -> int:
    """Return how many lines a text takes as drawn, broken between words."""
    return sum(map(_lines, text.split("\n")))


def block_lines(block: Block) -> int:
    """Return how many lines a block takes; one that is folded shows three."""
    bullet = "• " if block.look in ("list", "fold") else ""
    lines = sum(drawn_lines(bullet + say_line(line)) for line in block.lines)
    lines += drawn_lines(block.heading) if block.heading else 0
    return min(lines, FOLDED) if block.look == "fold" else lines


def screen_lines(screen: Screen) -> int:
    """Return how many lines the text of a screen takes."""
    above = [line for line in (say_line(screen.head), screen.title) if line]
    return sum(map(drawn_lines, above)) + sum(map(block_lines, screen.blocks))


def _lines(line: str) -> int:
    count, left = 1, WIDTH
    for word in line.split(" "):
        if len(word) > left and left < WIDTH:
            count, left = count + 1, WIDTH
        left -= len(word) + 1
    return count
