"""Delivers a board: edits its message in place, or sends a new one, pinned without a sound."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import structlog

from bot.adapters.telegram.errors import BadRequest, ChatMigrated, is_about_topic
from bot.adapters.telegram.outbox.calls import UNCHANGED, Calls, Dropped, Later, Unanswered
from bot.adapters.telegram.outbox.drawing import Message, draw_line, draw_messages, draw_repeat
from bot.adapters.telegram.outbox.shown import Shown
from bot.screens.board import draw_not_pinned, say_older
from bot.screens.screen import Screen, dump
from bot.service.boards import Boards
from state.boards import Board
from state.groups import is_group
from state.records import Priority, Queued
from state.store import StoreError

GONE: Final = "not found"

log = structlog.get_logger()


def is_board(screens: list[Screen]) -> bool:
    """Return whether a row shows a board, which is drawn when it is sent."""
    return bool(screens) and screens[0].kind == "board"


@dataclass(slots=True)
class BoardDelivery:
    """Delivers `row`; `wake` sends what is queued meanwhile."""

    row: Queued
    calls: Calls
    boards: Boards
    clock: Callable[[], datetime]
    shown: Shown
    wake: Callable[[str], None]

    async def run(self) -> None:
        """Show the board as it is now, pin its message, and delete the one before.

        Raises Later if it cannot continue now, Unreachable, ChatMigrated, or Dropped.
        """
        if wait := self.calls.seconds_to_wait():
            raise Later(wait)
        board = self._board()
        if board is None or not self.boards.may_be_shown(board):
            return
        if not self.row.said:
            await self._show(board)
        if self.row.said:
            await self._pin()
            await self._remove_former()

    async def _show(self, board: Board) -> None:
        """Edit the board's message, or if there is none send one."""
        await self.boards.store.wait_for_others()
        try:
            with self.boards.store.turn(lasting=False):
                screen, token, after = self.boards.drawn(board, self.clock())
        except StoreError:
            raise
        except Exception as error:
            if not self.row.may_be_missed:
                raise
            log.error("a board cannot be drawn", error=type(error).__name__)
            return
        (message,) = draw_messages([screen], token)
        if board.message_id and not self.row.anew and await self._edit(board.message_id, message):
            await self._keep(after)
        else:
            await self._send(after, message)

    async def _edit(self, message_id: int, message: Message) -> bool:
        """Edit the board's message; return False if that is not possible any more."""
        try:
            await self.calls.show("editMessageText", message, message_id=message_id)
        except BadRequest as error:
            if UNCHANGED not in error.message.casefold():
                log.info("a board is sent anew", reason=error.message)
                return False
        return True

    async def _send(self, after: Board, message: Message) -> None:
        """Send the board below everything; one that may have arrived already is marked so.

        A topic that cannot be written to has no board any more: the group's lists its cases too.
        """
        row = self.row
        if row.sending and row.may_be_missed:
            return
        message = draw_repeat(message) if row.sending else message
        self.calls.need_room()
        await self._note(sending=True)
        how: dict[str, object] = {"message_thread_id": row.thread, "disable_notification": True}
        try:
            sent = await self.calls.show("sendMessage", message, **how)
        except Unanswered:
            raise
        except (Later, ChatMigrated, StoreError):
            await self._note(sending=row.sending)
            raise
        except BadRequest as error:
            log.error("a board was refused", reason=error.message)
            with self.boards.store.turn() as store:
                if row.thread is not None and is_about_topic(error):
                    store.boards.drop(after)
                else:
                    store.boards.keep(replace(after, message_id=None))
            return
        number, former = int(sent["message_id"]), after.message_id or after.former
        self.shown.newest[row.chat] = number
        await self._note(sent=number, board=replace(after, message_id=number, former=former))

    async def _note(
        self, *, sending: bool = False, sent: int | None = None, board: Board | None = None
    ) -> None:
        """Record whether the message is being sent, or that it was, with the board it shows."""
        said = self.row.said + (sent is not None)
        await self.boards.store.wait_for_others()
        with self.boards.store.turn(lasting=sending) as store:
            chat = store.outbox.note_sending(self.row, said, sending=sending)
            if chat is None:
                raise Dropped(sent)
            if board and chat == self.row.chat:
                store.boards.keep(board)
        self.row = replace(self.row, said=said, sending=sending)

    async def _pin(self) -> None:
        """Pin the board; a group in which that is not possible is told once."""
        board = self._board()
        if board is None or board.message_id is None:
            return
        try:
            await self.calls.call(
                "pinChatMessage", message_id=board.message_id, disable_notification=True
            )
        except BadRequest as error:
            log.info("a board is not pinned", reason=error.message)
            refused = is_group(board.chat) and GONE not in error.message.casefold()
        else:
            refused = False
        if refused == board.told:
            return
        await self._keep(replace(board, told=refused))
        if refused:
            self._tell(draw_not_pinned())

    def _tell(self, screen: Screen) -> None:
        row = self.row
        with self.boards.store.turn() as store:
            store.outbox.enqueue(
                chat=row.chat, code=None, screens=[dump(screen)], token=None, query=None,
                tapped=None, anew=True, priority=Priority.ANSWER, at=self.clock(),
                thread=row.thread,
            )  # fmt: skip
        self.wake(row.chat)

    async def _remove_former(self) -> None:
        """Delete the message that showed the board until now; one too old for that shrinks."""
        board = self._board()
        if board is None or board.former is None:
            return
        try:
            await self.calls.call("deleteMessage", message_id=board.former)
        except BadRequest as error:
            if GONE not in error.message.casefold():
                await self._shrink(board.former)
        await self._keep(replace(board, former=None))

    async def _shrink(self, message_id: int) -> None:
        with suppress(BadRequest):
            await self.calls.call("unpinChatMessage", message_id=message_id)
        await self._edit(message_id, draw_line(say_older()))

    async def _keep(self, board: Board) -> None:
        async with self.boards.store.turn_beside(lasting=False) as store:
            store.boards.keep(board)

    def _board(self) -> Board | None:
        return self.boards.store.boards.find(self.row.chat, self.row.thread or 0)
