"""HTTP, mostly on loopback: /bot<token>/<method>, /control for tests, pages for people."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from aiohttp import StreamReader, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage

from .control import Control
from .dispatch import Reply, refused
from .errors import Refusal
from .page import PHONE_PAGE, TEAM_PAGE
from .params import Params, read_params

if TYPE_CHECKING:
    from .api import BotApi

LOOPBACK = "127.0.0.1"
EVERYWHERE = ("0.0.0.0", "::")
UPLOAD_BYTES = 50 << 20
PAGES = {"/phone": PHONE_PAGE, "/team": TEAM_PAGE}
_log = logging.getLogger(__name__)


class Server:
    def __init__(self, api: BotApi, port: int, host: str = LOOPBACK) -> None:
        self._api = api
        self._control = Control(api)
        self._prefix = f"/bot{api.token}/"
        self._runner: web.ServerRunner | None = None
        self.host = host
        self.port = port

    @property
    def url(self) -> str:
        """The root, as reached from this machine."""
        host = LOOPBACK if self.host in EVERYWHERE else self.host
        return f"http://{host}:{self.port}"

    async def start(self) -> None:
        server = web.Server(self._answer, request_factory=_make_request, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, backlog=1024)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith(self._prefix):
            return await self._call(request, path[len(self._prefix) :])
        if file := self._api.world.documents.get(path.removeprefix("/control/file/")):
            return web.Response(body=file.content, content_type=file.mime_type.partition(";")[0])
        if path.startswith("/control/"):
            return await self._control.answer(request, path.removeprefix("/control/"))
        if page := PAGES.get(path):
            return web.Response(text=page, content_type="text/html")
        if path.startswith("/bot") and path.count("/") >= 2:
            method = path.rpartition("/")[2]
            unauthorized = Refusal(401, "Unauthorized")
            return _response(self._api.dispatcher.refuse(method, Params({}), unauthorized))
        return _response(refused(Refusal(404, "Not Found")))

    async def _call(self, request: web.BaseRequest, method: str) -> web.StreamResponse:
        dispatcher = self._api.dispatcher
        try:
            params = await read_params(request)
        except Refusal as refusal:
            return _response(dispatcher.refuse(method, Params({}), refusal))
        try:
            reply = await dispatcher.perform(method, params, lambda: request.transport is not None)
        except Exception:
            _log.exception("%s failed inside the test server", method)
            reply = refused(Refusal(500, "Internal Server Error: bug in the test server"))
        if reply.body is None and request.transport:
            request.transport.close()
        return _response(reply)


def _response(reply: Reply) -> web.Response:
    headers = {"Retry-After": str(reply.retry_after)} if reply.retry_after else None
    return web.Response(
        body=reply.body,
        status=reply.status,
        headers=headers,
        content_type=reply.content_type,
    )


def _make_request(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: web.RequestHandler,
    writer: AbstractStreamWriter,
    task: asyncio.Task[None],
) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    return web.BaseRequest(
        message, payload, protocol, writer, task, loop, client_max_size=UPLOAD_BYTES
    )
