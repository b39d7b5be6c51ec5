"""What a worker does when it hears of others: it sends what they queue, counts what they call."""

import asyncio
import json
from collections.abc import Sequence

from bot.adapters.telegram.database_log import DATABASE
from bot.adapters.telegram.outbox import just_changed, pace
from bot.adapters.telegram.outbox.sender import Sender
from bot.adapters.telegram.pauses import FIRST_PAUSE
from bot.incoming import TERMINAL
from state.records import Priority
from state.store import StoreError
from state.topics.workers import Word


class Together:
    """One worker of several; `shown` is what it knows of keyboards that have just changed."""

    def __init__(self, sender: Sender, shown: just_changed.JustChanged) -> None:
        self._sender = sender
        self._shown = shown
        self._taking_over: asyncio.Task[None] | None = None

    def queued(self, chat: str) -> None:
        if chat != TERMINAL:
            self._sender.wake(chat)

    def told(self, words: Sequence[Word]) -> None:
        match words:
            case [pace.CALLED, str(chat), int(priority)]:
                self._sender.pace.groups.called(chat, Priority(priority))
            case [pace.CALLED_LATELY, str(chat), *calls]:
                ago, kinds = map(float, calls[::2]), (Priority(int(each)) for each in calls[1::2])
                self._sender.pace.groups.told(chat, zip(ago, kinds, strict=True))
            case [pace.FLOODED, str(chat), float() | int() as seconds]:
                self._sender.pace.told_of_a_flood(chat, seconds)
            case [just_changed.SHOWN, str(chat), int(message_id), str(keyboard)]:
                self._shown.told(chat, message_id, json.loads(keyboard))

    def missed(self) -> None:
        self._sender.pace.groups.begin_anew()

    def gained(self) -> None:
        if self._taking_over:
            self._taking_over.cancel()
        self._taking_over = asyncio.create_task(self._take_over())

    async def left(self) -> None:
        await self._sender.leave_to_others()
        self._sender.pace.leave_to_others()

    async def _take_over(self) -> None:
        while True:
            try:
                return await self._sender.take_over()
            except StoreError as error:
                DATABASE.failed(error)
                await asyncio.sleep(FIRST_PAUSE)
