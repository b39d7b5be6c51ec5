"""Keeps boards up to date: queues one that shows something else now, and draws it when sent."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.access import Access
from bot.commands.board import DRAWN_WHEN_SENT, draw_now, end_board
from bot.installation import Setting
from bot.screens.board import digests
from bot.screens.out_of_use import draw_out_of_use
from bot.screens.screen import Screen, dump
from bot.service.sending import mint_buttons
from bot.turn import Turn
from state.boards import Board
from state.groups import is_group
from state.records import Priority
from state.store import Store

BOARD: Final = dump(DRAWN_WHEN_SENT)


@dataclass(frozen=True, slots=True)
class Boards:
    """The boards of all chats. Everything is done in the current transaction."""

    store: Store
    setting: Setting
    access: Access

    def redraw(self, board: Board, now: datetime) -> bool:
        """Queue a board if it would show something else; return whether anything is queued.

        If an urgency on it has changed it is as urgent as a card. One whose chat may not see it any
        more says so instead.
        """
        if not self.may_be_shown(board):
            end_board(self.store, board, now)
            return True
        shown, heads = digests(self.draw(board, now))
        if shown == board.shown:
            return False
        changed = not set(heads.split()) <= set(board.heads.split())
        self.store.outbox.enqueue(
            chat=board.chat, code=None, screens=[BOARD], token=None, query=None, tapped=None,
            anew=False, priority=Priority.CARD if changed else Priority.BOARD, at=now,
            thread=board.thread or None,
        )  # fmt: skip
        return True

    def may_be_shown(self, board: Board) -> bool:
        """Return whether a board's chat still shares cases, or its person may have them."""
        if is_group(board.chat):
            return self.access.is_enrolled(board.chat)
        return self.access.sees_cases(board.chat)

    def draw(self, board: Board, now: datetime) -> Screen:
        """Draw a board as it is now; while CordCall is out of use it says that alone."""
        if why := self.setting.why_out_of_use(self.store):
            return replace(draw_out_of_use(self.setting.call, why), kind="board")
        return draw_now(self.store, self.setting, board, now)

    def drawn(self, board: Board, now: datetime) -> tuple[Screen, str | None, Board]:
        """Draw a board to be sent: with the token of its buttons, and the record to keep then."""
        screen = self.draw(board, now)
        shown, heads = digests(screen)
        token = mint_buttons(self.store, [screen], board.chat, None, now)
        return screen, token, replace(board, shown=shown, heads=heads)


def redraw_boards(turn: Turn) -> list[str]:
    """Queue the boards on which a turn has changed a case; return their chats.

    Whatever else changes a board is seen when all of them are looked at, a little later.
    """
    boards = Boards(turn.store, turn.setting, turn.access)
    found = [board for chat in sorted({*_chats(turn)}) for board in turn.store.boards.of(chat)]
    return [board.chat for board in found if boards.redraw(board, turn.now)]


def _chats(turn: Turn) -> Iterator[str]:
    """Name the chats whose boards may show a case that a turn has changed."""
    moved = (case for before, _, after in turn.moves for case in (before, after))
    for case in (*moved, *turn.shown_in_group):
        yield from (case.chat, case.owner)
    yield from (other.chat for other in turn.beside)
