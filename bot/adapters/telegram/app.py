"""The Telegram bot: what each update becomes, its start and its stop."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog
from telegram.error import InvalidToken, NetworkError

from bot.adapters.telegram.api import Api, Json
from bot.adapters.telegram.incoming import Reached, reduce
from bot.adapters.telegram.poller import FIRST_PAUSE, LONGEST_PAUSE, Poller
from bot.adapters.telegram.profile import set_profile
from bot.adapters.telegram.sender import Sender
from bot.events import Incoming
from bot.service import Service
from state.connection import StoreError

TAPS_LAST: Final = timedelta(seconds=150)
SECONDS_TO_FORGETTING: Final = 3600.0
SECONDS_TO_FINISH: Final = 4.0

log = structlog.get_logger()


class TelegramBot:
    """CordCall in Telegram."""

    def __init__(self, api: Api, service: Service) -> None:
        self._api = api
        self._service = service
        self._sender = Sender(api, service.store, service.clock)
        self._poller = Poller(api, service.store, self.handle, service.clock)

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Run until a signal to stop; what was taken is finished first."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, stop.set)
        stopping = asyncio.create_task(stop.wait())
        opening = asyncio.create_task(self._open())
        await asyncio.wait((opening, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not opening.done():
            opening.cancel()
            return
        await opening
        self._redraw_after_absence()
        self._sender.wake_all()
        polling = asyncio.create_task(self._poller.run())
        profile = asyncio.create_task(self._profile())
        forgetting = asyncio.create_task(self._forget_old())
        parked = self._service.store.parked_count()
        log.info("ready", bot=self._api.username, updates_set_aside=parked)
        ready()
        try:
            await asyncio.wait((polling, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (polling, profile, forgetting, stopping):
                if not task.done():
                    task.cancel()
            await asyncio.gather(profile, forgetting, stopping, return_exceptions=True)
            with suppress(asyncio.CancelledError):
                await polling
            await self._sender.finish(SECONDS_TO_FINISH)
            await self._api.close()

    async def _open(self) -> None:
        """Connect as soon as the Bot API can be reached."""
        pause = FIRST_PAUSE
        while True:
            try:
                await self._api.open()
                return
            except InvalidToken:
                raise
            except NetworkError as error:
                log.warning("the Bot API cannot be reached", error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def handle(self, update: Json) -> None:
        """Make a turn of one raw update, and send what comes of it."""
        reduced = reduce(update, self._api.username)
        if isinstance(reduced, Reached):
            with self._service.store.turn() as store:
                store.set_reachable(reduced.chat, reduced.reachable)
        elif reduced is not None and self._take(reduced):
            self._sender.wake(reduced.chat)

    def _take(self, incoming: Incoming) -> bool:
        """Make the turn; one that fails is answered with what to do without it, never silence."""
        try:
            return self._service.take(incoming)
        except StoreError:
            raise
        except Exception:
            self._service.fail_safe(incoming)
            self._sender.wake(incoming.chat)
            raise

    async def _forget_old(self) -> None:
        """Erase what is too old, at the start and every hour."""
        while True:
            try:
                self._service.forget_old()
            except StoreError as error:
                log.error("old cases could not be erased", reason=str(error))
            await asyncio.sleep(SECONDS_TO_FORGETTING)

    def _redraw_after_absence(self) -> None:
        """Draw every open card again when taps may have expired while nobody polled."""
        _, polled_at = self._service.store.poll()
        now: datetime = self._service.clock()
        if polled_at is not None and now - polled_at > TAPS_LAST - timedelta(seconds=30):
            self._service.redraw_all()

    async def _profile(self) -> None:
        try:
            changed = await set_profile(self._api)
        except Exception as error:
            log.warning("the profile could not be set", error=type(error).__name__)
        else:
            log.info("profile", changed=changed)


async def run_bot(api: Api, service: Service, ready: Callable[[], None]) -> None:
    """Run the bot; an unusable token is named without being shown."""
    try:
        await TelegramBot(api, service).run(ready)
    except InvalidToken:
        raise TokenRefused(
            "TELEGRAM_BOT_TOKEN: Telegram refuses it; allowed: the token that BotFather gives"
        ) from None


class TokenRefused(Exception):
    """Telegram does not know the token."""
