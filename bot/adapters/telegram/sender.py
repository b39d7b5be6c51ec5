"""Sends what the outbox holds: per chat in order, chats apart from each other."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, Final

import structlog
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.delivery import Delivery, Later, Unreachable, seconds_to_wait
from bot.adapters.telegram.drawing import draw_toast
from bot.adapters.telegram.outage import Outage
from bot.adapters.telegram.pace import Pace
from bot.screens import Screen, load
from state.connection import StoreError
from state.records import Priority, Queued
from state.store import Store

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
SECONDS_TO_FLUSH: Final = 0.02
TIMES_TO_ANSWER: Final = 4
MOST_ROWS_READ: Final = 64

log = structlog.get_logger()


class Sender:
    """Drains the outbox, one task a chat.

    `without_this` is said where something queued cannot be drawn.
    """

    def __init__(
        self, api: Api, store: Store, clock: Callable[[], datetime], without_this: str
    ) -> None:
        self._api = api
        self._store = store
        self._clock = clock
        self._without_this = without_this
        self._pace = Pace()
        self.outage = Outage(api, self._pace, without_this)
        self._draining = dict[str, asyncio.Event]()
        self._answered = set[str]()
        self._sent = set[int]()
        self._flushing: asyncio.TimerHandle | None = None
        self._tasks = set[asyncio.Task[None]]()

    def wake(self, chat: str) -> None:
        """Send what waits for a chat, also when a pause is under way there."""
        if chat in self._draining:
            self._draining[chat].set()
        else:
            self._draining[chat] = asyncio.Event()
            self._start(self._drain(chat))

    def confirm(self, query: str) -> None:
        """Tell a person that the tap has come in; nothing else is to be said about it."""
        if query not in self._answered:
            self._answered.add(query)
            self._start(self._answer(query, None))

    def wake_all(self) -> None:
        """Send what an earlier run left."""
        for chat in self._store.chats_waiting():
            self.wake(chat)

    async def finish(self, seconds: float) -> None:
        """Wait for what is under way, then let go of the rest; it stays in the outbox."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self._flushing:
            self._flushing.cancel()
        self._flush()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, chat: str) -> None:
        """Send what waits for a chat; what cannot go now is looked at anew after a pause."""
        woken, pause = self._draining[chat], FIRST_PAUSE
        try:
            while True:
                woken.clear()
                try:
                    row = self._next(chat)
                    if row is None:
                        return
                    await self._deliver(row)
                    pause = FIRST_PAUSE
                    continue
                except Later as later:
                    seconds = later.seconds
                except StoreError as error:
                    log.error("the database cannot be used", reason=str(error))
                    self.outage.tell(chat)
                    seconds = None
                await _nap(woken, pause if seconds is None else seconds)
                pause = min(pause * 2, LONGEST_PAUSE) if seconds is None else FIRST_PAUSE
        finally:
            del self._draining[chat]

    def _next(self, chat: str) -> Queued | None:
        """Choose what to send next to a chat: what presses most, within a case in order.

        What newer rows make pointless is finished.
        """
        read = self._store.pressing(chat, MOST_ROWS_READ + len(self._sent))
        rows = [row for row in read if row.id not in self._sent]
        left = [row for row in rows if not _superseded(row, rows)]
        kept = {row.id for row in left}
        for row in rows:
            if row.id not in kept:
                self._answer_tap(row, _screens(row))
                self._finished(row)
        if not left:
            return None
        first = min(left, key=lambda row: (row.priority, row.id))
        return next(row for row in left if row is first or _comes_before(row, first))

    async def _deliver(self, row: Queued) -> None:
        delivery = Delivery(row, self._api, self._store, self._pace, self._clock)
        try:
            screens = _screens(row)
            self._answer_tap(row, screens)
            await delivery.run(screens)
        except (Later, StoreError):
            raise
        except Unreachable:
            with self._store.turn() as store:
                store.set_reachable(row.chat, reachable=False)
            log.info("a person cannot be reached")
        except ChatMigrated as error:
            self.rename(row.chat, str(error.new_chat_id))
            return
        except Exception as error:
            log.error("something queued cannot be drawn", error=type(error).__name__)
            await self._say_without_this(row.chat)
        self._finished(row)

    def rename(self, old: str, new: str) -> None:
        """Go on in the supergroup that a group became."""
        with self._store.turn() as store:
            store.rename_chat(old, new)
        self.wake(new)

    def _finished(self, row: Queued) -> None:
        """Take a row from the outbox, together with what else is finished in a moment."""
        self._sent.add(row.id)
        self._answered.discard(row.query or "")
        self._flush_in(SECONDS_TO_FLUSH)

    def _flush_in(self, seconds: float) -> None:
        if self._flushing is None:
            self._flushing = asyncio.get_running_loop().call_later(seconds, self._flush)

    def _flush(self) -> None:
        self._flushing = None
        try:
            if self._sent:
                with self._store.turn(lasting=False) as store:
                    store.sent(self._sent)
                self._sent.clear()
        except StoreError as error:
            log.error("the database cannot be used", reason=str(error))
            self._flush_in(FIRST_PAUSE)

    def _answer_tap(self, row: Queued, screens: list[Screen]) -> None:
        """Answer the tap beside the rest: it takes no part in the chat's order."""
        if row.query and row.query not in self._answered:
            self._answered.add(row.query)
            self._start(self._answer(row.query, draw_toast(screens)))

    async def _answer(self, query: str, toast: str | None) -> None:
        pause = FIRST_PAUSE
        for _ in range(TIMES_TO_ANSWER):
            try:
                await self._api.call("answerCallbackQuery", callback_query_id=query, text=toast)
            except RetryAfter as error:
                await asyncio.sleep(seconds_to_wait(error))
            except (BadRequest, Forbidden):
                return
            except TelegramError as error:
                log.warning("a tap is not answered yet", error=type(error).__name__)
                await asyncio.sleep(pause)
                pause *= 2
            else:
                return

    async def _say_without_this(self, chat: str) -> None:
        try:
            await self._api.call("sendMessage", chat_id=int(chat), text=self._without_this)
        except TelegramError as error:
            log.error("not even that could be said", error=type(error).__name__)


async def _nap(woken: asyncio.Event, seconds: float) -> None:
    """Pause, but no longer than until something else is queued."""
    try:
        await asyncio.wait_for(woken.wait(), seconds)
    except TimeoutError:
        return


def _comes_before(row: Queued, first: Queued) -> bool:
    """Tell a row of the same case, which keeps its order; a reminder stands beside it."""
    same = row.code is not None and row.code == first.code
    return same and Priority.REMINDER not in (row.priority, first.priority)


def _superseded(row: Queued, rows: Sequence[Queued]) -> bool:
    """Tell an edit of a card that a newer row draws again; one that carries news never is.

    Within a case a row begins only when those before it are done, so what an earlier run has
    begun to send ends what it had no time to take from the outbox.
    """
    if row.code is None or row.priority is Priority.REMINDER:
        return False
    newer = [
        each
        for each in rows
        if each.id > row.id and each.code == row.code and each.priority is not Priority.REMINDER
    ]
    if any(each.said or each.sending for each in newer):
        return True
    if row.said or row.sending:
        return False
    if row.may_be_missed:
        return bool(newer)
    only_a_question = not row.anew and len(row.screens) == 1
    return only_a_question and any(not each.anew for each in newer)


def _screens(row: Queued) -> list[Screen]:
    return [load(screen) for screen in row.screens]
