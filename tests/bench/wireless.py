"""The whole bot in this process, with people who type and tap, and calls that go nowhere."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from bot import __main__ as program
from bot.access import Access, Right
from bot.adapters.telegram.api import Api
from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.outbox import finished
from bot.service.service import Service
from state.engines import open_store
from state.groups import Group, is_group
from state.records import Poll

BEGINS: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
BETWEEN_ACTS: Final = timedelta(seconds=40)
NEVER: Final = 3600.0
Json = dict[str, Any]
Buttons = dict[str, str]


class Nowhere(Api):
    """Answers each call as Telegram would, and keeps the buttons that each message shows."""

    def __init__(self) -> None:
        super().__init__("1:bench", "http://localhost")
        self.username = "bench_bot"
        self.made = list[str]()
        self.shown = dict[str, dict[int, Buttons]]()
        self._ids = count(1)

    async def call(self, method: str, **params: object) -> Any:
        """Note a call, and answer it at once."""
        self.made.append(method)
        await asyncio.sleep(0)
        messages = self.shown.setdefault(str(params.get("chat_id")), {})
        if method == "deleteMessage":
            messages.pop(int(str(params["message_id"])), None)
        if method == "getChatMember":
            return {"status": "member", "user": {"id": params["user_id"]}}
        if not (method.startswith("send") or method == "editMessageText"):
            return True
        number = int(str(params.get("message_id") or next(self._ids)))
        messages[number] = _buttons(params.get("reply_markup"))
        return {"message_id": number, "chat": {"id": params["chat_id"]}}


def _buttons(keyboard: Any) -> Buttons:
    rows = keyboard["inline_keyboard"] if keyboard else ()
    return {b["text"]: b["callback_data"] for row in rows for b in row if "callback_data" in b}


@dataclass(slots=True)
class Wireless:
    """A running bot. Its clock goes on by `BETWEEN_ACTS` with each thing that somebody does."""

    api: Nowhere
    service: Service
    bot: TelegramBot
    now: datetime = BEGINS
    updates: Iterator[int] = field(default_factory=lambda: count(1))

    async def take(self, **update: Json) -> None:
        """Take one update, and send everything that comes of it."""
        number = next(self.updates)
        self.now += BETWEEN_ACTS
        poll = Poll(number + 1, self.now, self.now)
        await self.bot._inbox.take([{"update_id": number, **update}], poll)
        while sending := self.bot._sender._tasks:
            await asyncio.wait(sending)
        self.bot._sender._choosing.end()

    def enrol(self, chat: int) -> None:
        """Let a group share its cases."""
        with self.service.store.turn() as store:
            store.groups.enrol(Group(str(chat), "1", self.now))


@dataclass(slots=True)
class Person:
    """Somebody in their private chat, or in a group."""

    wireless: Wireless
    who: int
    chat: int

    @property
    def messages(self) -> dict[int, Buttons]:
        """Return the buttons of each message in the chat, oldest first."""
        return self.wireless.api.shown.get(str(self.chat), {})

    @property
    def asked(self) -> tuple[int, Buttons] | None:
        """Return the lowest message with several buttons, and those; None if there is none."""
        newest = reversed(self.messages.items())
        return next(((number, buttons) for number, buttons in newest if len(buttons) > 1), None)

    async def types(self, line: str) -> None:
        sent = {"date": int(self.wireless.now.timestamp()), "text": line}
        await self.wireless.take(message={**self._message(0), "from": self._sender, **sent})

    async def taps(self, label: str) -> None:
        """Tap what stands on the lowest button with this label."""
        for number, buttons in reversed(self.messages.items()):
            if label in buttons:
                await self.presses(number, buttons[label])
                return
        raise AssertionError(f"{label}: on no button of {self.messages}")

    async def presses(self, message: int, data: str) -> None:
        """Tap a button of a message, by what it sends."""
        tap = {"id": "1", "data": data, "message": self._message(message), "from": self._sender}
        await self.wireless.take(callback_query=tap)

    @property
    def _sender(self) -> Json:
        return {"id": self.who, "first_name": f"P{self.who}"}

    def _message(self, number: int) -> Json:
        kind = "supergroup" if is_group(str(self.chat)) else "private"
        return {"message_id": number, "chat": {"id": self.chat, "type": kind}}


@contextmanager
def wireless(folder: Path) -> Iterator[Wireless]:
    """Open a bot that everybody may use, on a new database; inside a running event loop.

    What is sent is removed from the outbox after each act, and not a little later.
    """
    database = folder / "wireless.db"
    with patch.dict(os.environ, CORDCALL_DATABASE=str(database), CORDCALL_TIMEZONE="UTC"):
        settings = program._settings()
    service = program._serve(open_store(settings.database), settings)
    store = service.store
    access = Access(store.members, frozenset(), Right.CLINICIAN, store.groups)
    clock = list[Callable[[], datetime]]()
    service = replace(service, touch=True, access=access, clock=lambda: clock[0]())
    api = Nowhere()
    running = Wireless(api, service, TelegramBot(api, service))
    running.bot._inbox.username = api.username
    program._started()
    clock.append(lambda: running.now)
    try:
        with patch.object(finished, "SECONDS_TO_FLUSH", NEVER):
            yield running
    finally:
        store.close()
