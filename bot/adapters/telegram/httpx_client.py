"""The HTTP client without the extra `fast`: python-telegram-bot's own, over httpx."""

from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from telegram.error import NetworkError
from telegram.request import HTTPXRequest

from bot.adapters.telegram.answers import parse, read_answer
from bot.adapters.telegram.causes import cause_of
from bot.adapters.telegram.errors import NotSent, Unclear

_NEVER_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
)


class PlainRequest(HTTPXRequest):
    """Makes requests, and takes no answer for Telegram's that is not."""

    __slots__ = ()

    async def do_request(self, url: str, *given: Any, **named: Any) -> tuple[int, bytes]:
        """Make one request.

        Raises NotSent or Unclear if there was no answer of Telegram's.
        """
        host = urlsplit(url).netloc.rpartition("@")[2]
        try:
            status, body = await super().do_request(url, *given, **named)
        except NetworkError as error:
            failed = error.__cause__ or error
            kind = NotSent if isinstance(failed, _NEVER_SENT) else Unclear
            raise kind(host, _cause(failed)) from error
        return read_answer(host, status, body)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        parsed: dict[str, Any] = parse(payload)
        return parsed


def _cause(error: BaseException) -> str:
    if isinstance(error, httpx.ProxyError):
        return "proxy"
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError):
        return "closed"
    return "too slow" if isinstance(error, httpx.TimeoutException) else cause_of(error)
