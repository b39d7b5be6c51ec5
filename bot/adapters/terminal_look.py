"""How a screen looks in a terminal: plain text, or drawn with rich. Decides nothing else."""

import shutil
import textwrap
from collections.abc import Iterator
from itertools import chain
from math import ceil
from typing import TYPE_CHECKING, Final, TextIO

from bot.screens.notices import words
from bot.screens.screen import Block, Button, Line, Screen, say_line

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

WIDTH: Final = 78
NARROWEST: Final = 24
BARE: Final = Block((), look="copy")
NO_BREAK: Final = "\u00a0"
BELL: Final = "\a"
RED: Final = "red"
MOST_OPTIONS: Final = 8
MOST_COMMANDS: Final = 4
BETWEEN: Final = 2
FRAME: Final = 4
COLOURS: Final = {
    "alert": RED,
    "reminder": RED,
    "card": "cyan",
    "kept": "blue",
    "notice": "yellow",
    "info": "white",
    "plan": "blue",
}


def draw(screen: Screen, out: TextIO) -> str:
    """Draw a screen as it is written to `out`: on a terminal with frames, and a bell for news."""
    if screen.kind == "toast":
        return "".join(f"{row}\n" for row in _said_briefly(screen))
    return _styled(screen, out) if out.isatty() else f"{plain(screen)}\n\n"


def draw_head(head: Line, out: TextIO) -> str:
    """Draw the line that says how urgent the case is."""
    if not out.isatty():
        return f"{_heading(say_line(head))}\n"
    console = _console(out)
    with console.capture() as drawn:
        console.print(_head(head))
    return drawn.get()


def plain(screen: Screen) -> str:
    """Write a screen as plain text."""
    lines = [_heading(line) for line in (say_line(screen.head), screen.title) if line]
    for block in screen.blocks:
        lines += [f"{block.heading}:"] if block.heading else []
        for line in block.lines:
            lines += _wrapped(say_line(line), block)
    return "\n".join((*lines, *_options(screen, WIDTH)))


def _styled(screen: Screen, out: TextIO) -> str:
    """Draw a screen with rich: cards in a frame, alerts in a red one, questions without."""
    from rich.console import Group
    from rich.panel import Panel
    from rich.text import Text

    console = _console(out)
    framed = screen.kind != "question"
    width = console.width - FRAME if framed else console.width
    head = [_head(screen.head)] if screen.head else []
    parts: list[RenderableType] = []
    for block in (block for block in screen.blocks if block.look != "copy"):
        if block.heading:
            parts.append(Text(block.heading, style="bold"))
        style = {"lead": "bold", "help": "dim", "notice": "yellow"}.get(block.look, "")
        rows = (_wrapped(say_line(line), block, width, "• ") for line in block.lines)
        parts += [Text(row, style=style) for row in chain(*rows)]
    parts += [Text(option) for option in _options(screen, width)]
    colour = RED if screen.alert else COLOURS.get(screen.kind, "cyan")
    title = [Text(screen.title, style=f"bold {colour}")] if screen.title else []
    with console.capture() as drawn:
        if framed:
            console.print(Panel(Group(*head, *title, *parts), border_style=colour))
        else:
            console.print(*head, *title, *parts, sep="\n")
    bell = BELL if screen.alert else ""
    return "".join((bell, drawn.get(), *(f"{line}\n" for line in _copied(screen))))


def _console(out: TextIO) -> "Console":
    from rich.console import Console

    width = max(NARROWEST, min(WIDTH, shutil.get_terminal_size().columns))
    return Console(file=out, width=width, highlight=False)


def _head(head: Line) -> "Text":
    from rich.text import Text

    said = say_line(head)
    urgent = said.startswith(words("levels")["emergency"])
    return Text(said, style=f"bold {RED}" if urgent else "bold")


def _said_briefly(screen: Screen) -> list[str]:
    lines = (line for block in screen.blocks for line in block.lines)
    return [row for line in lines for row in textwrap.wrap(say_line(line), WIDTH)]


def _heading(line: str) -> str:
    return f"== {line} =="


def _copied(screen: Screen) -> list[str]:
    """Return the text to copy, without a frame, so that a mouse selects no frame."""
    blocks = (block for block in screen.blocks if block.look == "copy")
    lines = (line for block in blocks for line in block.lines)
    return [row for line in lines for row in _wrapped(say_line(line), BARE)]


def _wrapped(line: str, block: Block, width: int = WIDTH, bullet: str = "- ") -> list[str]:
    mark = bullet if block.look in ("list", "fold") else ""
    indent = " " * len(mark)
    return textwrap.wrap(line, width, initial_indent=mark, subsequent_indent=indent) or [""]


def _options(screen: Screen, width: int) -> Iterator[str]:
    """List what can be typed; short names that are typed as shown share a line."""
    buttons = [button for button in chain(*screen.rows) if _worth_a_line(button, screen)]
    short = [each for each in buttons if each.typed in (each.label, each.label.split(" ")[0])]
    if short:
        line = "   ".join(button.label.replace(" ", NO_BREAK) for button in short)
        wrapped = textwrap.wrap(line, width, initial_indent="  ", subsequent_indent="  ")
        yield from (row.replace(NO_BREAK, " ") for row in wrapped)
    most = MOST_OPTIONS if screen.kind == "question" else MOST_COMMANDS
    lines = [_option(button) for button in buttons if button not in short]
    yield from _in_columns(lines, most, width)


def _in_columns(options: list[str], most: int, width: int) -> Iterator[str]:
    """Set more than `most` in columns, read downwards, as many as the width allows."""
    wide = max((len(each) for each in options), default=0) + BETWEEN
    columns = max(min(ceil(len(options) / most), width // wide), 1)
    rows = ceil(len(options) / columns)
    for row in range(rows):
        yield "".join(each.ljust(wide) for each in options[row::rows]).rstrip()


def _worth_a_line(button: Button, screen: Screen) -> bool:
    hidden = screen.kind == "question" and button.typed.startswith("/")
    return bool(button.typed) and not hidden


def _option(button: Button) -> str:
    danger = " !" if button.style == "danger" else ""
    return f"  {button.typed:>2}  {button.label}{danger}"
