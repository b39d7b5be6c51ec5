"""The beginning of a run: Telegram is asked for updates before most of the program is loaded."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.database_log import DATABASE
from bot.adapters.telegram.errors import InvalidToken, RetryAfter, TelegramError, why
from bot.adapters.telegram.pauses import FIRST_PAUSE, LONGEST_PAUSE
from state.records import Poll
from state.store import Store, StoreError

KINDS: Final = (
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "my_chat_member",
    "chat_member",
)
IDS_LAST: Final = timedelta(days=6)

Json = dict[str, Any]
log = structlog.get_logger()


class Opening:
    """Connects, reads what is kept of the run before, and asks for updates if the bot `polls`.

    Of what is kept, `poll` is the polling position, `parked` how many updates are set aside; None
    if that cannot be read. `updates` is the answer to the first poll, which nobody has handled.
    `stop` is set when the program is told to stop; `pauses` are the first and the longest pause
    before what failed is tried again, in seconds.
    """

    def __init__(
        self,
        api: Api,
        store: Store,
        clock: Callable[[], datetime],
        *,
        polls: bool,
        pauses: tuple[float, float] = (FIRST_PAUSE, LONGEST_PAUSE),
    ) -> None:
        self._api = api
        self._store = store
        self.poll: Poll | None = None
        self.parked: int | None = None
        self.stop = asyncio.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(each, self.stop.set)
        self.opened = asyncio.create_task(self._open(*pauses))
        self.updates = asyncio.create_task(self._ask(clock)) if polls else None

    async def close(self) -> None:
        """End what nobody waits for any more."""
        tasks = [each for each in (self.opened, self.updates) if each]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _open(self, pause: float, longest: float) -> None:
        """Connect as soon as the Bot API can be reached."""
        while True:
            try:
                await self._api.open()
                break
            except InvalidToken:
                raise
            except RetryAfter as error:
                log.warning("the Bot API cannot be reached", **why(error))
                pause = min(error.seconds, longest)
            except TelegramError as error:
                log.warning("the Bot API cannot be reached", **why(error))
            await asyncio.sleep(pause)
            pause = min(pause * 2, longest)
        log.info("connected", bot=self._api.username)
        try:
            self.poll = self._store.inbox.poll()
            self.parked = self._store.inbox.parked_count()
        except StoreError as error:
            DATABASE.failed(error)

    async def _ask(self, clock: Callable[[], datetime]) -> list[Json]:
        await self.opened
        now = clock()
        return await ask_for_updates(self._api, self.poll or Poll(0, now, now), now)


def ask_for_updates(api: Api, kept: Poll, now: datetime) -> Coroutine[Any, Any, list[Json]]:
    """Ask for the updates that follow.

    After some quiet days Telegram restarts their numbering, maybe lower; then everything that is
    waiting is asked for.
    """
    quiet = abs(now - kept.updated_at) > IDS_LAST
    return api.poll(0 if quiet else kept.next_update, list(KINDS))
