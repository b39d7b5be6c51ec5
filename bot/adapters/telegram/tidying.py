"""The tidier: anchors the audit, notes clock jumps, erases what is too old, asks about old cases.

All of it hourly.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from bot.incoming import TERMINAL
from bot.service.keeping import ask_about_open, may_erase, note_clock
from bot.service.service import Service
from state.store import StoreError

SECONDS_TO_NEXT: Final = 3600.0
ASKED_TOGETHER: Final = 5

log = structlog.get_logger()


class Tidier:
    """Runs until cancelled. `wake` sends what is waiting for a chat."""

    def __init__(self, service: Service, wake: Callable[[str], None]) -> None:
        self._service = service
        self._store = service.store
        self._wake = wake
        self._anchored = 0

    async def run(self) -> None:
        while True:
            try:
                await self.tidy()
            except StoreError as error:
                log.error("old cases could not be erased", reason=str(error))
            except Exception as error:
                log.error("tidying failed", error=type(error).__name__)
            await asyncio.sleep(SECONDS_TO_NEXT)

    def anchor(self) -> None:
        """Write the last row of the audit and its hash to the log, if there are new rows.

        Raises StoreError.
        """
        last = self._store.audit.last()
        if last.number != self._anchored:
            log.info("audit", anchor=str(last))
            self._anchored = last.number

    async def tidy(self) -> None:
        """Tidy once, in parts. A jump of the clock may be an error: then nothing for a day."""
        self.anchor()
        async with self._store.turn_beside():
            jumped = note_clock(self._service)
        if jumped:
            log.warning("the clock has jumped; nothing is erased for a day")
            for owner in self._service.owners:
                self._wake(owner)
        if not may_erase(self._service):
            return
        more = True
        while more:
            async with self._store.turn_beside():
                more = may_erase(self._service) and self._service.forget_part()
            for chat in self._store.outbox.chats_waiting():
                if chat != TERMINAL:
                    self._wake(chat)
            await asyncio.sleep(0)
        await asyncio.to_thread(self._store.scrub)
        chats = [""]
        while chats:
            async with self._store.turn_beside():
                chats, failed = ask_about_open(self._service, ASKED_TOGETHER)
            for error in failed:
                log.error("an old case cannot be asked about", error=type(error).__name__)
            for chat in chats:
                self._wake(chat)
            await asyncio.sleep(0)
