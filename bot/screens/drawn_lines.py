"""How high a screen is on a phone; the browser measures what this estimates."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Final, NamedTuple

from bot.screens.screen import Block, Look, Screen, say_line

WIDTH: Final = 38  # characters in a line at 360 px
SMALL_WIDTH: Final = 33  # at 320 px
SMALL_HEIGHT_PX: Final = 448  # what a phone of 320 x 568 shows of a chat
HEIGHT_PX: Final = 620  # what a phone of 360 x 740 shows
LINE_PX: Final = 21
ROW_PX: Final = 48
LINES_OF_A_ROW: Final = 2  # of text, in whose place a row of buttons comes
AROUND_PX: Final = 22
MARGIN_PX: Final = 40  # by which a small phone may draw it higher than estimated
FOLDED: Final = 3
BULLETED: Final = ("list", "fold")
TIME_PX: Final = 15  # of the time of a message, where its last line has no room for it
TIME_WIDTH: Final = 7  # characters
MOST_REMEMBERED: Final = 4096


@lru_cache(MOST_REMEMBERED)
def drawn_lines(text: str, width: int = WIDTH) -> int:
    """Return how many lines a text takes as drawn, broken between words."""
    return sum([_lines(line, width) for line in text.split("\n")])


@lru_cache(MOST_REMEMBERED)
def bulleted_lines(text: str, width: int = WIDTH) -> int:
    """Return how many lines a text takes as drawn after a bullet."""
    return drawn_lines(f"• {text}", width)


class Said(NamedTuple):
    """The text of a block before it is drawn."""

    lines: Sequence[str]
    heading: str = ""
    look: Look = "text"


def block_lines(block: Block, width: int = WIDTH) -> int:
    """Return how many lines a block takes; one that is folded shows at most three."""
    return _said_lines(_said(block), width)


def screen_lines(screen: Screen, width: int = WIDTH) -> int:
    """Return how many lines the text of a screen takes; neighbours that are folded share three."""
    return _text_of(screen).lines(width)


def text_lines(above: Iterable[str], blocks: Iterable[Said], width: int = WIDTH) -> int:
    """Return how many lines a text takes: what stands `above`, if anything, then its blocks."""
    lines, folded = sum([drawn_lines(line, width) for line in above if line]), 0
    for block in blocks:
        taken = _said_lines(block, width)
        if block.look == "fold":
            folded = min(folded + taken, FOLDED)
        else:
            lines, folded = lines + folded + taken, 0
    return lines + folded


def _said(block: Block) -> Said:
    return Said([say_line(line) for line in block.lines], block.heading, block.look)


def _said_lines(said: Said, width: int) -> int:
    count = bulleted_lines if said.look in BULLETED else drawn_lines
    taken = sum(map(count, said.lines, repeat(width)))
    taken += drawn_lines(said.heading, width) if said.heading else 0
    return min(taken, FOLDED) if said.look == "fold" else taken


def is_high(screen: Screen) -> bool:
    """Return whether a screen is higher than a small phone, which then does not show its head."""
    return _text_of(screen).is_high


def room_for(lines: int, screen: Screen) -> bool:
    """Return whether a phone 360 px wide shows a screen whole with some lines more."""
    return _text_of(screen).has_room_for(lines)


def has_room_for_foot(screen: Screen) -> bool:
    """Return whether a screen is high, and has room to say its head again at its end."""
    text = _text_of(screen)
    return text.is_high and text.has_room_for(drawn_lines(text.above[0], WIDTH))


class _Text(NamedTuple):
    """The text of a screen, and its rows of buttons."""

    above: tuple[str, str]
    blocks: list[Said]
    rows: int

    def lines(self, width: int) -> int:
        return text_lines(self.above, self.blocks, width)

    @property
    def is_high(self) -> bool:
        """What is too high where lines are longer need not be broken into shorter ones."""
        most = SMALL_HEIGHT_PX - MARGIN_PX
        return self._height_px(WIDTH) > most or self._height_px(SMALL_WIDTH) > most

    def has_room_for(self, lines: int) -> bool:
        height = self._height_px(WIDTH) + LINE_PX * lines
        return height + (0 if self._has_room_for_time else TIME_PX) <= HEIGHT_PX

    def _height_px(self, width: int) -> int:
        return AROUND_PX + LINE_PX * self.lines(width) + ROW_PX * self.rows

    @property
    def _has_room_for_time(self) -> bool:
        """Whether the time of a message stands beside its last line, not below it."""
        if not self.blocks or self.blocks[-1].look == "fold":
            return False
        _, left = _broken(self.blocks[-1].lines[-1], WIDTH)
        return left >= TIME_WIDTH


def _text_of(screen: Screen) -> _Text:
    above = (say_line(screen.head), screen.title)
    return _Text(above, [*map(_said, screen.blocks)], len(screen.rows))


def _lines(line: str, width: int) -> int:
    return 1 if len(line) <= width else _broken(line, width)[0]


def _broken(line: str, width: int) -> tuple[int, int]:
    """Return how many lines a line takes, and how many characters the last has left."""
    count, left = 1, width
    for word in line.split(" "):
        if len(word) > left and left < width:
            count, left = count + 1, width
        left -= len(word) + 1
    return count, left + 1
