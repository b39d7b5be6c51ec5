"""What only one worker does: catching up, reminding, tidying, redrawing boards."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

import structlog

from bot.adapters.telegram.catching_up import CatchingUp
from bot.adapters.telegram.database_log import DATABASE
from bot.adapters.telegram.pauses import FIRST_PAUSE
from state.records import Poll
from state.store import Store, StoreError

SECONDS_BETWEEN_LOOKS: Final = 0.2

log = structlog.get_logger()


class Leading:
    """Leads whenever this worker is to: it catches up, then runs `loops` until another one leads.

    `begun` is set once it has caught up with what comes before new updates, `ended` once it ends,
    which it does not while nobody knows who leads: somebody must poll, so that whoever taps or
    types while the database is away is told.
    """

    def __init__(
        self,
        store: Store,
        catch_up: Callable[[], CatchingUp],
        loops: Sequence[Callable[[], Coroutine[Any, Any, None]]],
    ) -> None:
        self._store = store
        self._catch_up = catch_up
        self._loops = loops
        self._tasks = list[asyncio.Task[None]]()
        self.begun, self.ended = asyncio.Event(), asyncio.Event()

    async def begin(self, poll: Poll | None) -> Callable[[], None]:
        """Do what must come before new updates; return what begins the rest."""
        catching_up = self._catch_up()
        await catching_up.begin(poll)
        self.ended.clear()
        self.begun.set()

        def go_on() -> None:
            begun = (*(each() for each in self._loops), catching_up.run(poll))
            self._tasks = [*map(asyncio.create_task, begun)]

        return go_on

    async def run(self) -> None:
        """Begin whenever this worker is to lead, unless it has, and end when another one does."""
        workers = self._store.workers
        while True:
            try:
                if not self._tasks:
                    await workers.begins_to_lead()
                    (await self.begin(read_poll(self._store)))()
                    log.info("this worker leads now")
            except Exception as error:
                log.error("leading failed", error=type(error).__name__)
                await asyncio.sleep(FIRST_PAUSE)
                continue
            await workers.stops_leading()
            log.warning("this worker no longer leads")
            await self._end_loops()
            while workers.is_cut_off:
                await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            await self.end()

    async def end(self) -> None:
        """End what only the leader does."""
        self.begun.clear()
        self.ended.set()
        await self._end_loops()

    async def _end_loops(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()


def read_poll(store: Store) -> Poll | None:
    """Return the polling position; None if there is none, or it cannot be read."""
    try:
        return store.inbox.poll()
    except StoreError as error:
        DATABASE.failed(error)
        return None
