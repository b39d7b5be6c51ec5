"""How many lines a text takes on a phone 360 px wide, estimated."""

from collections.abc import Iterable
from textwrap import wrap
from typing import Final

from bot.screens.screen import Block, Line

CHARACTERS_IN_LINE: Final = 36
BULLET: Final = "• "
BULLETED: Final = ("list", "fold")


def drawn_lines(text: str) -> int:
    """Return the number of lines; an empty line counts as one."""
    return sum(len(wrap(line, CHARACTERS_IN_LINE)) or 1 for line in text.split("\n"))


def drawn_lines_of(blocks: Iterable[Block]) -> int:
    """Return the lines of blocks with their headings and bullets, everything unfolded."""
    return sum(map(_of_block, blocks))


def _of_block(block: Block) -> int:
    bullet = BULLET if block.look in BULLETED else ""
    heading = drawn_lines(block.heading) if block.heading else 0
    return heading + sum(drawn_lines(bullet + _plain(line)) for line in block.lines)


def _plain(line: Line) -> str:
    return "".join(part.text for part in line)
