"""Limits what strangers can hold open at the webhook: how many connections, and for how long."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

MOST_CONNECTIONS: Final = 100
SECONDS_TO_ASK: Final = 10.0
SECONDS_IDLE: Final = 75.0
SECONDS_LINGERING: Final = 1.0

SILENT: Final = logging.Logger("what strangers send")
SILENT.addHandler(logging.NullHandler())

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Connections:
    """The open connections. A new one beyond the limit ends the oldest that knows no secret.

    A connection that has not made a whole request in time, or asks without the secret, ends.
    """

    def __init__(self) -> None:
        self._strangers = dict[asyncio.Transport, asyncio.TimerHandle]()
        self._known = set[asyncio.Transport]()

    def opened(self, transport: asyncio.Transport) -> None:
        """Admit a connection."""
        if len(self._strangers) + len(self._known) >= MOST_CONNECTIONS:
            oldest = next(iter(self._strangers), transport)
            self.closed(oldest)
            oldest.abort()
            if oldest is transport:
                return
        loop = asyncio.get_running_loop()
        self._strangers[transport] = loop.call_later(SECONDS_TO_ASK, transport.abort)

    def knows_secret(self, transport: asyncio.Transport | None) -> None:
        """Note that a request on this connection had the secret."""
        if transport in self._strangers:
            self._strangers.pop(transport).cancel()
            self._known.add(transport)

    def closed(self, transport: asyncio.Transport) -> None:
        """Note that a connection has ended."""
        self._known.discard(transport)
        if timer := self._strangers.pop(transport, None):
            timer.cancel()


class LimitedServer(web.Server):
    """An HTTP server with such limits, which logs nothing of what it is sent."""

    def __init__(self, handle: Handler) -> None:
        super().__init__(
            handle, logger=SILENT, access_log=None, keepalive_timeout=SECONDS_IDLE,
            lingering_time=SECONDS_LINGERING,
        )  # fmt: skip
        self.connections_open = Connections()

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        self.connections_open.opened(transport)

    def connection_lost(
        self, handler: web.RequestHandler, exc: BaseException | None = None
    ) -> None:
        if handler.transport is not None:
            self.connections_open.closed(handler.transport)
        super().connection_lost(handler, exc)
