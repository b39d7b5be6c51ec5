"""The HTTP client without the extra `fast`: python-telegram-bot's own, over httpx."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import httpx
from telegram.error import NetworkError
from telegram.request import HTTPXRequest

from bot.adapters.telegram.answers import MOST_BYTES, parse, read_answer, result_in
from bot.adapters.telegram.causes import cause_of
from bot.adapters.telegram.errors import NotSent, Unclear, host_of

_NEVER_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
)


class PlainRequest(HTTPXRequest):
    """Makes requests, and takes no answer for Telegram's that is not; timeouts are in seconds."""

    __slots__ = ("_connect_seconds", "_read_seconds")

    def __init__(self, size: int, connect_seconds: float, read_seconds: float) -> None:
        super().__init__(
            connection_pool_size=size,
            connect_timeout=connect_seconds,
            read_timeout=read_seconds,
            pool_timeout=read_seconds,
            httpx_kwargs={"event_hooks": {"response": [_limit]}},
        )
        self._connect_seconds = connect_seconds
        self._read_seconds = read_seconds

    async def do_request(self, url: str, *given: Any, **named: Any) -> tuple[int, bytes]:
        """Make one request.

        Raises NotSent or Unclear if there was no answer of Telegram's, else what it refuses.
        """
        host = host_of(url)
        reading = named.get("read_timeout")
        if not isinstance(reading, int | float):
            reading = self._read_seconds
        try:
            async with asyncio.timeout(self._connect_seconds + reading):
                status, body = await super().do_request(url, *given, **named)
        except NetworkError as error:
            failed = error.__cause__ or error
            kind = NotSent if isinstance(failed, _NEVER_SENT) else Unclear
            raise kind(host, _cause(failed)) from error
        except TimeoutError as error:
            raise Unclear(host, cause_of(error)) from error
        status, answer = read_answer(host, status, body)
        result_in(status, answer)
        return status, answer

    parse_json_payload = staticmethod(parse)


class _Limited(httpx.AsyncByteStream):
    """A body, of which more than Telegram ever sends is left unread."""

    def __init__(self, whole: httpx.AsyncByteStream) -> None:
        self._whole = whole

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for part in self._whole:
            yield part
            size += len(part)
            if size > MOST_BYTES:
                return

    async def aclose(self) -> None:
        await self._whole.aclose()


async def _limit(response: httpx.Response) -> None:
    if isinstance(response.stream, httpx.AsyncByteStream):
        response.stream = _Limited(response.stream)


def _cause(error: BaseException) -> str:
    if isinstance(error, httpx.ProxyError):
        return "proxy"
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError):
        return "closed"
    return "too slow" if isinstance(error, httpx.TimeoutException) else cause_of(error)
