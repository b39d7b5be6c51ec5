"""`/board`: the open cases of a chat or topic, on one message that is kept up to date."""

from datetime import datetime
from typing import Final

from bot.installation import Setting
from bot.screens.board import ON_PAGE, BoardView, draw_board, draw_ended, pages_of
from bot.screens.pages import split_page
from bot.screens.screen import Screen, dump
from bot.screens.summary import summarise, unreadable
from bot.screens.time_zones import find_zone
from bot.turn import Turn
from state.boards import Board
from state.records import Priority
from state.store import Store, StoreError

DRAWN_WHEN_SENT: Final = Screen("board", "")


def board(turn: Turn, which: str) -> None:
    """Send the board of this chat or topic below everything; its buttons turn its pages.

    Where messages can be edited it is drawn when it is sent, so that it is never older.
    """
    _, number = split_page(which)
    place = Board(turn.chat, turn.incoming.thread or 0, number)
    turn.note_action("listed")
    turn.case = None
    if turn.touch:
        turn.store.boards.turn_to(place.chat, place.thread, place.page)
        turn.screens.append(DRAWN_WHEN_SENT)
    else:
        turn.screens.append(draw_now(turn.store, turn.setting, place, turn.now))


def draw_now(store: Store, setting: Setting, place: Board, now: datetime) -> Screen:
    """Draw a board as of now, in the current transaction: cases that lack a summary get one."""
    chat, thread, boards = place.chat, place.thread, store.boards
    for code in boards.without_summary(chat, thread):
        _sum_up(store, setting, code, now)
    count, overdue = boards.count(chat, thread, now)
    page = min(max(place.page, 1), pages_of(count))
    cases = boards.cases(chat, thread, (page - 1) * ON_PAGE, ON_PAGE)
    zones = [zone for name in boards.zones(chat) if (zone := find_zone(name))]
    view = BoardView(chat, cases, count, overdue, page, now, setting.engine.zone, zones)
    return draw_board(view)


def end_board(store: Store, board: Board, now: datetime) -> None:
    """Forget a board, and queue an edit of its message that says so, in the current transaction.

    It is sent whether or not the chat still has access.
    """
    store.boards.drop(board)
    if board.message_id:
        store.outbox.enqueue(
            chat=board.chat, code=None, screens=[dump(draw_ended())], token=None, query=None,
            tapped=board.message_id, anew=False, priority=Priority.REFUSAL, at=now,
            thread=board.thread or None,
        )  # fmt: skip


def _sum_up(store: Store, setting: Setting, code: str, now: datetime) -> None:
    """Work out what boards say of a case that was last changed before there were any."""
    try:
        case = store.cases.find(code)
        found = summarise(case, setting.engine.stand(case, now)) if case else unreadable(code)
    except StoreError:
        raise
    except Exception:
        found = unreadable(code)
    store.boards.sum_up(found)
