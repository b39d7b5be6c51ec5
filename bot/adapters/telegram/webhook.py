"""The webhook: Telegram posts each update here, and it is acknowledged after the commit."""

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.connections import SECONDS_TO_ASK, LimitedServer
from bot.adapters.telegram.database_log import DATABASE
from bot.adapters.telegram.errors import BadRequest, InvalidToken, RetryAfter, TelegramError, why
from bot.adapters.telegram.inbox import Inbox
from bot.adapters.telegram.opening import KINDS
from bot.adapters.telegram.pauses import FIRST_PAUSE, LONGEST_PAUSE
from bot.adapters.telegram.updates import id_of
from bot.refusal import Refusal
from state.records import Poll
from state.store import Store, StoreError

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
SECONDS_TO_RETRY: Final = "5"
SECONDS_BETWEEN_SIGNS: Final = 60.0
SECONDS_TO_CLOSE: Final = 0.5

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Address:
    """Where Telegram posts, the secret it sends, and where a proxy forwards to."""

    url: str
    secret: str
    listen: str


class WebhookRefused(Refusal):
    """A webhook address cannot be used; the message names it in one line."""


class Webhook:
    """Receives until cancelled; then asks Telegram to retry later, until it is closed."""

    def __init__(
        self,
        api: Api,
        inbox: Inbox,
        store: Store,
        clock: Callable[[], datetime],
        address: Address,
    ) -> None:
        self._api = api
        self._inbox = inbox
        self._store = store
        self._clock = clock
        self._address = address
        self._draining = False
        self._path = urlsplit(address.url).path or "/"
        self._server: LimitedServer | None = None
        self._runner: web.ServerRunner | None = None

    async def run(self) -> None:
        """Listen, and register the address with Telegram.

        Raises WebhookRefused if either address cannot be used.
        """
        await self._listen()
        try:
            await self._register()
            while True:
                await self._show_sign_of_life()
                await asyncio.sleep(SECONDS_BETWEEN_SIGNS)
        finally:
            self._draining = True

    async def close(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _listen(self) -> None:
        host, _, port = self._address.listen.rpartition(":")
        self._server = LimitedServer(self._receive)
        self._runner = web.ServerRunner(self._server, shutdown_timeout=SECONDS_TO_CLOSE)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host.strip("[]"), int(port)).start()
        except OSError as error:
            raise WebhookRefused(
                f"CORDCALL_WEBHOOK_LISTEN: {self._address.listen}: {error.strerror}; "
                "allowed: a free address of this machine"
            ) from error

    async def _register(self) -> None:
        """Register the address with Telegram as soon as it can be reached."""
        pause = FIRST_PAUSE
        while True:
            try:
                await self._api.call(
                    "setWebhook",
                    url=self._address.url,
                    secret_token=self._address.secret,
                    allowed_updates=list(KINDS),
                )
                return
            except BadRequest as error:
                raise WebhookRefused(
                    f"CORDCALL_WEBHOOK_URL: Telegram refuses it ({error.message}); "
                    "allowed: an https address that it can reach"
                ) from error
            except InvalidToken:
                raise
            except RetryAfter as error:
                log.warning("the webhook cannot be set yet", **why(error))
                pause = min(error.seconds, LONGEST_PAUSE)
            except TelegramError as error:
                log.warning("the webhook cannot be set yet", **why(error))
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _receive(self, request: web.BaseRequest) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "").encode(errors="surrogateescape")
        if request.path != self._path or request.method != "POST":
            return _refused(404)
        if not hmac.compare_digest(given, self._address.secret.encode()):
            return _refused(403)
        if self._server:
            self._server.connections_open.knows_secret(request.transport)
        if self._draining or not self._store.workers.works:
            return _later()
        try:
            async with asyncio.timeout(SECONDS_TO_ASK):
                update = await request.json()
        except TimeoutError:
            return _refused(408)
        except (ValueError, LookupError, RecursionError):
            return web.Response(status=400)
        if id_of(update) < 0:
            return web.Response(status=400)
        try:
            await self._inbox.take([update])
        except StoreError as error:
            DATABASE.failed(error)
            return _later()
        except Exception as error:
            log.error("receiving failed", error=type(error).__name__)
            return _later()
        self._api.counts.heard(1)
        return web.Response()

    async def _show_sign_of_life(self) -> None:
        """Record the time, so that the next start knows how long this was away."""
        now = self._clock()
        try:
            kept = self._store.inbox.poll() or Poll(0, now, now)
            async with self._store.turn_beside() as store:
                store.inbox.keep_poll(replace(kept, polled_at=now))
            DATABASE.works()
        except StoreError as error:
            DATABASE.failed(error)


def _refused(status: int) -> web.Response:
    """Refuse a request that is not Telegram's, and end its connection."""
    refused = web.Response(status=status)
    refused.force_close()
    return refused


def _later() -> web.Response:
    return web.Response(status=503, headers={"Retry-After": SECONDS_TO_RETRY})
