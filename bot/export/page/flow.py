"""Where each line stands: breaks pieces into lines and lets them flow down columns."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bot.export.page.pieces import Piece
from bot.export.unbroken import words_of

LEADING: Final = 1.2  # from one baseline to the next
ASCENT: Final = 0.95  # from the top of a line to its baseline
DOT: Final = 0.8  # room for the dot before a line
FEWEST: Final = 2  # lines of a piece on either side of a break
RULE: Final = 0.25  # room for the rule below a heading

Measure = Callable[[str, bool], float]  # the width of a text of size 1, regular or bold


class Frame(NamedTuple):
    """A column on a page, in points from the top left."""

    page: int
    left: float
    top: float
    width: float
    height: float


class Line(NamedTuple):
    """One line as drawn: its piece, and the left end of its baseline."""

    piece: Piece
    text: str
    size: float
    page: int
    x: float
    y: float
    first: bool
    last: bool
    width: float


@dataclass(frozen=True, slots=True)
class Flowed:
    """Lines that were laid out, and how far down the last column they reach."""

    lines: tuple[Line, ...]
    bottom: float

    @property
    def page(self) -> int:
        return self.lines[-1].page if self.lines else 1


class Measured(NamedTuple):
    """A piece with the width of each of its words at size 1, of a space, and of anything else."""

    piece: Piece
    words: tuple[tuple[str, float], ...]
    space: float
    measure: Measure


def measured(pieces: Iterable[Piece], measure: Measure) -> list[Measured]:
    """Measure the words of pieces, once for every size."""
    return [
        Measured(
            piece,
            tuple([(word, measure(word, piece.bold)) for word in words_of(piece.text)]),
            measure(" ", piece.bold),
            measure,
        )
        for piece in pieces
    ]


def broken(given: Measured, size: float, width: float) -> list[str]:
    """Break a piece into lines that fit a width; a word that is wider than a line is cut."""
    piece = given.piece
    most = (width - indent(piece, size)) / size
    lines, line, used, room = list[str](), list[str](), 0.0, most
    for word, wide in _cut(given, most - piece.hangs):
        if line and used + given.space + wide > room:
            lines.append(" ".join(line))
            line, used, room = [word], wide, most - piece.hangs
        else:
            used += wide + (given.space if line else 0.0)
            line.append(word)
    return [*lines, " ".join(line)]


def _cut(given: Measured, most: float) -> Iterator[tuple[str, float]]:
    """Give each word with its width; one that is wider than a line in parts."""
    for word, wide in given.words:
        if wide <= most:
            yield word, wide
            continue
        part, used = "", 0.0
        for letter in word:
            width = given.measure(letter, given.piece.bold)
            if part and used + width > most:
                yield part, used
                part, used = "", 0.0
            part, used = part + letter, used + width
        yield part, used


def indent(piece: Piece, size: float) -> float:
    return DOT * size if piece.dotted else 0.0


class Block(NamedTuple):
    """A piece broken into lines, with its size."""

    piece: Piece
    size: float
    lines: list[str]

    @property
    def step(self) -> float:
        return self.size * LEADING

    @property
    def above(self) -> float:
        return self.size * self.piece.above

    @property
    def below(self) -> float:
        return self.size * RULE if self.piece.ruled else 0.0


def blocks_of(given: Iterable[Measured], size: float, width: float) -> list[Block]:
    """Break measured pieces into lines for columns of a width."""
    sizes = [(each, each.piece.scale * size) for each in given]
    return [Block(each.piece, own, broken(each, own, width)) for each, own in sizes]


def flow(blocks: Sequence[Block], frames: Iterator[Frame]) -> Flowed:
    """Lay blocks out in columns, one after the other.

    A heading stays with what follows, and no line of a longer piece stands alone.
    """
    frame = next(frames)
    lines, y = list[Line](), frame.top
    for number, block in enumerate(blocks):
        above = block.above if y > frame.top else 0.0
        room = frame.top + frame.height - y
        if y > frame.top and above + _together(blocks, number) > room + 0.01:
            frame, above = next(frames), 0.0
            y = frame.top
        y += above
        for at, text in enumerate(block.lines):
            left_over = len(block.lines) - at
            end = frame.top + frame.height + 0.01
            fits = y + block.step <= end
            alone = left_over == FEWEST <= at and y + FEWEST * block.step > end
            if (not fits or alone) and y > frame.top:
                frame = next(frames)
                y = frame.top
            hang = block.piece.hangs * block.size if at else 0.0
            x = frame.left + indent(block.piece, block.size) + hang
            lines.append(
                Line(
                    block.piece, text, block.size, frame.page, x, y + ASCENT * block.size,
                    at == 0, at == len(block.lines) - 1, frame.width,
                )
            )  # fmt: skip
            y += block.step
        y += block.below
    return Flowed(tuple(lines), y)


def _together(blocks: Sequence[Block], number: int) -> float:
    """Return the height that must not be broken: a heading with the first lines that follow it."""
    block = blocks[number]
    count = len(block.lines)
    if not block.piece.stays:
        return block.step * (count if count <= FEWEST + 1 else FEWEST)
    height = block.step * count + block.below
    if number + 1 < len(blocks):
        height += blocks[number + 1].above + _together(blocks, number + 1)
    return height
