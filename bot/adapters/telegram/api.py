"""The Bot API over python-telegram-bot: a single way to call it, raw JSON in and out."""

import importlib.util
import os
import warnings
from typing import Any, Final
from urllib.parse import urlsplit

from telegram import Bot
from telegram.error import TelegramError
from telegram.request import BaseRequest
from telegram.warnings import PTBUserWarning

from bot.adapters.telegram.counts import Counts
from bot.adapters.telegram.errors import Unclear

POOL: Final = 64
CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 15.0
POLL_SECONDS: Final = 25

Json = dict[str, Any]
SENT: Final = ("sendMessage", "editMessageText")


class Api:
    """A bot's calls. Sending and polling use separate connections.

    `knows_moments` is set to False once the server has refused the tag of a moment.
    """

    def __init__(self, token: str, root: str) -> None:
        self.knows_moments = True
        self.counts = Counts()
        self._host = urlsplit(root).netloc.rpartition("@")[2]
        self._bot = Bot(
            token,
            base_url=f"{root.rstrip('/')}/bot",
            request=_connections(POOL),
            get_updates_request=_connections(1),
        )
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        warnings.filterwarnings("ignore", message="Please use 'Bot", category=PTBUserWarning)

    async def open(self) -> None:
        """Connect, and check the token with getMe."""
        try:
            await self._bot.initialize()
        except (TypeError, AttributeError, LookupError) as error:
            raise Unclear(self._host, "getMe names no bot") from error
        self.counts.heard(0)

    async def close(self) -> None:
        await self._bot.shutdown()

    @property
    def username(self) -> str:
        return self._bot.username

    async def call(self, method: str, **params: object) -> Any:
        """Call a method; parameters that are None are omitted.

        Raises NotSent or Unclear if there was no answer, and what python-telegram-bot raises for
        Telegram's refusals.
        """
        given = {name: value for name, value in params.items() if value is not None}
        try:
            result = await self._bot.do_api_request(method, api_kwargs=given)
            if method in SENT and not _is_message(result):
                raise Unclear(self._host, f"{method} names no message")
        except TelegramError as error:
            self.counts.failed(error)
            raise
        self.counts.answers += method in SENT
        return result

    async def poll(self, offset: int, kinds: list[str]) -> list[Json]:
        """Wait for updates from `offset` on; asking for them confirms the ones before.

        Raises what `call` raises.
        """
        params = {"offset": offset, "timeout": POLL_SECONDS, "allowed_updates": kinds}
        try:
            updates = await self._bot.do_api_request(
                "getUpdates", api_kwargs=params, read_timeout=POLL_SECONDS + READ_SECONDS
            )
        except TelegramError as error:
            self.counts.failed(error, polling=True)
            raise
        if not isinstance(updates, list):
            raise Unclear(self._host, "getUpdates lists nothing")
        self.counts.heard(len(updates))
        return updates


def _is_message(result: object) -> bool:
    return isinstance(result, dict) and type(result.get("message_id")) is int


def _connections(size: int) -> BaseRequest:
    """Open the fast connections if their extra is installed, else the default ones."""
    if all(importlib.util.find_spec(name) for name in ("aiohttp", "orjson")):
        from bot.adapters.telegram.aiohttp_client import FastRequest

        return FastRequest(size, CONNECT_SECONDS, READ_SECONDS)
    from bot.adapters.telegram.httpx_client import PlainRequest

    return PlainRequest(
        connection_pool_size=size,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        pool_timeout=READ_SECONDS,
    )
