"""How a screen looks in a terminal: plain text, or drawn with rich. Decides nothing else."""

import shutil
import textwrap
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Final, TextIO

from bot.screens.screen import Block, Button, Screen, say_line

if TYPE_CHECKING:
    from rich.console import RenderableType

WIDTH: Final = 78
BARE: Final = Block((), look="copy")
NO_BREAK: Final = "\u00a0"
COLOURS: Final = {
    "emergency": "red",
    "card": "cyan",
    "notice": "yellow",
    "withdrawn": "yellow",
    "info": "white",
    "plan": "blue",
}


def plain(screen: Screen) -> str:
    """Write a screen as plain text."""
    head = [say_line(screen.head)] if screen.head else []
    lines = [*head, f"== {screen.title} =="]
    for block in screen.blocks:
        lines += [f"{block.heading}:"] if block.heading else []
        for line in block.lines:
            lines += _wrapped(say_line(line), block)
    return "\n".join((*lines, *_options(screen)))


def styled(screen: Screen, out: TextIO) -> None:
    """Draw a screen with rich: cards in a frame, questions with the ask in bold."""
    from rich.console import Console, Group
    from rich.panel import Panel
    from rich.text import Text

    width = min(WIDTH, shutil.get_terminal_size().columns)
    console = Console(file=out, width=width, highlight=False)
    parts: list[RenderableType] = []
    if screen.head:
        parts.append(Text(say_line(screen.head), style="bold"))
    copied = _copied(screen)
    for block in (block for block in screen.blocks if block.look != "copy"):
        if block.heading:
            parts.append(Text(block.heading, style="bold"))
        style = {"lead": "bold", "help": "dim"}.get(block.look, "")
        bullet = "• " if block.look in ("list", "fold") else ""
        parts += [Text(bullet + say_line(line), style=style) for line in block.lines]
    parts += [Text(option) for option in _options(screen)]
    if screen.kind == "question":
        console.print(Text(screen.title, style="cyan"), Group(*parts), sep="\n")
        return
    colour = COLOURS[screen.kind]
    title = Text(screen.title, style=f"bold {colour}")
    console.print(Panel(Group(title, *parts), border_style=colour))
    out.writelines(f"{line}\n" for line in copied)


def _copied(screen: Screen) -> list[str]:
    """Return the text to copy, without a frame, so that a mouse selects no frame."""
    blocks = (block for block in screen.blocks if block.look == "copy")
    lines = (line for block in blocks for line in block.lines)
    return [row for line in lines for row in _wrapped(say_line(line), BARE)]


def _wrapped(line: str, block: Block) -> list[str]:
    mark, indent = ("- ", "  ") if block.look in ("list", "fold") else ("", "")
    return textwrap.wrap(line, WIDTH, initial_indent=mark, subsequent_indent=indent) or [""]


def _options(screen: Screen) -> Iterator[str]:
    """List what can be typed; short names that are typed as shown share a line."""
    buttons = [button for button in chain(*screen.rows) if _worth_a_line(button, screen)]
    short = [button for button in buttons if button.label.partition(" ")[0] == button.typed]
    if short:
        line = "   ".join(button.label.replace(" ", NO_BREAK) for button in short)
        wrapped = textwrap.wrap(line, WIDTH, initial_indent="  ", subsequent_indent="  ")
        yield from (row.replace(NO_BREAK, " ") for row in wrapped)
    for button in buttons:
        if button not in short:
            yield _option(button)


def _worth_a_line(button: Button, screen: Screen) -> bool:
    hidden = screen.kind == "question" and button.typed.startswith("/")
    return bool(button.typed) and not hidden


def _option(button: Button) -> str:
    danger = " !" if button.style == "danger" else ""
    same = button.label == button.typed
    return f"  {button.typed}{danger}" if same else f"  {button.typed:>2}  {button.label}{danger}"
