"""The Bot API: a single way to call it, raw JSON in and out."""

import asyncio
import importlib.util
from time import time
from typing import TYPE_CHECKING, Any, Final

import structlog

from bot.adapters.telegram.counts import Counts
from bot.adapters.telegram.errors import (
    EndPointNotFound,
    InvalidToken,
    TelegramError,
    Unclear,
    host_of,
)
from bot.adapters.telegram.proxy import proxy_for
from bot.conversation.said_at import AT_ONCE

if TYPE_CHECKING:
    from bot.adapters.telegram.aiohttp_client import FastRequest
    from bot.adapters.telegram.httpx_client import PlainRequest
    from bot.adapters.telegram.library import Library

POOL: Final = 64
CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 15.0
POLL_SECONDS: Final = 25
CHANGES_BY_SECONDS: Final = 60.0

Json = dict[str, Any]
WITH_A_FILE: Final = ("sendPhoto", "sendDocument")
SENT: Final = ("sendMessage", *WITH_A_FILE, "editMessageText")

log = structlog.get_logger()


class Api:
    """A bot's calls. Sending and polling use separate connections.

    Raises SettingsError if the proxy named by the environment could never be used.

    `unknown_tags` are those of ours that the server has refused once.
    """

    def __init__(self, token: str, root: str) -> None:
        self.unknown_tags = set[str]()
        self.counts = Counts()
        self._seconds_ahead = 0.0
        proxy_for(root)
        self._host = host_of(root)
        self._token = token
        self._base = f"{root.rstrip('/')}/bot"
        self._connections = tuple(map(_connections, (POOL, 1)))
        self._library: Library | None = None
        self.username = ""

    async def open(self) -> None:
        """Connect, and check the token with getMe.

        Raises InvalidToken if it is refused, and what `call` raises.
        """
        for each in self._connections:
            await each.initialize()
        me = await self._post("getMe", {})
        if not isinstance(me, dict) or not isinstance(me.get("username"), str):
            raise Unclear(self._host, "getMe names no bot")
        self.username = me["username"]
        self.counts.heard(0)

    async def close(self) -> None:
        for each in self._connections:
            await each.shutdown()

    async def call(self, method: str, **params: object) -> Any:
        """Call a method; parameters that are None are omitted.

        Raises NotSent or Unclear if there was no answer, another TelegramError for a refusal.
        """
        given = {name: value for name, value in params.items() if value is not None}
        began_at = time()
        try:
            result = await self._ask(method, given)
            if method in SENT and not _is_message(result):
                raise Unclear(self._host, f"{method} names no message")
        except TelegramError as error:
            self.counts.failed(error)
            raise
        self.counts.answers += method in SENT
        if method == "sendMessage":
            self._compare(began_at, result.get("date"))
        return result

    async def _ask(
        self, method: str, given: dict[str, object], seconds: float | None = None
    ) -> Any:
        """Post for a bot that has been started: if its token is refused, the method is unknown."""
        try:
            return await self._post(method, given, seconds)
        except InvalidToken as error:
            raise EndPointNotFound(method) from error

    async def _post(
        self, method: str, given: dict[str, object], seconds: float | None = None
    ) -> Any:
        """Post straight through the fast connections; all else goes through python-telegram-bot.

        The answer may take some seconds, None for as long as usual.
        """
        ask = getattr(self._connections[method == "getUpdates"], "ask", None)
        if ask is None or method in WITH_A_FILE:
            if self._library is None:
                self._library = await asyncio.to_thread(self._load_library)
            return await self._library.call(method, given, seconds)
        return await ask(f"{self._base}{self._token}/{method}", given, seconds)

    def _load_library(self) -> "Library":
        from bot.adapters.telegram.library import Library

        return Library(self._token, self._base, *self._connections)

    def _compare(self, began_at: float, sent_at: object) -> None:
        """Log that this machine's clock is wrong, and again whenever that changes by minutes.

        Messages are dated by Telegram's clock, and a call takes a while.
        """
        if type(sent_at) is not int:
            return
        apart = AT_ONCE.total_seconds()  # a message that looks older may be asked back
        least, most = began_at - sent_at, time() - sent_at
        ahead = least if least > apart else most if most < -apart else 0.0
        changes_by = abs(ahead - self._seconds_ahead)
        if changes_by > (CHANGES_BY_SECONDS if self._seconds_ahead else apart):
            self._seconds_ahead = ahead
            if ahead:
                log.warning("this machine's clock is not Telegram's", seconds_ahead=round(ahead))

    async def poll(self, offset: int, kinds: list[str]) -> list[Json]:
        """Wait for updates from `offset` on; asking for them confirms the ones before.

        Raises what `call` raises.
        """
        params = {"offset": offset, "timeout": POLL_SECONDS, "allowed_updates": kinds}
        try:
            updates = await self._ask("getUpdates", params, POLL_SECONDS + READ_SECONDS)
        except TelegramError as error:
            self.counts.failed(error, polling=True)
            raise
        if not isinstance(updates, list):
            raise Unclear(self._host, "getUpdates lists nothing")
        self.counts.heard(len(updates))
        return updates


def _is_message(result: object) -> bool:
    return isinstance(result, dict) and type(result.get("message_id")) is int


def _connections(size: int) -> "FastRequest | PlainRequest":
    """Make the fast connections if their extra is installed, else the default ones."""
    if all(importlib.util.find_spec(name) for name in ("aiohttp", "orjson")):
        from bot.adapters.telegram.aiohttp_client import FastRequest

        return FastRequest(size, CONNECT_SECONDS, READ_SECONDS)
    from bot.adapters.telegram.httpx_client import PlainRequest

    return PlainRequest(size, CONNECT_SECONDS, READ_SECONDS)
