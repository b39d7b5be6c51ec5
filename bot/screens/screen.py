"""Outgoing neutral screens, independent of chat and terminal."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import shorten
from typing import Literal, NamedTuple

from state.json_text import write_json

Kind = Literal[
    "question",
    "alert",
    "reminder",
    "card",
    "plan",
    "kept",
    "notice",
    "toast",
    "info",
    "expired",
    "board",
]
Look = Literal["lead", "text", "list", "help", "notice", "fold", "copy"]
Style = Literal["plain", "danger", "primary"]


class Part(NamedTuple):
    """A run of text; with `unix` it is a moment that may be shown in the reader's zone.

    With `relative` it says how far off that moment is. With `person` it calls that person.
    """

    text: str
    unix: int | None = None
    relative: bool = False
    person: str = ""


Line = tuple[Part, ...]


class Block(NamedTuple):
    """Lines with a heading and a look. `fold` may be collapsed, `copy` is meant to be copied."""

    lines: tuple[Line, ...]
    heading: str = ""
    look: Look = "text"


class Button(NamedTuple):
    """One choice: its label, what it does, what to type for it."""

    label: str
    does: str
    value: str = ""
    typed: str = ""
    style: Style = "plain"


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """One message: a title, blocks of text and rows of buttons.

    `head` stands above all else: how urgent the case is. An `alert` or a `reminder` is a message
    of its own, with sound if `alert`; an alert without it corrects the one sent before. What is
    `kept` stays in the chat, and the case goes on below it. A `toast` is shown for a moment only,
    and what is `expired` replaces a message.
    `file` names what goes with it, which is made when it is sent. A toast that `leads_to` something
    opens the private chat, which is told that word.
    """

    kind: Kind
    title: str
    blocks: tuple[Block, ...] = ()
    rows: Rows = ()
    alert: bool = False
    head: Line = ()
    file: str = ""
    leads_to: str = ""

    @property
    def corrects(self) -> bool:
        """Return whether this only corrects the newest alert, where that can be edited."""
        return self.kind == "alert" and not self.alert

    def plain(self) -> str:
        """Return the whole text without formatting."""
        lines = [line for line in (say_line(self.head), self.title) if line]
        for block in self.blocks:
            lines += [block.heading] if block.heading else []
            lines += [say_line(line) for line in block.lines]
        return "\n".join(lines)


def say_line(line: Line) -> str:
    """Return the text of a line without formatting."""
    return line[0].text if len(line) == 1 else "".join([part.text for part in line])


def text(*lines: str, heading: str = "", look: Look = "text") -> Block:
    """Create a block of plain lines."""
    return Block(tuple([(Part(line),) for line in lines]), heading, look)


def shortened(said: str, most: int, placeholder: str = " …") -> str:
    """Shorten what is longer than so many characters between two words."""
    whole = " ".join(said.split())
    return whole if len(whole) <= most else shorten(whole, most, placeholder=placeholder)


def in_rows(buttons: Sequence[Button], width: int) -> Rows:
    """Arrange buttons in rows of a given length."""
    return tuple(tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))


def dump(screen: Screen) -> str:
    """Serialise a screen as JSON for the outbox: every value as a list of its fields."""
    return write_json(
        (
            screen.kind,
            screen.title,
            screen.blocks,
            screen.rows,
            screen.alert,
            screen.head,
            screen.file,
            screen.leads_to,
        )
    )


def load(stored: str) -> Screen:
    """Read a screen from the outbox."""
    kind, title, blocks, rows, alert, *later = json.loads(stored)
    return Screen(
        kind,
        title,
        tuple(
            Block(tuple(tuple(Part(*part) for part in line) for line in lines), heading, look)
            for lines, heading, look in blocks
        ),
        tuple(tuple(Button(*button) for button in row) for row in rows),
        alert,
        tuple(Part(*part) for part in later[0]) if later else (),
        *later[1:],
    )
