"""The poller: fetches raw updates; the inbox commits them before Telegram may forget them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from time import monotonic
from typing import Final

import structlog

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.database_log import DATABASE
from bot.adapters.telegram.errors import Conflict, InvalidToken, RetryAfter, TelegramError, why
from bot.adapters.telegram.inbox import Inbox
from bot.adapters.telegram.opening import Json, ask_for_updates
from bot.adapters.telegram.pauses import FIRST_PAUSE, LONGEST_PAUSE
from bot.adapters.telegram.updates import id_of
from bot.refusal import Refusal
from state.records import Poll
from state.store import StoreError

SECONDS_STANDING_STILL: Final = 1.0
MOST_CONFLICTS: Final = 5

log = structlog.get_logger()


class SecondPoller(Refusal):
    """Another process is polling with the same token."""


class Poller:
    """Asks for updates until it is stopped; `first` is what was already asked for.

    `leads` says whether it is surely this worker's to ask.
    """

    def __init__(
        self,
        api: Api,
        inbox: Inbox,
        clock: Callable[[], datetime],
        poll: Poll | None,
        first: Awaitable[list[Json]] | None = None,
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        self._api = api
        self._inbox = inbox
        self._clock = clock
        now = clock()
        self._poll = poll or Poll(0, now, now)
        self._first = first
        self._leads = leads

    async def run(self) -> None:
        """Poll forever, or until another worker does that leads by now.

        Raises SecondPoller if another process keeps polling, InvalidToken if the token is
        refused.
        """
        pause, conflicts = FIRST_PAUSE, 0
        while True:
            try:
                asked_at = monotonic()
                goes_on = await self._once()
                pause, conflicts = FIRST_PAUSE, 0
                left = SECONDS_STANDING_STILL - (monotonic() - asked_at)
                if goes_on or left <= 0:
                    continue
                pause = left
            except Conflict as error:
                if not self._leads():
                    return
                conflicts = conflicts + 1 if not await self._takes_over(error) else 0
                if conflicts >= MOST_CONFLICTS:
                    raise SecondPoller(
                        "another process polls with this token; allowed: one at a time"
                    ) from error
            except InvalidToken:
                raise
            except RetryAfter as error:
                log.warning("polling failed", **why(error))
                pause = min(error.seconds, LONGEST_PAUSE)
            except TelegramError as error:
                log.warning("polling failed", **why(error))
            except StoreError as error:
                DATABASE.failed(error)
                pause = FIRST_PAUSE
            except Exception as error:
                log.error("polling failed", error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _takes_over(self, error: Conflict) -> bool:
        """Remove a webhook that blocks polling; return False if another poller blocks it."""
        if "webhook" not in error.message.casefold():
            return False
        log.warning("a webhook was set; polling takes over")
        try:
            await self._api.call("deleteWebhook")
        except TelegramError as failed:
            log.warning("the webhook cannot be removed yet", **why(failed))
        return True

    async def close(self) -> None:
        """Do nothing: a poll ends with its task."""

    async def _once(self) -> bool:
        """Ask for updates and have them handled; return False if none moved the position."""
        kept = self._poll
        asked, self._first = self._first, None
        self._inbox.asks()
        updates = await (asked or ask_for_updates(self._api, kept, self._clock()))
        self._inbox.is_answered()
        now = self._clock()
        numbers = [number for number in map(id_of, updates) if number >= 0]
        following = max(numbers) + 1 if numbers else kept.next_update
        polled = Poll(following, now, now if updates else kept.updated_at)
        await self._inbox.take(updates, polled)
        DATABASE.works()
        self._poll = polled
        return following != kept.next_update
