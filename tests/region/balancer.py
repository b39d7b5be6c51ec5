"""A load balancer on this machine: each request goes to the next worker that takes a connection.

A worker that refuses a connection gets the request no more, another one does. A worker that takes
the connection and then does not answer may have done what it was asked: whoever asked is told so,
and may ask again. Either is passed over for some seconds.
"""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final, Self

import aiohttp
from aiohttp import web

from tests.botapi.server import LOOPBACK

SECONDS_TO_CONNECT: Final = 1.0
SECONDS_TO_ANSWER: Final = 15.0
SECONDS_PASSED_OVER: Final = 5.0
ANSWERED_WITH: Final = ("Retry-After", "Content-Type")


class Balancer:
    """Forwards what comes to its port to the workers at some ports of this machine, in turn."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.port = 0
        self.ports = ports
        self._next = 0
        self._passed_over = dict[int, float]()

    async def __aenter__(self) -> Self:
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, force_close=True),
            timeout=aiohttp.ClientTimeout(SECONDS_TO_ANSWER, sock_connect=SECONDS_TO_CONNECT),
        )
        self._runner = web.ServerRunner(web.Server(self._forward), shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
        await self._client.close()

    async def _forward(self, request: web.BaseRequest) -> web.Response:
        body = await request.read()
        headers = {name: value for name, value in request.headers.items() if name != "Host"}
        for port in self._in_turn():
            url = f"http://{LOOPBACK}:{port}{request.path_qs}"
            try:
                async with self._client.request(
                    request.method, url, data=body, headers=headers, allow_redirects=False
                ) as answer:
                    kept = {
                        name: answer.headers[name] for name in ANSWERED_WITH & answer.headers.keys()
                    }
                    return web.Response(
                        status=answer.status, body=await answer.read(), headers=kept
                    )
            except aiohttp.ClientConnectorError:
                self._pass_over(port)
            except TimeoutError:
                self._pass_over(port)
                return web.Response(status=504)
            except aiohttp.ClientError:
                self._pass_over(port)
                return web.Response(status=502)
        return web.Response(status=503)

    def _in_turn(self) -> Iterator[int]:
        """Return the ports, beginning with another one each time; last those passed over."""
        self._next = (self._next + 1) % len(self.ports)
        now = asyncio.get_running_loop().time()
        ports = [*self.ports[self._next :], *self.ports[: self._next]]
        return iter(sorted(ports, key=lambda port: self._passed_over.get(port, 0.0) > now))

    def _pass_over(self, port: int) -> None:
        self._passed_over[port] = asyncio.get_running_loop().time() + SECONDS_PASSED_OVER
