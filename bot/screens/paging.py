"""Cuts the text of a screen into pages that fit a phone, between lines."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from bot.screens.drawn_lines import block_lines, drawn_lines
from bot.screens.screen import Block, Line, Part, say_line

MOST_OF_ONE: Final = 7
WHOLE: Final = ("fold", "copy")
SENTENCE: Final = re.compile(r"(?<=[.;]) (?=[A-Z])")


def paged(blocks: Iterable[Block], most_lines: int) -> list[tuple[Block, ...]]:
    """Cut blocks into pages of at most so many drawn lines; a longer line has a page of its own.

    A block that is cut keeps its heading and look; a folded one is not cut.
    """
    pages: list[list[Block]] = [[]]
    room = most_lines
    for piece in _pieces(blocks):
        lines = block_lines(piece)
        joins = bool(pages[-1]) and _joins(pages[-1][-1], piece)
        if joins and piece.heading:
            lines -= 1
        if lines > room and pages[-1]:
            pages.append([])
            room, joins = most_lines, False
            lines = block_lines(piece)
        room -= lines
        if joins:
            last = pages[-1][-1]
            pages[-1][-1] = last._replace(lines=(*last.lines, *piece.lines))
        else:
            pages[-1].append(piece)
    return [tuple(page) for page in pages]


def _pieces(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks of one line each, a long one cut between sentences; a fold stays whole."""
    for block in blocks:
        if block.look in WHOLE:
            yield block
        else:
            cut = (piece for line in block.lines for piece in _cut(line))
            yield from (block._replace(lines=(line,)) for line in cut)


def _cut(line: Line) -> Iterator[Line]:
    said = say_line(line)
    if len(line) > 1 or drawn_lines(said) <= MOST_OF_ONE:
        yield line
        return
    piece = ""
    for sentence in SENTENCE.split(said):
        longer = f"{piece} {sentence}".strip()
        if piece and drawn_lines(longer) > MOST_OF_ONE:
            yield (Part(piece),)
            longer = sentence
        piece = longer
    yield (Part(piece),)


def _joins(last: Block, piece: Block) -> bool:
    same = (last.heading, last.look) == (piece.heading, piece.look)
    return same and piece.look not in WHOLE
