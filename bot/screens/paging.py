"""Cuts the text of a screen into pages that fit a phone, between lines."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.screens.drawn_lines import block_lines
from bot.screens.screen import Block


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
            pages[-1][-1] = replace(last, lines=(*last.lines, *piece.lines))
        else:
            pages[-1].append(piece)
    return [tuple(page) for page in pages]


def _pieces(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks of one line each; what is folded stays whole."""
    for block in blocks:
        if block.look in ("fold", "copy"):
            yield block
        else:
            yield from (replace(block, lines=(line,)) for line in block.lines)


def _joins(last: Block, piece: Block) -> bool:
    same = (last.heading, last.look) == (piece.heading, piece.look)
    return same and piece.look not in ("fold", "copy")
