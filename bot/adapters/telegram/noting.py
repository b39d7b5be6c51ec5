"""Notes updates before they are handled, and counts how often that was tried."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from functools import partial

from bot.adapters.telegram.kept_update import Update, kept_tap
from state.store import Store, StoreError


class Noting:
    """The updates that were noted and are not handled yet.

    An attempt counts once a run, however often the database refuses it: only what ends the program
    is set aside.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._tried = set[int]()
        self._has_taken = False

    def note(self, updates: list[Update]) -> list[Update]:
        """Note updates in a transaction of their own; return those not handled yet.

        Raises StoreError.
        """
        with self._store.turn(lasting=False):
            return self._note(updates)

    async def note_beside(self, updates: list[Update]) -> list[Update]:
        """Note updates as `note` does; other processes are waited for beside the event loop."""
        if not updates:
            return []
        return await self._store.beside(partial(self._note, updates), lasting=False)

    def _note(self, updates: Iterable[Update]) -> list[Update]:
        """Note updates in the order of their numbers."""
        new = sorted(updates, key=lambda each: each.id)
        noting = [(each.id, kept_tap(each), each.id in self._tried) for each in new]
        attempts = self._store.inbox.receive_all(noting, self._clock())
        noted = [each.tried(times) for each, times in zip(new, attempts, strict=True) if times]
        self._tried.update(update.id for update in noted)
        return noted

    def may_wait(self, updates: list[Update]) -> bool:
        """Return whether updates may be noted with their turn: one alone that was never tried.

        Telegram repeats what has ended the program in the first updates of the next run: until
        these are taken as a whole, each is noted by itself, and so counted.
        """
        return self._has_taken and len(updates) == 1 and updates[0].id not in self._tried

    def note_taken(self) -> None:
        """Note that the updates of a poll are handled, all of them."""
        self._has_taken = True

    def take_back(self, updates: Iterable[Update]) -> None:
        """Uncount attempts lost to the database."""
        tried = [update.id for update in updates if update.id in self._tried]
        with suppress(StoreError):
            if tried:
                with self._store.turn(lasting=False) as store:
                    store.inbox.take_back(tried)
                self._tried.difference_update(tried)

    def done(self, updates: Iterable[Update]) -> None:
        """Forget updates that are handled."""
        self._tried.difference_update(update.id for update in updates)
