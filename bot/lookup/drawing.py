"""Draws entries as blocks and screens, and choices as rows of buttons."""

from collections.abc import Iterator
from typing import Final

from bot.lookup.phrases import phrases
from bot.lookup.search.entries import Entry
from bot.screens.notices import words
from bot.screens.screen import Block, Button, Rows, Screen, text
from bot.turn import Turn

LONGEST_SCREEN: Final = 4000
LONGEST_LABEL: Final = 20
NUMBERS_IN_ROW: Final = 6
NAMES_IN_ROW: Final = 2


def draw_entry(entry: Entry, bears: str = "") -> Iterator[Block]:
    """Draw what appears below an entry's heading: text, notes, doubt, sources, status.

    A rule first says that it does not always apply.
    """
    if entry.kind == "rule":
        yield text(phrases("ask")["of_a_plan"], look="help")
    yield text(*entry.lines)
    if entry.notes:
        yield text(*entry.notes, heading=phrases("ask")["depending"], look="list")
    if entry.doubt:
        yield text(f"{phrases('ask')['doubt']}: {entry.doubt}")
    if bears:
        yield text(bears)
    if entry.citations:
        yield text(f"[{', '.join(entry.citations)}; {entry.status}]", look="help")


def draw_passage(entry: Entry, bears: str = "") -> Block:
    """Draw an entry as one block of several: its heading, then everything else."""
    lines = [line for block in draw_entry(entry, bears) for line in block.lines]
    return Block(tuple(lines), heading=entry.heading)


def draw_static(entry: Entry) -> Screen:
    """Draw an entry as a self-contained card for any chat, without buttons."""
    disclaimer = text(words("fixed")["disclaimer"], look="help")
    return Screen("plan", entry.heading, (*draw_entry(entry), disclaimer))


def back_to_case(turn: Turn) -> Rows:
    """Offer a button back to the chat's open case, if any; nothing shown here belongs to it."""
    case = turn.load()
    turn.case = None
    if case is None or case.status == "closed":
        return ()
    return ((Button(f"Back to {case.code}", "look", typed="/look"),),)
