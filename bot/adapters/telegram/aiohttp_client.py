"""A faster HTTP client under python-telegram-bot: aiohttp and orjson."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.adapters.telegram.answers import MOST_BYTES, Answer, parse, read_answer
from bot.adapters.telegram.causes import cause_of
from bot.adapters.telegram.errors import NotSent, Unclear, host_of
from bot.adapters.telegram.proxy import proxy_for

REFUSED = 300

_HEADERS = {
    "Content-Type": "application/json", "Accept-Encoding": "identity", "User-Agent": "CordCall",
}  # fmt: skip
_NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
)
_OF_A_PROXY = (aiohttp.ClientHttpProxyError, aiohttp.ClientProxyConnectionError)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The parameters of a call as JSON, drawn once; in the place of python-telegram-bot's."""

    body: bytes


class _Server:
    """Where a call goes, found once: its address, the name of its host, the proxy in between."""

    __slots__ = ("address", "host", "proxy")

    def __init__(self, url: str) -> None:
        root, _, _ = url.partition("/bot")
        self.address, self.host, self.proxy = URL(url), host_of(url), proxy_for(root)


class _Refused(BaseRequest):
    """A refusal that was read already: python-telegram-bot says which error it is."""

    read_timeout = None

    def __init__(self, status: int, answer: bytes) -> None:
        self._status, self._answer = status, answer

    async def initialize(self) -> None:
        """Do nothing: there is no connection."""

    async def shutdown(self) -> None:
        """Do nothing."""

    async def do_request(self, *_: Any, **__: Any) -> tuple[int, bytes]:
        return self._status, self._answer

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        parsed: dict[str, Any] = parse(payload)
        return parsed


class FastRequest(BaseRequest):
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
        self._waits = dict[tuple[Any, Any], aiohttp.ClientTimeout]()

    @property
    def read_timeout(self) -> float | None:
        return self._read_seconds

    async def ask(self, url: str, given: Mapping[str, object], seconds: float) -> Any:
        """Make a call whose parameters are JSON, none of them a file; return its result.

        Raises what `post` raises.
        """
        drawn = Drawn(orjson.dumps(given))
        status, answer = await self.do_request(url, "POST", drawn, seconds)
        if isinstance(answer, Answer) and status < REFUSED:
            return answer.says["result"]
        return await _Refused(status, answer).post(url)

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

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | Drawn | None = None,
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
        waits = self._waits.get((connect_timeout, read_timeout))
        if waits is None:
            waits = self._note_waits(connect_timeout, read_timeout)
        body, headers = _body(request_data)
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

    def _note_waits(self, connect_timeout: Any, read_timeout: Any) -> aiohttp.ClientTimeout:
        connecting = _seconds(connect_timeout, self._connect_seconds)
        whole = connecting + _seconds(read_timeout, self._read_seconds)
        waits = aiohttp.ClientTimeout(total=whole, connect=connecting)
        self._waits[connect_timeout, read_timeout] = waits
        return waits

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        parsed: dict[str, Any] = parse(payload)
        return parsed


def _body(sent: RequestData | Drawn | None) -> tuple[Any, dict[str, str] | None]:
    """Return a request's body: JSON, or a form if a file is in it, which names its own type."""
    if isinstance(sent, Drawn):
        return sent.body, None
    if sent is None or not sent.contains_files:
        return orjson.dumps(sent.parameters) if sent else b"{}", None
    form = aiohttp.FormData()
    for name, value in sent.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in (sent.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=kind)
    written = form()
    return written, {"Content-Type": written.headers["Content-Type"]}


def _cause(error: Exception) -> str:
    return "proxy" if isinstance(error, _OF_A_PROXY) else cause_of(error)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Read a body, of which more than Telegram ever sends is left unread."""
    found = await response.content.readany()
    while not response.content.at_eof() and len(found) <= MOST_BYTES:
        found += await response.content.readany()
    return found


def _seconds(given: Any, usual: float) -> float:
    return float(usual if given is BaseRequest.DEFAULT_NONE else given)
