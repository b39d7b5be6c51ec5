"""Answers each tap once, beside the messages: a tap is not part of its chat's order."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.database_log import DATABASE
from bot.adapters.telegram.outbox.beside import call_beside
from state.store import StoreError

TIMES_TO_ANSWER: Final = 4
MOST_TAPS_REMEMBERED: Final = 10_000
ASIDE_AT_ONCE: Final = 4
MOST_ASIDE: Final = 100


class Confirming:
    """Answers taps in the background. `start` runs a task that a stop waits for.

    `wait_for_disk` is waited for before anything is said of what a tap has changed.
    """

    def __init__(
        self,
        api: Api,
        start: Callable[[Coroutine[Any, Any, None]], None],
        wait_for_disk: Callable[[], Awaitable[None]],
    ) -> None:
        self._api = api
        self._start = start
        self._wait_for_disk = wait_for_disk
        self._answered = dict[str, None]()
        self._places_aside = asyncio.Semaphore(ASIDE_AT_ONCE)
        self._aside = 0

    def answer(self, query: str, toast: str | None) -> None:
        """Answer a tap that has not been answered yet, without saying what it has changed."""
        if self._is_first(query):
            self._start(self._answer(query, toast))

    def answer_with_result(self, query: str, toast: str | None, word: str) -> None:
        """Answer a tap with what it has done; a word opens the private chat with it."""
        if self._is_first(query):
            self._start(self._answer_with_result(query, toast, word))

    def _is_first(self, query: str) -> bool:
        if self.is_answered(query):
            return False
        self._answered[query] = None
        if len(self._answered) > MOST_TAPS_REMEMBERED:
            del self._answered[next(iter(self._answered))]
        return True

    async def _answer_with_result(self, query: str, toast: str | None, word: str) -> None:
        try:
            await self._wait_for_disk()
        except StoreError as error:
            DATABASE.failed(error)
            self.forget(query)
            return
        await self._answer(query, toast, word)

    def is_answered(self, query: str) -> bool:
        """Return whether a tap is answered, or about to be."""
        return query in self._answered

    def answer_aside(self, query: str, toast: str | None) -> None:
        """Answer a tap that changes nothing, a few at a time; beyond a limit it is not answered."""
        if self._aside < MOST_ASIDE:
            self._aside += 1
            self._start(self._answer_aside(query, toast))

    async def _answer_aside(self, query: str, toast: str | None) -> None:
        try:
            async with self._places_aside:
                await self._answer(query, toast)
        finally:
            self._aside -= 1

    async def _answer(self, query: str, toast: str | None, word: str = "") -> None:
        answer = {"callback_query_id": query, "text": toast}
        if word:
            answer["url"] = f"https://t.me/{self._api.username}?start={word}"
        await call_beside(self._api, "answerCallbackQuery", TIMES_TO_ANSWER, **answer)

    def forget(self, query: str | None) -> None:
        """Forget a tap that nothing more is said about."""
        self._answered.pop(query or "", None)
