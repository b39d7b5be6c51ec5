"""Tells each chat once, bypassing the outbox, that the database cannot be written."""

import asyncio
from collections.abc import Callable, Iterable

import structlog

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.errors import NotSent, RetryAfter, TelegramError, why
from bot.adapters.telegram.outbox.pace import Pace
from state.groups import is_group
from state.records import Priority

log = structlog.get_logger()


class Outage:
    """Says `without_this` once per outage to each person who waits and `may_use` the bot."""

    def __init__(
        self, api: Api, pace: Pace, without_this: str, may_use: Callable[[str], bool]
    ) -> None:
        self._api = api
        self._pace = pace
        self._without_this = without_this
        self._may_use = may_use
        self._told = set[str]()
        self._doubtful = set[str]()
        self._tasks = set[asyncio.Task[None]]()

    def tell(self, chat: str) -> None:
        """Tell a chat what to do without CordCall; if that fails, tell it next time.

        A private chat has the id of its person; a group is told nothing.
        """
        if chat in self._told or is_group(chat) or not self._may_use(chat):
            return
        self._told.add(chat)
        task = asyncio.create_task(self._say(chat))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def tell_all(self, chats: Iterable[str]) -> None:
        """Tell whoever waits for an answer."""
        for chat in chats:
            self.tell(chat)

    def is_over(self) -> None:
        """Reset for the next outage."""
        self._told.clear()
        self._doubtful.clear()

    async def _say(self, chat: str) -> None:
        while wait := self._pace.seconds_to_wait(chat, Priority.ANSWER):
            await asyncio.sleep(wait)
        if chat not in self._told:
            return
        self._pace.called(chat)
        try:
            await self._api.call("sendMessage", chat_id=int(chat), text=self._without_this)
        except TelegramError as error:
            log.error("an outage notice could not be sent", **why(error))
            self._tell_again(chat, error)

    def _tell_again(self, chat: str, error: TelegramError) -> None:
        """Allow another attempt; what may have arrived is repeated at most once."""
        if isinstance(error, RetryAfter):
            self._pace.flooded(chat, error.seconds)
        elif not isinstance(error, NotSent):
            if chat in self._doubtful:
                return
            self._doubtful.add(chat)
        self._told.discard(chat)
