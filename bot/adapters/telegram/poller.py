"""The poller: raw updates, each made a turn and committed before Telegram is told to forget it."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.adapters.telegram.api import Api, Json
from bot.adapters.telegram.incoming import KINDS
from bot.adapters.telegram.sender import seconds_to_wait
from state.connection import StoreError
from state.store import Store

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
MOST_CONFLICTS: Final = 5

log = structlog.get_logger()


class SecondPoller(Exception):
    """Another process polls with the same token."""


class Poller:
    """Asks for updates until it is stopped."""

    def __init__(
        self,
        api: Api,
        store: Store,
        handle: Callable[[Json], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._api = api
        self._store = store
        self._handle = handle
        self._clock = clock

    async def run(self) -> None:
        """Poll without end.

        Raises SecondPoller when another process keeps polling, InvalidToken when the token is
        refused.
        """
        pause, conflicts = FIRST_PAUSE, 0
        offset, _ = self._store.poll()
        while True:
            try:
                updates = await self._api.poll(offset, list(KINDS))
                offset = self._take(updates, offset)
                pause, conflicts = FIRST_PAUSE, 0
                continue
            except Conflict as error:
                if "webhook" in error.message.casefold():
                    log.warning("a webhook was set; polling takes over")
                    await self._api.call("deleteWebhook")
                    continue
                conflicts += 1
                if conflicts >= MOST_CONFLICTS:
                    raise SecondPoller(
                        "another process polls with this token; allowed: one at a time"
                    ) from error
            except InvalidToken:
                raise
            except RetryAfter as error:
                pause = seconds_to_wait(error)
            except TelegramError as error:
                log.warning("polling failed", error=type(error).__name__)
            except StoreError as error:
                log.error("the database cannot be used", reason=str(error))
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _take(self, updates: list[Json], offset: int) -> int:
        """Handle updates in order; one that cannot be handled is parked and stops nothing."""
        for update in updates:
            try:
                self._handle(update)
            except StoreError:
                raise
            except Exception as error:
                self._park(update, error)
        following = max((_id(update) for update in updates), default=offset - 1) + 1
        with self._store.turn() as store:
            store.keep_poll(following, self._clock())
        return following

    def _park(self, update: Json, error: Exception) -> None:
        with self._store.turn() as store:
            store.park(_id(update), self._clock())
        log.error("an update was set aside", error=type(error).__name__)


def _id(update: Json) -> int:
    found = update.get("update_id") if isinstance(update, dict) else None
    return found if isinstance(found, int) else -1
