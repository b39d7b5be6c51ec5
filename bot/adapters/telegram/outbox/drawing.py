"""Draws neutral screens as Telegram messages: HTML, escaped here and nowhere else, and buttons."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Final

from bot.screens.screen import Block, Button, Line, Screen

MOST_UNITS: Final = 4080
REPEAT: Final = "(repeat)"
LONGEST_TOAST: Final = 200
MOMENT_FORMAT: Final = "wdt"
RELATIVE_FORMAT: Final = "r"
SAID_BRIEFLY: Final = ("notice", "withdrawn", "info")
STYLES: Final = {"danger": "danger", "primary": "primary"}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its HTML, its plain text, and its keyboard."""

    html: str
    plain: str
    keyboard: Json
    alert: bool = False


def draw_messages(screens: Sequence[Screen], token: str | None) -> list[Message]:
    """Draw a turn's screens: emergency alerts alone, the rest in as few messages as fit.

    Buttons are numbered across all screens, as they were minted; those of the question
    come first.
    """
    placed = list(_fitting(_placed(screens)))
    alerts = _grouped(each for each in placed if each[0].alert)
    others = _grouped(each for each in placed if not each[0].alert)
    return [
        *(_message(group, token, alert=True) for group in alerts),
        *(_message(group, token) for group in others),
    ]


def _grouped(placed: Iterable[tuple[Screen, int]]) -> list[list[tuple[Screen, int]]]:
    """Put screens into as few messages as fit; one that belongs to no case ends its message."""
    groups: list[list[tuple[Screen, int]]] = []
    for screen, place in placed:
        if (
            groups
            and groups[-1][-1][0].kind != "info"
            and _units([each for each, _ in groups[-1]] + [screen]) <= MOST_UNITS
        ):
            groups[-1].append((screen, place))
        else:
            groups.append([(screen, place)])
    return groups


def draw_card_again(screens: Sequence[Screen], token: str | None) -> Message | None:
    """Draw only the newest card among a turn's screens, or a note that it no longer applies.

    Its buttons are as they were minted.
    """
    cards = [
        placed
        for placed in _placed(screens)
        if placed[0].kind in ("card", "emergency", "withdrawn") and not placed[0].alert
    ]
    return _message(cards[-1:], token) if cards else None


def _placed(screens: Iterable[Screen]) -> Iterator[tuple[Screen, int]]:
    """Return each screen with the position of its first button among all buttons of the turn."""
    place = 0
    for screen in screens:
        yield screen, place
        place += sum(len(row) for row in screen.rows)


def _fitting(placed: Iterable[tuple[Screen, int]]) -> Iterator[tuple[Screen, int]]:
    """Split, at a line break, each screen too long for one message; its buttons come last."""
    for screen, place in placed:
        count = sum(len(block.lines) for block in screen.blocks)
        if count < 2 or _units([screen]) <= MOST_UNITS:
            yield screen, place
            continue
        first, rest = _cut(screen.blocks, count // 2)
        halves = replace(screen, blocks=first, rows=()), replace(screen, blocks=rest)
        yield from _fitting((half, place) for half in halves)


def _cut(blocks: Sequence[Block], line: int) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Cut blocks before a line; a cut block keeps its heading and look in both halves."""
    first, rest = list[Block](), list[Block]()
    for block in blocks:
        if block.lines[:line]:
            first.append(replace(block, lines=block.lines[:line]))
        if block.lines[line:]:
            rest.append(replace(block, lines=block.lines[line:]))
        line = max(0, line - len(block.lines))
    return tuple(first), tuple(rest)


def draw_repeat(message: Message) -> Message:
    """Mark a message that may already have arrived."""
    html, plain = f"<i>{REPEAT}</i>\n{message.html}", f"{REPEAT}\n{message.plain}"
    return replace(message, html=html, plain=plain)


def draw_toast(screens: Iterable[Screen]) -> str | None:
    """Draw the notice shown briefly at the top: the first one; None if there is none."""
    notice = next((screen for screen in screens if screen.kind in SAID_BRIEFLY), None)
    if notice is None:
        return None
    lines = ["".join(part.text for part in line) for b in notice.blocks for line in b.lines]
    return " ".join(lines)[:LONGEST_TOAST]


def draw_html(screen: Screen) -> str:
    """Draw the text of one screen."""
    head = (f"<b>{_line(screen.head)}</b>",) if screen.head else ()
    return "\n".join((*head, f"<b>{escape(screen.title)}</b>", *map(_block, screen.blocks)))


def _message(
    placed: list[tuple[Screen, int]], token: str | None, *, alert: bool = False
) -> Message:
    asked: list[list[Json]] = []
    other: list[list[Json]] = []
    for screen, place in placed:
        rows = asked if screen.kind == "question" else other
        for row in screen.rows:
            rows.append([_button(button, token, place + n) for n, button in enumerate(row)])
            place += len(row)
    screens = [screen for screen, _ in placed]
    html = "\n\n".join(map(draw_html, screens))
    plain = "\n\n".join(screen.plain() for screen in screens)
    return Message(html, plain, {"inline_keyboard": [*asked, *other]}, alert)


def _button(button: Button, token: str | None, place: int) -> Json:
    drawn: Json = {"text": button.label}
    if button.does == "copy":
        drawn["copy_text"] = {"text": button.value}
    else:
        drawn["callback_data"] = f"{token}:{place}"
    if button.style in STYLES:
        drawn["style"] = STYLES[button.style]
    return drawn


def _block(block: Block) -> str:
    heading = f"<b>{escape(block.heading)}</b>\n" if block.heading else ""
    bullet = "• " if block.look in ("list", "fold") else ""
    lines = "\n".join(bullet + _line(line) for line in block.lines)
    match block.look:
        case "lead":
            return f"{heading}<b>{lines}</b>"
        case "help":
            return f"{heading}<i>{lines}</i>"
        case "fold":
            return f"<blockquote expandable>{heading}{lines}</blockquote>"
        case "copy":
            return f"{heading}<pre>{lines}</pre>"
    return f"{heading}{lines}"


def _line(line: Line) -> str:
    return "".join(_parts(line))


def _parts(line: Line) -> Iterator[str]:
    for part in line:
        shown = escape(part.text)
        if part.unix is None:
            yield shown
        else:
            look = RELATIVE_FORMAT if part.relative else MOMENT_FORMAT
            yield f'<tg-time unix="{part.unix}" format="{look}">{shown}</tg-time>'


def _units(screens: Iterable[Screen]) -> int:
    """Count slightly more than Telegram does, including every bullet and blank line."""
    texts = [screen.plain() for screen in screens]
    bullets = sum(text.count("\n") for text in texts) * 2
    return sum(len(text.encode("utf-16-le")) // 2 + 2 for text in texts) + bullets
