"""Removes finished rows from the outbox, those of a moment together."""

import asyncio
from functools import partial
from typing import Final

from bot.adapters.telegram.database_log import DATABASE
from state.store import Store, StoreError

SECONDS_TO_FLUSH: Final = 0.05
SECONDS_TO_RETRY: Final = 0.5


class Finished:
    """The ids of rows that are finished and still stored."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.ids = set[int]()
        self._flushing: asyncio.TimerHandle | asyncio.Task[None] | None = None

    def add(self, row: int) -> None:
        """Remove a row, together with others finished within a moment."""
        self.ids.add(row)
        self._flush_in(SECONDS_TO_FLUSH)

    def end(self) -> None:
        """Remove at once what is left."""
        if self._flushing:
            self._flushing.cancel()
            self._flushing = None
        self._flush()

    def _flush_in(self, seconds: float) -> None:
        if self._flushing is None:
            self._flushing = asyncio.get_running_loop().call_later(seconds, self._begin_to_flush)

    def _begin_to_flush(self) -> None:
        self._flushing = asyncio.create_task(self._flush_beside())

    async def _flush_beside(self) -> None:
        """Remove what is finished by now; what is finished meanwhile is next."""
        some, next_in = [*self.ids], SECONDS_TO_FLUSH
        try:
            await self._store.beside(partial(self._store.outbox.sent, some), lasting=False)
            self.ids.difference_update(some)
        except StoreError as error:
            DATABASE.failed(error)
            next_in = SECONDS_TO_RETRY
        self._flushing = None
        if self.ids:
            self._flush_in(next_in)

    def _flush(self) -> None:
        try:
            if self.ids:
                with self._store.turn(lasting=False) as store:
                    store.outbox.sent(self.ids)
                self.ids.clear()
        except StoreError as error:
            DATABASE.failed(error)
            self._flush_in(SECONDS_TO_RETRY)
