"""Answers health probes and Prometheus on a port of this machine alone."""

import re
from typing import Final

from aiohttp import web

from bot.adapters.telegram.connections import LimitedServer
from bot.adapters.telegram.counts import Counts
from bot.adapters.telegram.metrics import health, metrics
from bot.refusal import Refusal
from bot.service.service import Service

SECONDS_TO_CLOSE: Final = 0.5
TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
OF_THIS_MACHINE: Final = re.compile(r"(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d{1,5})?", re.ASCII)


class HealthRefused(Refusal):
    """The port cannot be used; the message names it in one line."""


class Health:
    """Serves /healthz and /metrics, with the limits of the webhook; each request is its own.

    A request under another host's name gets 404: a web page in a browser on this machine can have
    its own name resolved to this address, and read the answer.
    """

    def __init__(self, service: Service, counts: Counts, listen: str, *, polls: bool) -> None:
        self._listen = listen
        self._service = service
        self._counts = counts
        self._polls = polls
        self._runner = web.ServerRunner(
            LimitedServer(self._answer), shutdown_timeout=SECONDS_TO_CLOSE
        )

    async def open(self) -> None:
        """Listen. Raises HealthRefused if the port cannot be used."""
        host, _, port = self._listen.rpartition(":")
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host.strip("[]"), int(port)).start()
        except OSError as error:
            await self._runner.cleanup()
            raise HealthRefused(
                f"CORDCALL_HEALTH_LISTEN: {self._listen}: {error.strerror}; "
                "allowed: a free port of this machine"
            ) from error

    async def close(self) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        response = web.Response(status=404)
        asked = request.path if _may_ask(request) else ""
        if asked == "/healthz":
            found = await health(self._service, self._counts, polls=self._polls)
            response = web.json_response(found, status=200 if found["ok"] else 503)
        elif asked == "/metrics":
            text = metrics(self._service, self._counts)
            response = web.Response(body=text.encode(), headers={"Content-Type": TEXT})
        response.force_close()
        return response


def _may_ask(request: web.BaseRequest) -> bool:
    """Return whether a request only reads, and was meant for this machine."""
    host = request.headers.get("Host", "localhost")
    return request.method in ("GET", "HEAD") and bool(OF_THIS_MACHINE.fullmatch(host))
