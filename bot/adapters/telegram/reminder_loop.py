"""The ticker: sends what is due by itself, such as a reminder, and sleeps until the next."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import structlog

from bot.adapters.telegram.database_log import DATABASE
from bot.incoming import TERMINAL
from bot.service.reminding import HOURS_AHEAD, Reminding
from bot.service.service import Service
from state.records import FIRST_PLACE, Place
from state.store import StoreError

RENEWED_TOGETHER: Final = 10
SECONDS_BETWEEN_RENEWALS: Final = 0.5
LONGEST_SLEEP: Final = 60.0
SHORTEST_SLEEP: Final = 0.05

log = structlog.get_logger()


class Ticker:
    """Runs until cancelled. `wake` sends what is waiting for a chat.

    `make_sure` asks whether somebody is still in their groups, before they are reminded of a case.
    """

    def __init__(
        self,
        service: Service,
        wake: Callable[[str], None],
        make_sure: Callable[[str], Awaitable[None]],
    ) -> None:
        self._service = service
        self._reminding = Reminding(service)
        self._store = service.store
        self._wake = wake
        self._make_sure = make_sure
        self._looked_at: datetime | None = None

    async def run(self) -> None:
        renewed = False
        while True:
            try:
                if self._service.out_of_use:
                    renewed = False
                elif not renewed:
                    await self._renew()
                    renewed = True
                seconds = await self.tick()
            except StoreError as error:
                DATABASE.failed(error)
                seconds = LONGEST_SLEEP
            except Exception as error:
                log.error("reminding failed", error=type(error).__name__)
                seconds = LONGEST_SLEEP
            await asyncio.sleep(seconds)

    async def _renew(self) -> None:
        """Recompute reminders set under another policy or limit, a few cases at a time."""
        place: Place | None = FIRST_PLACE
        while place:
            codes, place = self._reminding.codes_after(place, RENEWED_TOGETHER)
            async with self._store.turn_beside():
                failed = self._reminding.renew(codes)
            for error in failed:
                log.error("reminders cannot be worked out", error=type(error).__name__)
            if place:
                await self.tick()
                await asyncio.sleep(SECONDS_BETWEEN_RENEWALS)
        left = self._reminding.count_without_access()
        log.info("reminders", cases_of_people_without_access=left)

    async def tick(self) -> float:
        """Send what is due, one transaction per case; return the seconds until the next.

        At the start, and if the clock has gone back hours, what was sent too early is set again.
        """
        before, now = self._looked_at, self._service.clock()
        if before is None or before - now > HOURS_AHEAD:
            async with self._store.turn_beside():
                self._reminding.release()
        self._looked_at = now
        while (due := self._reminding.next_due(besides=TERMINAL)) is not None:
            left = (due - self._service.clock()).total_seconds()
            if left > 0:
                return min(max(left, SHORTEST_SLEEP), LONGEST_SLEEP)
            await self._give()
        return LONGEST_SLEEP

    async def _give(self) -> None:
        """Claim and queue in one transaction; a reminder that cannot be drawn stays claimed."""
        owner = self._reminding.owner_next(besides=TERMINAL)
        if owner:
            await self._make_sure(owner)
        chats: tuple[str, ...] = ()
        async with self._store.turn_beside():
            reminder = self._reminding.claim(besides=TERMINAL)
            if reminder is None:
                return
            try:
                with self._store.part():
                    chats = self._reminding.remind(reminder)
            except StoreError:
                raise
            except Exception as error:
                log.error("a reminder cannot be sent", error=type(error).__name__)
        for chat in chats:
            self._wake(chat)
