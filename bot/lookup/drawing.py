"""Draws entries as blocks and screens: the answer in five lines, the rest folded."""

from collections.abc import Iterator
from typing import Final

from bot.lookup.phrases import phrases
from bot.lookup.search.entries import Entry
from bot.screens.answer_first import MOST_LINES, first_sentences, fitting, folded
from bot.screens.drawn_lines import drawn_lines
from bot.screens.notices import words
from bot.screens.screen import Block, Button, Rows, Screen, text
from bot.turn import Turn

LONGEST_SCREEN: Final = 4000
MORE_FOR_A_DOUBT: Final = 2  # lines beyond the five, rather than fold a doubt about the answer


def draw_entry(entry: Entry, *, excluded: str = "", relevant: str = "") -> Iterator[Block]:
    """Draw what appears below an entry's heading: its text, then notes, doubt, sources, status.

    A rule first says that it does not always apply, or that it is `excluded` in the chat's case;
    `relevant` says what in that case the entry is about.
    """
    said = phrases("ask")
    caution = excluded or (said["of_a_plan"] if entry.kind == "rule" else "")
    room = MOST_LINES - (drawn_lines(caution) if caution else 0)
    if caution:
        yield text(caution, look="help")
    doubt = said["doubt"].format(doubt=entry.doubt) if entry.doubt else ""
    first_doubt = first_sentences(doubt, 0)[0]
    shown, left = _text(entry, room - (drawn_lines(first_doubt) if doubt else 0))
    room -= drawn_lines("\n".join(shown))
    yield text(*shown)
    if doubt and drawn_lines(first_doubt) <= room + MORE_FOR_A_DOUBT:
        first_doubt, doubt = first_sentences(doubt, room)
        yield text(first_doubt)
    elif doubt:
        yield text(said["doubt_below"])
    of_a_plan = (said["of_a_plan"],) if excluded and entry.kind == "rule" else ()
    yield from folded(
        (
            text(*filter(None, (doubt,))),
            text(*left, heading=said["continued"] if len(entry.lines) == 1 else ""),
            text(*entry.notes, heading=said["depending"]),
            text(*filter(None, (relevant,)), *of_a_plan),
            text(*filter(None, (_cited(entry),))),
        )
    )


def _text(entry: Entry, most: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split an entry's text: a single line after a sentence, several after a line."""
    if len(entry.lines) > 1:
        return fitting(entry.lines, most)
    first, rest = first_sentences(entry.lines[0], most)
    return (first,), (rest,) if rest else ()


def draw_whole(entry: Entry, *, excluded: str = "", relevant: str = "") -> Block:
    """Draw an entry as one folded block: its heading, then everything else."""
    said = phrases("ask")
    lines = (
        said["of_a_plan"] if entry.kind == "rule" else "",
        excluded,
        *entry.lines,
        said["doubt"].format(doubt=entry.doubt) if entry.doubt else "",
        *entry.notes,
        relevant,
        _cited(entry),
    )
    return text(*filter(None, lines), heading=entry.heading, look="fold")


def _cited(entry: Entry) -> str:
    return f"[{', '.join(entry.citations)}; {entry.status}]" if entry.citations else ""


def draw_static(entry: Entry) -> Screen:
    """Draw an entry as a self-contained card for any chat, without buttons."""
    disclaimer = folded((text(words("fixed")["disclaimer"]),))
    return Screen("plan", entry.heading, (*draw_entry(entry), *disclaimer))


def back_to_case(turn: Turn) -> Rows:
    """Offer a button back to the chat's open case, if any; nothing shown here belongs to it."""
    case = turn.load()
    turn.case = None
    if case is None or case.status == "closed":
        return ()
    return ((Button(f"Back to {case.code}", "look", typed="/look"),),)
