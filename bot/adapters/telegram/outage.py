"""While the database cannot be written: each chat is told so once, past the outbox."""

import asyncio
from typing import Final

import structlog
from telegram.error import TelegramError

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.pace import Pace
from state.records import Priority

PACED_AS: Final = Priority.BOARD

log = structlog.get_logger()


class Outage:
    """Says `without_this` to each chat that waits, once until the outage is over."""

    def __init__(self, api: Api, pace: Pace, without_this: str) -> None:
        self._api = api
        self._pace = pace
        self._without_this = without_this
        self._told = set[str]()
        self._tasks = set[asyncio.Task[None]]()

    def tell(self, chat: str) -> None:
        """Tell a chat what to do without this; one that could not be told is told next time."""
        if chat in self._told:
            return
        self._told.add(chat)
        task = asyncio.create_task(self._say(chat))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def is_over(self) -> None:
        """Begin anew with the next outage."""
        self._told.clear()

    async def _say(self, chat: str) -> None:
        while wait := self._pace.seconds_to_wait(chat, PACED_AS):
            await asyncio.sleep(wait)
        self._pace.called(chat)
        try:
            await self._api.call("sendMessage", chat_id=int(chat), text=self._without_this)
        except TelegramError as error:
            self._told.discard(chat)
            log.error("an outage could not be told", error=type(error).__name__)
