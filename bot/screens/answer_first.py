"""Puts the answer of a look-up first, in five lines as drawn, and folds the rest.

A line or a sentence is never cut: one that is longer than five lines stands alone.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bot.screens.drawn_lines import drawn_lines
from bot.screens.screen import Block, text

MOST_LINES: Final = 5
_BETWEEN_SENTENCES: Final = re.compile(r"(?<=[.!?]) (?=[A-Z0-9])")


def fitting(
    lines: Sequence[str], most: int = MOST_LINES, least: int = 1
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split lines into those that fit, `least` of them always, and the rest."""
    taken, left = 0, most
    for line in lines:
        left -= drawn_lines(line)
        if taken >= least and left < 0:
            break
        taken += 1
    return tuple(lines[:taken]), tuple(lines[taken:])


def first_sentences(said: str, most: int = MOST_LINES) -> tuple[str, str]:
    """Split a text after as many sentences as fit, the first one always."""
    sentences = _BETWEEN_SENTENCES.split(said)
    taken = 1
    while taken < len(sentences) and drawn_lines(" ".join(sentences[: taken + 1])) <= most:
        taken += 1
    return " ".join(sentences[:taken]), " ".join(sentences[taken:])


def answer_first(lines: Sequence[str], *rest: Block, leads: int = 1) -> Iterator[Block]:
    """Show the lines that fit, the first `leads` in bold; fold the other lines, then the rest."""
    shown, left = fitting(lines)
    yield text(*shown[:leads], look="lead")
    if shown[leads:]:
        yield text(*shown[leads:])
    yield from folded((text(*left), *rest))


def folded(blocks: Iterable[Block]) -> Iterator[Block]:
    """Fold blocks; those that say nothing are left out."""
    return (block._replace(look="fold") for block in blocks if block.lines)
