"""The Telegram bot: start, stop, and how updates come in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import structlog

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.at_once import AtOnce
from bot.adapters.telegram.board_loop import BoardLoop
from bot.adapters.telegram.catching_up import CatchingUp
from bot.adapters.telegram.errors import InvalidToken
from bot.adapters.telegram.inbox import Inbox
from bot.adapters.telegram.inline import Inline
from bot.adapters.telegram.leader_polls import LeaderPolls
from bot.adapters.telegram.leading import Leading
from bot.adapters.telegram.opening import Opening
from bot.adapters.telegram.outbox.just_changed import JustChanged
from bot.adapters.telegram.outbox.sender import Sender
from bot.adapters.telegram.pauses import FIRST_PAUSE, LONGEST_PAUSE
from bot.adapters.telegram.profile import set_profile
from bot.adapters.telegram.reminder_loop import Ticker
from bot.adapters.telegram.still_there import StillThere
from bot.adapters.telegram.tidying import Tidier
from bot.adapters.telegram.together import Together
from bot.adapters.telegram.watchdog import Watchdog, notify
from bot.logs import note_failure
from bot.refusal import Refusal
from bot.service.boards import Boards
from bot.service.departing import fall_back
from bot.service.reminding import Reminding
from bot.service.service import Service
from bot.service.tap_limit import TapLimit
from state.store import StoreError

if TYPE_CHECKING:
    from bot.adapters.telegram.webhook import Address, Webhook

SECONDS_TO_FINISH: Final = 4.0

log = structlog.get_logger()


class TelegramBot:
    """CordCall in Telegram; `tap_guard` is in seconds, 0 for none, as with `taps_per_minute`.

    `health` is where to listen for health probes; None for nowhere. It opens the connection itself
    unless somebody else has begun to.
    """

    def __init__(
        self,
        api: Api,
        service: Service,
        address: "Address | None" = None,
        *,
        tap_guard: float = 0,
        taps_per_minute: int = 0,
        health: str | None = None,
        opening: Opening | None = None,
        version: str = "",
    ) -> None:
        self._api = api
        self._service = service
        self._address = address
        self._health = health
        self._opening = opening
        self._version = version
        self._workers = service.store.workers
        tell = self._workers.tell
        self._just_changed = JustChanged(tap_guard, service.store.buttons.find, monotonic, tell)
        boards = Boards(service.store, service.setting, service.access)
        self._sender = Sender(
            api,
            service.store,
            service.clock,
            service.without_this,
            service.access,
            Reminding(service).may_start,
            self._just_changed,
            boards,
            partial(fall_back, service),
        )
        self._still_there = StillThere(api, service, self._sender.wake)
        self._inline = Inline(api, service)
        limit = TapLimit(taps_per_minute)
        at_once = AtOnce(service, self._sender, self._inline, self._still_there)
        self._inbox = Inbox(service, self._sender, at_once, self._just_changed, limit)
        ticker = Ticker(service, self._sender.wake, self._still_there.make_sure)
        self._tidier = Tidier(service, self._sender.wake)
        board_loop = BoardLoop(service, boards, self._sender.wake)
        self._leading = Leading(
            service.store,
            lambda: CatchingUp(service, self._inbox, self._sender),
            (self._profile, self._tidier.run, ticker.run, board_loop.run),
        )
        self._together = Together(self._sender, self._just_changed)

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Run until a stop signal; what was already accepted is finished first."""
        try:
            async with self._watched():
                await self._run(ready)
        finally:
            await self._api.close()

    @asynccontextmanager
    async def _watched(self) -> AsyncIterator[None]:
        """Feed the watchdog and answer health probes; raises HealthRefused if it cannot listen."""
        async with AsyncExitStack() as watched:
            if self._health:
                from bot.adapters.telegram.health import Health

                polls = self._address is None
                health = Health(self._service, self._api.counts, self._health, polls=polls)
                await health.open()
                watched.push_async_callback(health.close)
            watchdog = asyncio.create_task(Watchdog(self._service.store).run())
            watched.callback(watchdog.cancel)
            yield

    async def _run(self, ready: Callable[[], None]) -> None:
        asyncio.get_running_loop().set_exception_handler(note_failure)
        opening = self._opening or self._open()
        stopping = asyncio.create_task(opening.stop.wait())
        try:
            await asyncio.wait((opening.opened, stopping), return_when=asyncio.FIRST_COMPLETED)
            if opening.opened.done():
                await opening.opened
                await self._receive(opening, stopping, ready)
        finally:
            await opening.close()

    async def _receive(
        self, opening: Opening, stopping: "asyncio.Task[Any]", ready: Callable[[], None]
    ) -> None:
        """Handle what comes in until told to stop, together with the other workers."""
        working = asyncio.create_task(self._workers.run(self._together, self._version))
        joining = asyncio.create_task(self._workers.joined())
        try:
            await asyncio.wait((joining, stopping), return_when=asyncio.FIRST_COMPLETED)
            if joining.done():
                await self._work(opening, stopping, ready)
        finally:
            for task in (joining, working):
                task.cancel()
            await asyncio.gather(joining, working, return_exceptions=True)

    async def _work(
        self, opening: Opening, stopping: "asyncio.Task[Any]", ready: Callable[[], None]
    ) -> None:
        poll = opening.poll
        self._inbox.username = self._api.username
        go_on = await self._leading.begin(poll) if self._workers.leads else None
        receiver = self._receiver(opening)
        if poll:
            self._just_changed.begin(poll.polled_at.timestamp())
        log.info("ready", bot=self._api.username, updates_set_aside=opening.parked)
        receiving = asyncio.create_task(receiver.run())
        if go_on:
            go_on()
        leading = asyncio.create_task(self._leading.run())
        ready()
        try:
            await asyncio.wait((receiving, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            notify("STOPPING=1")
            beside = (leading, stopping)
            for task in (receiving, *beside):
                if not task.done():
                    task.cancel()
            await self._leading.end()
            await asyncio.gather(*beside, return_exceptions=True)
            try:
                with suppress(asyncio.CancelledError):
                    await receiving
            finally:
                await self._inline.finish()
                await self._still_there.finish()
                await self._sender.finish(SECONDS_TO_FINISH)
                with suppress(StoreError):
                    self._tidier.anchor()
                await receiver.close()

    def _open(self) -> Opening:
        store, clock = self._service.store, self._service.clock
        polls = self._address is None and self._workers.leads
        pauses = FIRST_PAUSE, LONGEST_PAUSE
        return Opening(self._api, store, clock, polls=polls, pauses=pauses)

    def _receiver(self, opening: Opening) -> "LeaderPolls | Webhook":
        """Choose how updates come in."""
        store, clock = self._service.store, self._service.clock
        if self._address is None:
            return LeaderPolls(self._api, self._inbox, store, clock, self._leading, opening)
        from bot.adapters.telegram.webhook import Webhook

        return Webhook(self._api, self._inbox, store, clock, self._address)

    async def _profile(self) -> None:
        try:
            changed = await set_profile(self._api)
        except Exception as error:
            log.warning("the profile could not be set", error=type(error).__name__)
        else:
            log.info("profile", changed=changed)


async def run_bot(
    api: Api,
    service: Service,
    webhook: tuple[str, str, str] | None,
    *,
    opening: Opening,
    tap_guard: float,
    taps_per_minute: int,
    health: str | None = None,
    version: str = "",
) -> None:
    """Run the bot; an error about the token names it without showing it."""
    address = None
    if webhook:
        from bot.adapters.telegram.webhook import Address

        address = Address(*webhook)
    try:
        bot = TelegramBot(
            api, service, address, tap_guard=tap_guard, taps_per_minute=taps_per_minute,
            health=health, opening=opening, version=version,
        )  # fmt: skip
        await bot.run()
    except InvalidToken:
        raise TokenRefused(
            "TELEGRAM_BOT_TOKEN: Telegram refuses it; allowed: the token that BotFather gives"
        ) from None


class TokenRefused(Refusal):
    """Telegram rejects the token."""
