"""Cards for any chat, offered for `@bot words`. Static, never about a patient."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from textwrap import shorten
from typing import Final

from bot.logic.urgency import Policy
from bot.lookup.drawing import draw_static
from bot.lookup.drugs.drug_names import find
from bot.lookup.mri.understood import understand
from bot.lookup.search.chapters import chapters
from bot.lookup.search.entries import MRI_CHAPTER, Entry, entries
from bot.lookup.search.folding import fold_typed
from bot.lookup.search.search import index
from bot.screens.screen import Screen

MOST_CARDS: Final = 8
MOST_SEARCHED: Final = 24
LONGEST_DESCRIPTION: Final = 100
THE_TABLE: Final = "mri"
STATIC: Final = ("mri", "passage", "drug", "term")


@dataclass(frozen=True, slots=True)
class InlineCard:
    """One card to choose: how it is listed, and the screen posted."""

    id: str
    title: str
    description: str
    screen: Screen


def inline_cards(typed: str, policy: Policy) -> tuple[InlineCard, ...]:
    """Return up to eight cards for what is typed; for nothing, or "mri", the MRI table."""
    folded = fold_typed(typed)
    if not typed.strip() or folded == THE_TABLE:
        return tuple(map(_card, chapters(policy)[MRI_CHAPTER][:MOST_CARDS]))
    entries_found = (*_row(typed, policy), *_found(folded, policy))
    found = {entry.id: entry for entry in entries_found}.values()
    return tuple(map(_card, islice(found, MOST_CARDS)))


def _row(typed: str, policy: Policy) -> Iterator[Entry]:
    """Return the MRI row of a typed line; none where /mri would ask for it."""
    understood = understand(typed)
    if not understood.asks_for_row(policy):
        yield entries(policy)[f"mri:{understood.rows[0]}"]


def _found(folded: str, policy: Policy) -> Iterator[Entry]:
    drug = find(folded)
    if drug.sure:
        yield entries(policy)[f"drug:{drug.names[0].drug}"]
    found = index(policy).search(folded, most=MOST_SEARCHED)
    if found.fits:
        yield from (each for each in found.entries if each.kind in STATIC)


def _card(entry: Entry) -> InlineCard:
    line = shorten(entry.lines[0], LONGEST_DESCRIPTION, placeholder=" …")
    return InlineCard(entry.id, entry.heading, line, draw_static(entry))
