"""The Bot API over python-telegram-bot: a single way to call it, raw JSON in and out."""

import importlib.util
import os
import warnings
from time import time
from typing import Any, Final

import structlog
from telegram import Bot
from telegram.error import EndPointNotFound, InvalidToken, TelegramError
from telegram.request import BaseRequest
from telegram.warnings import PTBUserWarning

from bot.adapters.telegram.counts import Counts
from bot.adapters.telegram.errors import Unclear, host_of
from bot.adapters.telegram.proxy import proxy_for
from bot.conversation.said_at import AT_ONCE

POOL: Final = 64
CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 15.0
POLL_SECONDS: Final = 25
CHANGES_BY_SECONDS: Final = 60.0

Json = dict[str, Any]
WITH_A_FILE: Final = ("sendPhoto", "sendDocument")
SENT: Final = ("sendMessage", "editMessageText", *WITH_A_FILE)

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
        self._sending, self._polling = _connections(POOL), _connections(1)
        base = f"{root.rstrip('/')}/bot"
        self._address = f"{base}{token}/"
        self._bot = Bot(
            token, base_url=base, request=self._sending, get_updates_request=self._polling
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
        began_at = time()
        try:
            result = await self._post(method, given)
            if method in SENT and not _is_message(result):
                raise Unclear(self._host, f"{method} names no message")
        except TelegramError as error:
            self.counts.failed(error)
            raise
        self.counts.answers += method in SENT
        if method == "sendMessage":
            self._compare(began_at, result.get("date"))
        return result

    async def _post(
        self, method: str, given: dict[str, object], seconds: float = READ_SECONDS
    ) -> Any:
        """Ask straight through the fast connections; a file goes through python-telegram-bot.

        Raises EndPointNotFound for what it calls an invalid token, as python-telegram-bot does
        for a bot that has been started: the method may not exist.
        """
        request = self._polling if method == "getUpdates" else self._sending
        ask = getattr(request, "ask", None)
        if ask is None or method in WITH_A_FILE:
            return await self._bot.do_api_request(method, api_kwargs=given, read_timeout=seconds)
        try:
            return await ask(self._address + method, given, seconds)
        except InvalidToken as error:
            raise EndPointNotFound(f"Endpoint '{method}' not found in Bot API") from error

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
            updates = await self._post("getUpdates", params, POLL_SECONDS + READ_SECONDS)
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

    return PlainRequest(size, CONNECT_SECONDS, READ_SECONDS)
