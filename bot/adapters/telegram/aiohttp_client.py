"""The HTTP client with the extra `fast`: aiohttp and orjson."""

from collections.abc import Mapping
from typing import Any

import aiohttp
import orjson
from yarl import URL

from bot.adapters.telegram.answers import MOST_BYTES, read_answer, result_in
from bot.adapters.telegram.causes import cause_of
from bot.adapters.telegram.errors import NotSent, Unclear, host_of
from bot.adapters.telegram.proxy import proxy_for

_HEADERS = {
    "Content-Type": "application/json", "Accept-Encoding": "identity", "User-Agent": "CordCall",
}  # fmt: skip
_NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
)
_OF_A_PROXY = (aiohttp.ClientHttpProxyError, aiohttp.ClientProxyConnectionError)


class _Server:
    """Where a call goes, found once: its address, the name of its host, the proxy in between."""

    __slots__ = ("address", "host", "proxy")

    def __init__(self, url: str) -> None:
        root, _, _ = url.partition("/bot")
        self.address, self.host, self.proxy = URL(url), host_of(url), proxy_for(root)


class FastRequest:
    """One pool of kept-alive connections, compact JSON both ways.

    Uses the web proxy set in the environment: HTTPS_PROXY, except for NO_PROXY.
    """

    __slots__ = ("_connect_seconds", "_read_seconds", "_servers", "_session", "_size", "_waits")

    def __init__(self, size: int, connect_seconds: float, read_seconds: float) -> None:
        self._size = size
        self._connect_seconds = connect_seconds
        self._read_seconds = read_seconds
        self._session: aiohttp.ClientSession | None = None
        self._servers: dict[str, _Server] = {}
        self._waits = dict[float | None, aiohttp.ClientTimeout]()

    async def initialize(self) -> None:
        if self._session is not None:
            return
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._size, keepalive_timeout=60),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=_HEADERS,
        )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def ask(self, url: str, given: Mapping[str, object], read_timeout: float | None) -> Any:
        """Make one call, without a file, and return its result.

        Raises what `do_request` and `result_in` raise.
        """
        return result_in(*await self.do_request(url, "POST", orjson.dumps(given), read_timeout))

    async def do_request(
        self,
        url: str,
        method: str,
        body: bytes | aiohttp.FormData = b"{}",
        read_timeout: float | None = None,
    ) -> tuple[int, bytes]:
        """Make one request with JSON, or the form of a file; `read_timeout` is in seconds.

        Raises NotSent if it never reached Telegram, Unclear if that is not known.
        """
        if self._session is None:
            raise RuntimeError("these connections are not open")
        waits = self._waits.get(read_timeout) or self._note_waits(read_timeout)
        body, headers = _with_headers(body)
        server = self._servers.get(url) or self._servers.setdefault(url, _Server(url))
        try:
            response = await self._session.request(
                method,
                server.address,
                data=body,
                headers=headers,
                timeout=waits,
                proxy=server.proxy,
                allow_redirects=False,
            )
            try:
                return read_answer(server.host, response.status, await _read(response))
            finally:
                response.close()  # a connection whose answer was read to its end is kept
        except _NEVER_SENT as error:
            raise NotSent(server.host, _cause(error)) from error
        except (TimeoutError, aiohttp.ClientError) as error:
            raise Unclear(server.host, _cause(error)) from error

    def _note_waits(self, read_timeout: float | None) -> aiohttp.ClientTimeout:
        connecting = self._connect_seconds
        whole = connecting + (self._read_seconds if read_timeout is None else read_timeout)
        waits = aiohttp.ClientTimeout(total=whole, connect=connecting)
        self._waits[read_timeout] = waits
        return waits


def _with_headers(body: bytes | aiohttp.FormData) -> tuple[Any, dict[str, str] | None]:
    """Return a request's body and its headers: JSON, or a form, which names its own type."""
    if isinstance(body, bytes):
        return body, None
    written = body()
    return written, {"Content-Type": written.headers["Content-Type"]}


def _cause(error: Exception) -> str:
    return "proxy" if isinstance(error, _OF_A_PROXY) else cause_of(error)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Read a body, of which more than Telegram ever sends is left unread."""
    content = response.content
    found = await content.readany()
    if content.at_eof():
        return found
    whole = bytearray(found)
    while not content.at_eof() and len(whole) <= MOST_BYTES:
        whole += await content.readany()
    return bytes(whole)
