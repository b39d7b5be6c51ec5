"""Measures messages on the phone page: drawn by the bot, laid out by Chromium, without a server."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.adapters.telegram.outbox.drawing import Message
from tests.botapi.page import PHONE_PAGE
from tests.botapi.telegram_html import parse_html

from .browser import SIZES, Phone, Size, browser

CHATS_AT_ONCE = 60
LAID_OUT = "frame.style.getPropertyValue('--width')"  # set a moment after the window's width


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as drawn; `seen` when the chat is scrolled to its end."""

    text: str
    seen: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """A message in a chat scrolled to its end, in dp; `chat` is the height it has to itself."""

    height: int
    chat: int
    buttons: int
    rows: int
    cut: tuple[str, ...]
    broken: tuple[str, ...]
    lines: tuple[Line, ...] = field(repr=False)

    @property
    def text(self) -> str:
        """All of its text but what is folded, on one line."""
        return " ".join(line.text for line in self.lines)

    @property
    def seen(self) -> str:
        """What of its text is in view."""
        return " ".join(line.text for line in self.lines if line.seen)


@contextlib.asynccontextmanager
async def instrument(program: str) -> AsyncIterator[Phone]:
    """Open the phone page without a server."""
    with tempfile.TemporaryDirectory(prefix="cordcall-page-") as folder:
        page = Path(folder, "phone.html")
        page.write_text(PHONE_PAGE, "utf-8")
        async with browser(program) as phone:
            await phone.send("Page.navigate", url=f"{page.as_uri()}?alone")
            await phone.becomes("typeof measureAll === 'function'")
            yield phone


async def measure(
    phone: Phone,
    chats: Sequence[Sequence[Message]],
    now: datetime,
    sizes: Sequence[Size] = SIZES,
) -> dict[Size, list[list[Measured]]]:
    """Measure the messages of every chat at every size, each chat scrolled to its end."""
    shown = [[as_shown(number, each, now) for number, each in enumerate(chat)] for chat in chats]
    found: dict[Size, list[list[Measured]]] = {}
    for size in sizes:
        await phone.becomes_as_large_as(size)
        await phone.becomes(f"frame.clientWidth === {size[0]} && {LAID_OUT} === '{size[0]}px'")
        found[size] = [
            [_measured(message, told["chat"]) for message in told["messages"]]
            for start in range(0, len(shown), CHATS_AT_ONCE)
            for told in await _told(phone, shown[start : start + CHATS_AT_ONCE], now)
        ]
    return found


async def _told(phone: Phone, chats: Any, now: datetime) -> Any:
    return await phone.value(f"measureAll({json.dumps(chats)}, {int(now.timestamp())})")


def as_shown(number: int, message: Message, now: datetime) -> dict[str, Any]:
    """Turn a drawn message into what the page is told of one."""
    text, entities = parse_html(message.html)
    return {
        "id": number + 1, "mine": False, "from": "CordCall", "from_bot": True,
        "date": int(now.timestamp()), "edited": False, "versions": 1, "text": text,
        "entities": entities, "keyboard": message.keyboard["inline_keyboard"], "reply_to": "",
        "document": None, "service": [],
    }  # fmt: skip


def _measured(told: dict[str, Any], chat: int) -> Measured:
    return Measured(
        height=told["height"],
        chat=chat,
        buttons=told["buttons"],
        rows=len(told["rows"]),
        cut=tuple(told["cut"]),
        broken=tuple(told["broken"]),
        lines=tuple(Line(line["text"], line["seen"]) for line in told["lines"]),
    )
