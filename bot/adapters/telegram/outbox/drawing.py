"""Draws neutral screens as Telegram messages: HTML, escaped here and nowhere else, and buttons."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from typing import Any, Final, NamedTuple

from bot.screens.screen import Block, Button, Kind, Line, Part, Screen, say_line

MOST_UNITS: Final = 4080
REPEAT: Final = "(repeat)"
LONGEST_TOAST: Final = 200
RELATIVE_FORMAT: Final = "r"
SAID_BRIEFLY: Final = ("notice", "info")
ALONE: Final = ("alert", "reminder", "kept")
TAGS: Final = {
    "lead": ("<b>", "</b>"), "help": ("<i>", "</i>"), "notice": ("<i>", "</i>"),
    "copy": ("<pre>", "</pre>"),
}  # fmt: skip
BULLETS: Final = {"list": "• ", "fold": "• "}

MOMENT_TAG: Final = "tg-time"

LATE_TAGS: Final = (MOMENT_TAG, "blockquote")  # older Bot API servers do not know them
_UNKNOWN: Final = re.compile('unsupported start tag "([a-z-]+)"')

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its HTML, what says its plain text, its keyboard, the kind of its last screen.

    `file` names what goes with it, if anything.
    """

    html: str
    say: Callable[[], str]
    keyboard: Json
    kind: Kind = "info"
    alert: bool = False
    file: str = ""

    @property
    def plain(self) -> str:
        """Return its text without HTML."""
        return self.say()


class _Placed(NamedTuple):
    """A screen, the position of its first button among all of the turn, and its text as HTML."""

    screen: Screen
    place: int
    html: str


def draw_messages(screens: Sequence[Screen], token: str | None) -> list[Message]:
    """Draw a turn's screens: alerts, reminders and what is kept alone, the rest in few messages.

    Buttons are numbered across all screens, as they were minted.
    """
    news, kept, others = list[list[_Placed]](), list[list[_Placed]](), list[list[_Placed]]()
    for screen, place in _placed(screens):
        kind = screen.kind
        if screen.corrects or kind == "toast":
            continue
        for each in _fitting(_Placed(screen, place, draw_html(screen))):
            if kind in ("alert", "reminder"):
                news.append([each])
            else:
                _put(each, kept if kind == "kept" else others)
    return [_message(group, token) for group in (*news, *kept, *others)]


def _put(each: _Placed, groups: list[list[_Placed]]) -> None:
    """Put a screen into the last message if it fits; one that belongs to no case ends its own."""
    if groups and groups[-1][-1].screen.kind != "info" and _fit(*groups[-1], each):
        groups[-1].append(each)
    else:
        groups.append([each])


def draw_renewed_alert(screens: Sequence[Screen], token: str | None) -> Message | None:
    """Draw what corrects the alert that was sent before; None if nothing does."""
    renewed = [(screen, place) for screen, place in _placed(screens) if screen.corrects]
    if not renewed:
        return None
    screen, place = renewed[-1]
    return _message([_Placed(screen, place, draw_html(screen))], token)


def _placed(screens: Iterable[Screen]) -> Iterator[tuple[Screen, int]]:
    place = 0
    for screen in screens:
        yield screen, place
        place += sum(map(len, screen.rows))


def _fitting(each: _Placed) -> Iterator[_Placed]:
    """Split a screen too long for one message at a line break; its buttons come last."""
    screen = each.screen
    if _fit(each) or (count := sum(len(block.lines) for block in screen.blocks)) < 2:
        yield each
        return
    first, rest = _cut(screen.blocks, count // 2)
    for half in (replace(screen, blocks=first, rows=()), replace(screen, blocks=rest)):
        yield from _fitting(_Placed(half, each.place, draw_html(half)))


def _cut(blocks: Sequence[Block], line: int) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Cut blocks before a line; a cut block keeps its heading and look in both halves."""
    first, rest = list[Block](), list[Block]()
    for block in blocks:
        if block.lines[:line]:
            first.append(block._replace(lines=block.lines[:line]))
        if block.lines[line:]:
            rest.append(block._replace(lines=block.lines[line:]))
        line = max(0, line - len(block.lines))
    return tuple(first), tuple(rest)


def draw_repeat(message: Message) -> Message:
    """Mark a message that may already have arrived."""
    html = f"<i>{REPEAT}</i>\n{message.html}"
    return replace(message, html=html, say=lambda: f"{REPEAT}\n{message.plain}")


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
    drawn = [f"<b>{_line(screen.head)}</b>"] if screen.head else []
    if screen.title:
        drawn.append(f"<b>{escape(screen.title, quote=False)}</b>")
    folded = list[str]()
    for block in screen.blocks:
        if block.look == "fold":
            folded.append(_block(block))
            continue
        if folded:
            drawn.append(_fold(folded))
            folded = []
        drawn.append(_block(block))
    if folded:
        drawn.append(_fold(folded))
    return "\n".join(drawn)


def _fold(blocks: Iterable[str]) -> str:
    """Put drawn blocks that are folded one after the other into one quote."""
    return "<blockquote expandable>" + "\n".join(blocks) + "</blockquote>"


def _message(placed: list[_Placed], token: str | None) -> Message:
    rows = list[list[Json]]()
    for screen, place, _ in placed:
        for row in screen.rows:
            rows.append([_button(button, token, place + n) for n, button in enumerate(row)])
            place += len(row)
    html = placed[0].html if len(placed) == 1 else "\n\n".join([each.html for each in placed])
    last = placed[-1].screen
    keyboard: Json = {"inline_keyboard": rows}
    return Message(html, partial(_say, placed), keyboard, last.kind, last.alert, last.file)


def _say(placed: list[_Placed]) -> str:
    return "\n\n".join(each.screen.plain() for each in placed)


def _button(button: Button, token: str | None, place: int) -> Json:
    if button.does == "copy":
        drawn: Json = {"text": button.label, "copy_text": {"text": button.value}}
    else:
        drawn = {"text": button.label, "callback_data": f"{token}:{place}"}
    if button.style != "plain":
        drawn["style"] = button.style
    return drawn


def _block(block: Block) -> str:
    bullet = BULLETS.get(block.look, "")
    lines = f"\n{bullet}".join(map(_line, block.lines))
    before, after = TAGS.get(block.look, ("", ""))
    drawn = f"{before}{bullet}{lines}{after}" if block.lines else before + after
    return f"<b>{escape(block.heading, quote=False)}</b>\n{drawn}" if block.heading else drawn


def _line(line: Line) -> str:
    return "".join([_part(part) for part in line])


def _part(part: Part) -> str:
    """Draw a part; Telegram counts down to a moment, and calls a person who is named."""
    shown = part.text
    if "&" in shown or "<" in shown or ">" in shown:
        shown = escape(shown, quote=False)
    if part.person:
        return f'<a href="tg://user?id={escape(part.person)}">{shown}</a>'
    if part.unix is None or not part.relative:
        return shown
    return f'<{MOMENT_TAG} unix="{part.unix}" format="{RELATIVE_FORMAT}">{shown}</{MOMENT_TAG}>'


def _fit(*placed: _Placed) -> bool:
    """Return whether screens fit into one message: their HTML, or at least what it shows."""
    if sum([_units(each.html) for each in placed]) <= MOST_UNITS:
        return True
    return sum([_units(each.screen.plain()) for each in placed]) <= MOST_UNITS


def _units(said: str) -> int:
    """Count slightly more than Telegram does, including every bullet and blank line."""
    return len(said.encode("utf-16-le")) // 2 + 2 + 2 * said.count("\n")


def draw_line(said: str) -> Message:
    """Draw a line without buttons."""
    return Message(escape(said, quote=False), lambda: said, {"inline_keyboard": []})
