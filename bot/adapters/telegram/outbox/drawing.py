"""Draws neutral screens as Telegram messages: HTML, escaped here and nowhere else, and buttons."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from typing import Any, Final, NamedTuple

from bot.screens.screen import Block, Button, Kind, Line, Part, Screen, say_line

MOST_UNITS: Final = 4080
REPEAT: Final = "(repeat)"
LONGEST_TOAST: Final = 200
RELATIVE_FORMAT: Final = "r"
SAID_BRIEFLY: Final = ("notice", "info")
ALONE: Final = ("alert", "reminder", "kept")
STYLES: Final = {"danger": "danger", "primary": "primary"}

MOMENT_TAG: Final = "tg-time"

LATE_TAGS: Final = (MOMENT_TAG, "blockquote")  # older Bot API servers do not know them
_UNKNOWN: Final = re.compile('unsupported start tag "([a-z-]+)"')

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its HTML, its plain text, its keyboard, and the kind of its last screen.

    `file` names what goes with it, if anything.
    """

    html: str
    plain: str
    keyboard: Json
    kind: Kind = "info"
    alert: bool = False
    file: str = ""


class _Placed(NamedTuple):
    """A screen, the position of its first button among all of the turn, and its plain text."""

    screen: Screen
    place: int
    plain: str


def draw_messages(screens: Sequence[Screen], token: str | None) -> list[Message]:
    """Draw a turn's screens: alerts, reminders and what is kept alone, the rest in few messages.

    Buttons are numbered across all screens, as they were minted.
    """
    placed = [
        each
        for each in _fitting(_placed(screens))
        if not each.screen.corrects and each.screen.kind != "toast"
    ]
    news = [[each] for each in placed if each.screen.kind in ("alert", "reminder")]
    kept = _grouped(each for each in placed if each.screen.kind == "kept")
    others = _grouped(each for each in placed if each.screen.kind not in ALONE)
    return [_message(group, token) for group in (*news, *kept, *others)]


def _grouped(placed: Iterable[_Placed]) -> list[list[_Placed]]:
    """Put screens into as few messages as fit; one that belongs to no case ends its message."""
    groups: list[list[_Placed]] = []
    for each in placed:
        if (
            groups
            and groups[-1][-1].screen.kind != "info"
            and _units(*groups[-1], each) <= MOST_UNITS
        ):
            groups[-1].append(each)
        else:
            groups.append([each])
    return groups


def draw_renewed_alert(screens: Sequence[Screen], token: str | None) -> Message | None:
    """Draw what corrects the alert that was sent before; None if nothing does."""
    renewed = [placed for placed in _placed(screens) if placed.screen.corrects]
    return _message(renewed[-1:], token) if renewed else None


def _placed(screens: Iterable[Screen]) -> Iterator[_Placed]:
    place = 0
    for screen in screens:
        yield _Placed(screen, place, screen.plain())
        place += sum(len(row) for row in screen.rows)


def _fitting(placed: Iterable[_Placed]) -> Iterator[_Placed]:
    """Split, at a line break, each screen too long for one message; its buttons come last."""
    for each in placed:
        screen = each.screen
        count = sum(len(block.lines) for block in screen.blocks)
        if count < 2 or _units(each) <= MOST_UNITS:
            yield each
            continue
        first, rest = _cut(screen.blocks, count // 2)
        halves = replace(screen, blocks=first, rows=()), replace(screen, blocks=rest)
        yield from _fitting(_Placed(half, each.place, half.plain()) for half in halves)


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


def unknown_tag(refusal: str) -> str | None:
    """Name the tag of ours that a Bot API server is too old for, as it says; None if it is none."""
    found = _UNKNOWN.search(refusal.casefold())
    return found[1] if found and found[1] in LATE_TAGS else None


def without(tags: Iterable[str], html: str) -> str:
    """Leave tags out; what they show stays."""
    for tag in tags:
        html = re.sub(rf"</?{tag}\b[^>]*>", "", html)
    return html


def draw_toast(screens: Iterable[Screen]) -> str | None:
    """Draw the notice shown briefly at the top: the first one; None if there is none.

    What has buttons is read where they are, but for a notice in it.
    """
    for screen in screens:
        said = [block for block in screen.blocks if block.look == "notice"]
        if said or (screen.kind in SAID_BRIEFLY and not screen.rows):
            lines = [say_line(line) for block in said or screen.blocks for line in block.lines]
            return " ".join(lines)[:LONGEST_TOAST]
    return None


def word_in(screens: Iterable[Screen]) -> str:
    """Return the word with which a tap opens the private chat; "" if it does not."""
    return next((screen.leads_to for screen in screens if screen.leads_to), "")


def draw_html(screen: Screen) -> str:
    """Draw the text of one screen."""
    above = [f"<b>{_line(screen.head)}</b>"] if screen.head else []
    above += [f"<b>{escape(screen.title)}</b>"] if screen.title else []
    return "\n".join((*above, *_blocks(screen.blocks)))


def _blocks(blocks: Iterable[Block]) -> Iterator[str]:
    """Draw blocks; those folded one after the other share one quote."""
    for folded, group in groupby(blocks, lambda block: block.look == "fold"):
        drawn = "\n".join(map(_block, group))
        yield f"<blockquote expandable>{drawn}</blockquote>" if folded else drawn


def _message(placed: list[_Placed], token: str | None) -> Message:
    rows: list[list[Json]] = []
    for screen, place, _ in placed:
        for row in screen.rows:
            rows.append([_button(button, token, place + n) for n, button in enumerate(row)])
            place += len(row)
    html = "\n\n".join(draw_html(each.screen) for each in placed)
    plain = "\n\n".join(each.plain for each in placed)
    last = placed[-1].screen
    return Message(html, plain, {"inline_keyboard": rows}, last.kind, last.alert, last.file)


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
        case "help" | "notice":
            return f"{heading}<i>{lines}</i>"
        case "copy":
            return f"{heading}<pre>{lines}</pre>"
    return f"{heading}{lines}"


def _line(line: Line) -> str:
    return "".join(map(_part, line))


def _part(part: Part) -> str:
    """Draw a part; Telegram counts down to a moment, and calls a person who is named."""
    shown = escape(part.text)
    if part.person:
        return f'<a href="tg://user?id={escape(part.person)}">{shown}</a>'
    if part.unix is None or not part.relative:
        return shown
    return f'<{MOMENT_TAG} unix="{part.unix}" format="{RELATIVE_FORMAT}">{shown}</{MOMENT_TAG}>'


def _units(*placed: _Placed) -> int:
    """Count slightly more than Telegram does, including every bullet and blank line."""
    bullets = sum(each.plain.count("\n") for each in placed) * 2
    return sum(len(each.plain.encode("utf-16-le")) // 2 + 2 for each in placed) + bullets


def draw_line(said: str) -> Message:
    """Draw a line without buttons."""
    return Message(escape(said), said, {"inline_keyboard": []})
