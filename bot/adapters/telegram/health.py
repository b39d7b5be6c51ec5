"""Answers health probes and Prometheus on a port of this machine alone."""

from collections.abc import Callable
from typing import Final

from aiohttp import web

from bot.adapters.telegram.connections import LimitedServer
from bot.adapters.telegram.counts import Counts
from bot.adapters.telegram.metrics import health, metrics
from bot.refusal import Refusal
from bot.service.service import Service

SECONDS_TO_CLOSE: Final = 0.5
TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"


class HealthRefused(Refusal):
    """The port cannot be used; the message names it in one line."""


class Health:
    """Serves /healthz and /metrics, with the limits of the webhook; each request is its own."""

    def __init__(self, service: Service, counts: Counts, listen: str, *, polls: bool) -> None:
        self._listen = listen
        self._answers: dict[str, Callable[[], web.Response]] = {
            "/healthz": lambda: _as_json(health(service, counts, polls=polls)),
            "/metrics": lambda: web.Response(
                body=metrics(service, counts).encode(), headers={"Content-Type": TEXT}
            ),
        }
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
        asked = self._answers.get(request.path) if request.method in ("GET", "HEAD") else None
        response = asked() if asked else web.Response(status=404)
        response.force_close()
        return response


def _as_json(found: dict[str, object]) -> web.Response:
    return web.json_response(found, status=200 if found["ok"] else 503)
