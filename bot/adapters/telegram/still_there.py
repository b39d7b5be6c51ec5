"""Asks Telegram whether colleagues are still in their groups: some leave without a word."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import structlog

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.errors import TelegramError
from bot.adapters.telegram.membership import is_out
from bot.service.departing import part
from bot.service.service import Service
from bot.service.strangers import OnceAnHour
from state.store import StoreError

MOST_ASKED: Final = 50
SECONDS_TO_ANSWER: Final = 1.0

log = structlog.get_logger()


class StillThere:
    """Asks once an hour about whoever acts in private or is due to be reminded, or at once.

    `wake` sends what is waiting for a chat.
    """

    def __init__(self, api: Api, service: Service, wake: Callable[[str], None]) -> None:
        self._api = api
        self._service = service
        self._wake = wake
        self._asked = OnceAnHour()
        self._tasks = set[asyncio.Task[None]]()

    def ask(self, who: str) -> None:
        """Ask about somebody's groups, unless that was done lately or many are being asked."""
        if len(self._tasks) >= MOST_ASKED or not self._asked.is_due(who, self._service.clock()):
            return
        with suppress(StoreError):
            if chats := self._service.store.groups.groups_of(who):
                task = asyncio.create_task(self._ask(chats, who))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def make_sure(self, who: str) -> None:
        """Ask about somebody's groups and wait for it, unless that was done within the hour.

        Raises StoreError.
        """
        if self._asked.is_due(who, self._service.clock()):
            await self._ask(self._service.store.groups.groups_of(who), who)

    async def finish(self) -> None:
        """Stop asking."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def find_out(self, chat: str, who: str) -> bool | None:
        """Return whether somebody is in a group; None if that is not known.

        A colleague who is not is one no more. An error in that holds up nobody else.
        """
        ids = {"chat_id": int(chat), "user_id": int(who)}
        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                out = is_out(await self._api.call("getChatMember", **ids))
            if out:
                await self._part(chat, who)
        except (TelegramError, TimeoutError, StoreError, KeyError, TypeError) as error:
            log.info("whether somebody is in a group is not known", error=type(error).__name__)
            return None
        except Exception as error:
            log.error("who has left a group cannot be let go", error=type(error).__name__)
            return False
        return not out

    async def _ask(self, chats: list[str], who: str) -> None:
        await asyncio.gather(*(self.find_out(chat, who) for chat in chats))

    async def _part(self, chat: str, who: str) -> None:
        async with self._service.store.turn_beside():
            told = part(self._service, chat, who)
        for each in told:
            self._wake(each)
