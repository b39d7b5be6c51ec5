"""Polls with one worker of several: whichever leads."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.inbox import Inbox
from bot.adapters.telegram.leading import SECONDS_BETWEEN_LOOKS, Leading, read_poll
from bot.adapters.telegram.opening import Opening
from bot.adapters.telegram.poller import Poller
from state.store import Store


class LeaderPolls:
    """Asks for updates whenever this worker leads, until it is stopped.

    While nobody knows who leads it goes on, until another one is heard to poll.
    """

    def __init__(
        self,
        api: Api,
        inbox: Inbox,
        store: Store,
        clock: Callable[[], datetime],
        leading: Leading,
        opening: Opening,
    ) -> None:
        self._api = api
        self._inbox = inbox
        self._store = store
        self._clock = clock
        self._leading = leading
        self._poll, self._first = opening.poll, opening.updates

    async def run(self) -> None:
        """Poll forever. Raises SecondPoller or InvalidToken as the poller does."""
        while True:
            await self._leading.begun.wait()
            poll = self._poll if self._first else read_poll(self._store)
            poller = Poller(self._api, self._inbox, self._clock, poll, self._first, self._leads)
            polling = asyncio.create_task(poller.run())
            ending = asyncio.create_task(self._leading.ended.wait())
            try:
                await asyncio.wait((polling, ending), return_when=asyncio.FIRST_COMPLETED)
            finally:
                self._first = None
                for task in (polling, ending):
                    task.cancel()
                await asyncio.gather(polling, ending, return_exceptions=True)
            if not polling.cancelled():
                polling.result()
                while self._leading.begun.is_set() and not self._leads():
                    await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    def _leads(self) -> bool:
        return self._store.workers.leads

    async def close(self) -> None:
        """Do nothing: a poll ends with its task."""
