"""Reads what waits for a chat, lets go what need not be sent any more, and chooses the next row."""

import math
from contextlib import suppress
from typing import Final

from bot.access import Access
from bot.adapters.telegram.outbox.confirming import Confirming
from bot.adapters.telegram.outbox.drawing import draw_toast, word_in
from bot.adapters.telegram.outbox.drawn_beside import DrawnBeside
from bot.adapters.telegram.outbox.finished import Finished
from bot.adapters.telegram.outbox.group_order import GroupOrder
from bot.adapters.telegram.outbox.next_row import Chosen, choose, may_be_shown, still_needed
from bot.adapters.telegram.outbox.pace import Pace
from bot.screens.screen import Screen
from bot.service.written_screens import forget, read
from state.groups import is_group
from state.records import Priority, Queued
from state.store import Store, StoreError

MOST_ROWS_READ: Final = 64
EMERGENCY: Final = "emergency"


class Choosing:
    """Chooses what to send next: the most urgent first, within a case in order."""

    def __init__(
        self,
        store: Store,
        access: Access,
        confirming: Confirming,
        pace: Pace,
        drawn: DrawnBeside,
    ) -> None:
        self._store = store
        self._access = access
        self._drawn = drawn
        self._confirming = confirming
        self._done = Finished(store)
        self._order = GroupOrder(pace, self._hours)

    def next(self, chat: str) -> Chosen | None:
        """Choose what to send next to a chat.

        Rows that are superseded or may not be shown any more are finished without being sent. A
        file that is not drawn yet is left out: its chat is woken when it is.
        """
        while True:
            read = self._store.outbox.pressing(chat, MOST_ROWS_READ + len(self._done.ids))
            rows = [row for row in read if row.id not in self._done.ids]
            allowed = [row for row in rows if may_be_shown(row, self._access)]
            left = still_needed(allowed)
            kept = {row.id for row in left}
            for row in rows:
                self._answer_tap(row)
                if row.id not in kept:
                    self._let_go(row)
            ready = [row for row in left if self._is_ready(row)]
            if ready and is_group(chat):
                self._order.note(chat, allowed)
                return self._order.choose(chat, ready, rows[-1].id)
            if left or not rows:
                return choose(ready, newest=rows[-1].id) if ready else None

    def finished(self, row: Queued) -> None:
        """Remove a row that is shown, or cannot be, from the outbox."""
        self._order.shown(row)
        self._let_go(row)

    def end(self) -> None:
        """Remove at once what is left to remove."""
        self._done.end()

    def _is_ready(self, row: Queued) -> bool:
        return row.priority is not Priority.FILE or self._drawn.is_ready(row)

    def _let_go(self, row: Queued) -> None:
        self._done.add(row.id)
        self._drawn.forget(row)
        forget(row.screens)
        self._confirming.forget(row.query)

    def _answer_tap(self, row: Queued) -> None:
        """Answer a row's tap in the background, before its turn: its chat may have to wait longer.

        What may not be shown any more, or cannot be drawn, says nothing.
        """
        if row.query is None or self._confirming.is_answered(row.query):
            return
        screens = list[Screen]()
        if may_be_shown(row, self._access):
            with suppress(Exception):
                screens = screens_of(row)
        self._confirming.answer_with_result(row.query, draw_toast(screens), word_in(screens))

    def _hours(self, code: str) -> float:
        """Return how soon a case must be seen to, as last said: 0 in an emergency, else its limit.

        One without a limit, or that cannot be read, comes last.
        """
        try:
            case = self._store.cases.find(code)
        except StoreError:
            raise
        except Exception:
            return math.inf
        told = case.told if case else None
        if told and told.level == EMERGENCY:
            return 0.0
        return math.inf if told is None or told.hours is None else told.hours


def screens_of(row: Queued) -> list[Screen]:
    """Return the screens of a row."""
    return [*map(read, row.screens)]
