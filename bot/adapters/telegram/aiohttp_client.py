"""A faster HTTP client under python-telegram-bot: aiohttp and orjson. Sends no files."""

from typing import Any

import aiohttp
import orjson
from telegram.request import BaseRequest, RequestData

from bot.adapters.telegram.answers import MOST_BYTES, parse, read_answer
from bot.adapters.telegram.causes import cause_of
from bot.adapters.telegram.errors import NotSent, Unclear, host_of
from bot.adapters.telegram.proxy import proxy_for

_HEADERS = {"Content-Type": "application/json"}
_UNUSED_HEADERS = ("User-Agent", "Accept", "Accept-Encoding")
_NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
)
_OF_A_PROXY = (aiohttp.ClientHttpProxyError, aiohttp.ClientProxyConnectionError)


class FastRequest(BaseRequest):
    """One pool of kept-alive connections, compact JSON both ways.

    Uses the web proxy set in the environment: HTTPS_PROXY, except for NO_PROXY.
    """

    __slots__ = ("_connect_seconds", "_proxies", "_read_seconds", "_session", "_size")

    def __init__(self, size: int, connect_seconds: float, read_seconds: float) -> None:
        self._size = size
        self._connect_seconds = connect_seconds
        self._read_seconds = read_seconds
        self._session: aiohttp.ClientSession | None = None
        self._proxies: dict[str, str | None] = {}

    @property
    def read_timeout(self) -> float | None:
        return self._read_seconds

    async def initialize(self) -> None:
        if self._session is not None:
            return
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._size, keepalive_timeout=60),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=_HEADERS,
            skip_auto_headers=_UNUSED_HEADERS,
        )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one request; timeouts in seconds that are not given take the defaults.

        Raises NotSent if it never reached Telegram, Unclear if that is not known.
        """
        if self._session is None:
            raise RuntimeError("these connections are not open")
        connecting = _seconds(connect_timeout, self._connect_seconds)
        reading = _seconds(read_timeout, self._read_seconds)
        waits = aiohttp.ClientTimeout(
            total=connecting + reading, connect=connecting, sock_read=reading
        )
        body = orjson.dumps(request_data.parameters) if request_data else b"{}"
        proxy = self._proxy(url)
        host = host_of(url)
        try:
            async with self._session.request(
                method, url, data=body, timeout=waits, proxy=proxy, allow_redirects=False
            ) as response:
                return read_answer(host, response.status, await _read(response))
        except _NEVER_SENT as error:
            raise NotSent(host, _cause(error)) from error
        except (TimeoutError, aiohttp.ClientError) as error:
            raise Unclear(host, _cause(error)) from error

    def _proxy(self, url: str) -> str | None:
        """Find the proxy for a server, once: aiohttp would start a thread for each call."""
        root, _, _ = url.partition("/bot")
        if root not in self._proxies:
            self._proxies[root] = proxy_for(root)
        return self._proxies[root]

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        parsed: dict[str, Any] = parse(payload)
        return parsed


def _cause(error: Exception) -> str:
    return "proxy" if isinstance(error, _OF_A_PROXY) else cause_of(error)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Read a body, of which more than Telegram ever sends is left unread."""
    found = bytearray()
    async for part in response.content.iter_any():
        found += part
        if len(found) > MOST_BYTES:
            break
    return bytes(found)


def _seconds(given: Any, usual: float) -> float:
    return float(usual if given is BaseRequest.DEFAULT_NONE else given)
