"""While the database cannot be written: each chat is told so once, past the outbox."""

import asyncio
from collections.abc import Callable

import structlog
from telegram.error import RetryAfter, TelegramError

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.errors import NotSent
from bot.adapters.telegram.outbox.delivery import seconds_to_wait
from bot.adapters.telegram.outbox.pace import Pace
from state.records import Priority

log = structlog.get_logger()


class Outage:
    """Says `without_this` to each person who waits and `may_use` this, once until it is over."""

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
        """Tell a chat what to do without this; one that could not be told is told next time.

        A private chat has the number of its person; a group is told nothing.
        """
        if chat in self._told or chat.startswith("-") or not self._may_use(chat):
            return
        self._told.add(chat)
        task = asyncio.create_task(self._say(chat))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def is_over(self) -> None:
        """Begin anew with the next outage."""
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
            log.error("an outage notice could not be sent", error=type(error).__name__)
            self._tell_again(chat, error)

    def _tell_again(self, chat: str, error: TelegramError) -> None:
        """Let a chat be told next time; what may have arrived is said at most once more."""
        if isinstance(error, RetryAfter):
            self._pace.flooded(chat, seconds_to_wait(error))
        elif not isinstance(error, NotSent):
            if chat in self._doubtful:
                return
            self._doubtful.add(chat)
        self._told.discard(chat)
