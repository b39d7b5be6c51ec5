"""Sends the outbox: in order within a chat, independently between chats."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import structlog

from bot.access import Access
from bot.adapters.telegram.api import Api
from bot.adapters.telegram.database_log import DATABASE
from bot.adapters.telegram.errors import ChatMigrated
from bot.adapters.telegram.outage import Outage
from bot.adapters.telegram.outbox.beside import call_beside
from bot.adapters.telegram.outbox.board_delivery import BoardDelivery, is_board
from bot.adapters.telegram.outbox.calls import Calls, Dropped, Later, Unreachable
from bot.adapters.telegram.outbox.choosing import Choosing, screens_of
from bot.adapters.telegram.outbox.confirming import Confirming
from bot.adapters.telegram.outbox.delivery import Delivery
from bot.adapters.telegram.outbox.drawing import draw_messages
from bot.adapters.telegram.outbox.drawn_beside import DrawnBeside
from bot.adapters.telegram.outbox.files import Files
from bot.adapters.telegram.outbox.just_changed import JustChanged
from bot.adapters.telegram.outbox.next_row import Chosen
from bot.adapters.telegram.outbox.out_of_reach import OutOfReach
from bot.adapters.telegram.outbox.pace import Pace, nap, pace_of
from bot.adapters.telegram.outbox.refusing import Refusing
from bot.adapters.telegram.outbox.shown import Shown
from bot.adapters.telegram.outbox.unhurried import Unhurried
from bot.adapters.telegram.pauses import FIRST_PAUSE, LONGEST_PAUSE
from bot.incoming import TERMINAL
from bot.screens.screen import Screen, text
from bot.service.boards import Boards
from state.groups import is_group
from state.records import Priority, Queued
from state.store import Store, StoreError

TIMES_TO_DELETE: Final = 8
SECONDS_BETWEEN_LOOKS: Final = 0.02

log = structlog.get_logger()


class Sender:
    """Drains the outbox, one task a chat.

    `without_this` is said if something queued cannot be drawn, and during an outage. A row is shown
    only to those whose `access` allows it when it is sent, and only starts if it `may_start`.
    """

    def __init__(
        self,
        api: Api,
        store: Store,
        clock: Callable[[], datetime],
        without_this: str,
        access: Access,
        may_start: Callable[[Queued], bool],
        just_changed: JustChanged,
        boards: Boards,
        lose: Callable[[str], Iterable[str]],
    ) -> None:
        self._api = api
        self._store = store
        self._clock = clock
        self._may_start = may_start
        self._without_this = without_this
        self._just_changed = just_changed
        self._boards = boards
        self._pace = pace_of(store)
        self._files = Files(api, store, access, DrawnBeside(self.wake))
        self._out_of_reach = OutOfReach(store, self._pace, lose, self.wake)
        self._refusing = Refusing(api, self._pace, just_changed)
        self.outage = Outage(api, self._pace, without_this, access.may_use)
        self.unhurried = Unhurried()
        self._draining = dict[str, asyncio.Event]()
        self._confirming = Confirming(api, self._start, store.wait_for_disk)
        self._choosing = Choosing(store, access, self._confirming, self._pace, self._files.drawn)
        self._came_back = set[str]()
        self._finishing = False
        self._shown = Shown()
        self._tasks = set[asyncio.Task[None]]()

    @property
    def pace(self) -> Pace:
        return self._pace

    def wake(self, chat: str) -> None:
        """Send what is waiting for a chat, even during a pause, unless another worker does."""
        if not self._sends_to(chat):
            return
        if chat in self._draining:
            self._draining[chat].set()
        else:
            self._draining[chat] = asyncio.Event()
            self._start(self._drain(chat))

    def confirm(self, query: str, toast: str | None = None) -> None:
        """Confirm to a person that the tap was received; nothing more is said about it."""
        self._confirming.answer(query, toast)

    def delete(self, chat: str, message_id: int) -> None:
        """Delete a person's message; Telegram may refuse it."""
        ids = {"chat_id": int(chat), "message_id": message_id}
        self._start(call_beside(self._api, "deleteMessage", TIMES_TO_DELETE, **ids))

    def confirm_aside(self, query: str, toast: str | None = None) -> None:
        """Confirm a tap that counts nowhere, after those that do."""
        self._confirming.answer_aside(query, toast)

    def refuse(self, chat: str, said: str, thread: int | None, *, leaves: bool = False) -> None:
        """Turn a chat away in words, after everything that somebody waits for; then leave it."""
        (message,) = draw_messages([_saying(said)], None)
        self._refusing.refuse(chat, message, thread, leaves=leaves)

    def came_back(self, chat: str) -> None:
        """Note that a person can be reached again, whatever an earlier call may still report."""
        if chat in self._draining:
            self._came_back.add(chat)

    async def wake_all(self) -> None:
        """Send what an earlier run left behind, the most urgent first."""
        for chat in self._store.outbox.chats_waiting():
            if chat != TERMINAL:
                self.wake(chat)
                await asyncio.sleep(0)

    async def take_over(self) -> None:
        """Send what is waiting for chats that another worker has sent to until now."""
        self._shown.forget()
        await self.wake_all()

    async def leave_to_others(self) -> None:
        """Return when nothing is under way to the chats that other workers send to from now on."""
        while left := [each for each in self._draining if not self._store.workers.sends_to(each)]:
            for chat in left:
                self._draining[chat].set()
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        self._choosing.end()

    async def finish(self, seconds: float) -> None:
        """Wait for what is under way, then stop; the rest stays in the outbox.

        A group whose turn has not come is not waited for, nor what others can send: of what they
        go on queueing some would be cut off in the end, and repeated.
        """
        now = asyncio.get_running_loop().time
        ends = now() + seconds
        self._finishing = True
        for chat, woken in self._draining.items():
            if is_group(chat) or not self._sends_to(chat):
                woken.set()
        while self._tasks and (left := ends - now()) > 0:
            await asyncio.wait(self._tasks, timeout=left)
        await self._refusing.finish()
        await self._files.drawn.end()
        late = [*self._tasks]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        self._choosing.end()

    def _sends_to(self, chat: str) -> bool:
        """Return whether more may begin here: in the end others do that, if there are any."""
        leaves = self._finishing and self._store.workers.count > 1
        return not leaves and self._store.workers.sends_to(chat)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, chat: str) -> None:
        """Send what is waiting for a chat; what cannot go now is retried after a pause."""
        woken, pause, chosen = self._draining[chat], FIRST_PAUSE, None
        try:
            while True:
                woken.clear()
                if not self._sends_to(chat):
                    return
                try:
                    chosen = self._choosing.next(chat)
                    if chosen is None:
                        return
                    if chosen.waits:
                        if self._finishing:
                            return
                        await nap(woken, chosen.waits)
                        continue
                    await self._deliver(chosen)
                    if chosen.alone and not woken.is_set():
                        return
                    pause = FIRST_PAUSE
                    continue
                except Later as later:
                    seconds = later.seconds
                except StoreError as error:
                    DATABASE.failed(error)
                    self.outage.tell(chat)
                    seconds = None
                except Exception as error:
                    log.error("sending failed", error=type(error).__name__)
                    seconds = None
                wait = pause if seconds is None else seconds
                if chosen and chosen.paced_as > Priority.ANSWER:
                    await self.unhurried.nap(chat, woken, wait)
                else:
                    await nap(woken, wait)
                pause = min(pause * 2, LONGEST_PAUSE) if seconds is None else FIRST_PAUSE
        finally:
            del self._draining[chat]
            self._came_back.discard(chat)

    async def _deliver(self, chosen: Chosen) -> None:
        row = chosen.row
        self._came_back.discard(row.chat)
        try:
            await self._show(chosen)
        except Dropped as dropped:
            if dropped.message_id:
                self.delete(row.chat, dropped.message_id)
        except Unreachable:
            await self._store.wait_for_others()
            came_back = row.chat in self._came_back
            self._out_of_reach.give_up(row.chat, chosen.newest, came_back=came_back)
        except ChatMigrated as error:
            await self._store.wait_for_others()
            self._out_of_reach.rename(row.chat, str(error.new_chat_id))
            return
        self._choosing.finished(row)

    async def _show(self, chosen: Chosen) -> None:
        """Show a row, or if it cannot be drawn say what to do without it."""
        try:
            screens = screens_of(chosen.row)
            if is_board(screens):
                await self._board(chosen).run()
            else:
                await self._delivery(chosen).run(screens)
        except (Dropped, Later, StoreError, Unreachable, ChatMigrated):
            raise
        except Exception as error:
            log.error("something queued cannot be drawn", error=type(error).__name__)
            fresh = replace(chosen, row=replace(chosen.row, said=0))
            await self._delivery(fresh).run([_saying(self._without_this)])

    def _board(self, chosen: Chosen) -> BoardDelivery:
        calls, clock = self._calls(chosen), self._clock
        return BoardDelivery(chosen.row, calls, self._boards, clock, self._shown, self.wake)

    def _calls(self, chosen: Chosen) -> Calls:
        chat = chosen.row.chat
        pace, shown = self._pace, self._just_changed
        return Calls(chat, self._api, pace, shown, chosen.paced_as, self._store)

    def _delivery(self, chosen: Chosen) -> Delivery:
        row = chosen.row
        return Delivery(
            row,
            self._calls(chosen),
            self._store,
            self._clock,
            self._without_this,
            self._starts,
            self._shown,
            self._files,
        )

    def _starts(self, row: Queued) -> bool:
        """Return whether a row may start; if not, something else may be queued in its place."""
        may = self._may_start(row)
        if not may:
            self.wake(row.chat)
        return may


def _saying(said: str) -> Screen:
    return Screen("info", "CordCall", (text(*said.split("\n")),))
