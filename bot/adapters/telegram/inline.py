"""Answers inline queries with static cards, at once: nothing is stored."""

import asyncio
from typing import Any, Final

import structlog

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.outbox.drawing import draw_html
from bot.adapters.telegram.updates import Asked
from bot.screens.out_of_use import draw_out_of_use, say_out_of_use
from bot.screens.screen import Screen
from bot.service.service import Service

SECONDS_CACHED: Final = 60
SECONDS_CACHED_FOR_STRANGERS: Final = 3600
MOST_AT_ONCE: Final = 4

Json = dict[str, Any]
log = structlog.get_logger()


class Inline:
    """Answers each query in its own task; a failure is logged without the words typed.

    A few are answered concurrently; people without access queue separately.
    """

    def __init__(self, api: Api, service: Service) -> None:
        self._api = api
        self._service = service
        self._tasks = set[asyncio.Task[None]]()
        self._places = asyncio.Semaphore(MOST_AT_ONCE)
        self._places_of_strangers = asyncio.Semaphore(MOST_AT_ONCE)

    def answer(self, asked: Asked) -> None:
        """Answer a query in the background."""
        task = asyncio.create_task(self._answer(asked))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Cancel what is under way: a query lasts only 30 s."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _answer(self, asked: Asked) -> None:
        try:
            allowed = self._service.may_use(asked.who)
            async with self._places if allowed else self._places_of_strangers:
                results = await self._results(asked.query) if allowed else []
                allowed = allowed and self._service.may_use(asked.who)
                await self._api.call(
                    "answerInlineQuery",
                    inline_query_id=asked.id,
                    results=results if allowed else [],
                    is_personal=True,
                    cache_time=SECONDS_CACHED if allowed else SECONDS_CACHED_FOR_STRANGERS,
                )
        except Exception as error:
            log.warning("an inline query was not answered", error=type(error).__name__)

    async def _results(self, typed: str) -> list[Json]:
        """Return the cards for a query, or why CordCall is out of use by the time it has them."""
        cards = [] if self._service.out_of_use else await asyncio.to_thread(self._cards, typed)
        if why := self._service.out_of_use:
            screen = draw_out_of_use(self._service.setting.call, why)
            said = say_out_of_use(self._service.setting.call, why)
            return [_result("out-of-use", screen.title, said, screen)]
        return cards

    def _cards(self, typed: str) -> list[Json]:
        """Return the cards for a query. The first call builds the index, off the event loop."""
        from bot.lookup.inline_cards import inline_cards

        policy = self._service.setting.engine.policy
        return [
            _result(card.id, card.title, card.description, card.screen)
            for card in inline_cards(typed, policy)
        ]


def _result(id: str, title: str, description: str, screen: Screen) -> Json:
    return {
        "type": "article",
        "id": id,
        "title": title,
        "description": description,
        "input_message_content": {"message_text": draw_html(screen), "parse_mode": "HTML"},
    }
