"""The Bot API over python-telegram-bot: a single way to call it, raw JSON in and out."""

import importlib.util
import os
import warnings
from typing import Any, Final

import httpx
from telegram import Bot
from telegram.error import BadRequest, NetworkError
from telegram.request import BaseRequest, HTTPXRequest
from telegram.warnings import PTBUserWarning

from bot.adapters.telegram.errors import NotSent, Unclear

POOL: Final = 64
CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 15.0
POLL_SECONDS: Final = 25

Json = dict[str, Any]
_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Api:
    """A bot's calls. Sending and polling use separate connections."""

    def __init__(self, token: str, root: str) -> None:
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
        await self._bot.initialize()

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
            return await self._bot.do_api_request(method, api_kwargs=given)
        except BadRequest:
            raise
        except NetworkError as error:
            if isinstance(error, NotSent):
                raise
            kind = NotSent if isinstance(error.__cause__, _NEVER_SENT) else Unclear
            raise kind(error.message) from error

    async def poll(self, offset: int, kinds: list[str]) -> list[Json]:
        """Wait for updates from `offset` on; asking for them confirms the ones before."""
        params = {"offset": offset, "timeout": POLL_SECONDS, "allowed_updates": kinds}
        updates: list[Json] = await self._bot.do_api_request(
            "getUpdates", api_kwargs=params, read_timeout=POLL_SECONDS + READ_SECONDS
        )
        return updates


def _connections(size: int) -> BaseRequest:
    """Open the fast connections if their extra is installed, else the default ones."""
    if all(importlib.util.find_spec(name) for name in ("aiohttp", "orjson")):
        from bot.adapters.telegram.aiohttp_client import FastRequest

        return FastRequest(size, CONNECT_SECONDS, READ_SECONDS)
    return HTTPXRequest(
        connection_pool_size=size,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        pool_timeout=READ_SECONDS,
    )
