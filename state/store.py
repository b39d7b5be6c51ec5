"""The store: everything that is kept. Only the modules of this package know SQL."""

from datetime import datetime

from state.cases import Cases
from state.database import instant
from state.inbox import Inbox
from state.outbox import Outbox
from state.readers import Readers
from state.reminders import Reminders


class Store(Cases, Inbox, Outbox, Readers, Reminders):
    """An open database. Every change happens inside `turn()`."""

    def forget_before(self, updates: datetime, buttons: datetime) -> None:
        """Drop updates and buttons that are too old to matter, and chats of which nothing is left.

        An update that still waits is kept where Telegram does not give it again: a tap.
        """
        self._execute(
            "DELETE FROM inbox "
            "WHERE parked = 0 AND (waiting = 0 OR tap IS NULL) AND received_at < ?",
            (instant(updates),),
        )
        self._execute(
            "UPDATE inbox SET tap = NULL WHERE parked = 1 AND received_at < ?",
            (instant(updates),),
        )
        self._execute("DELETE FROM buttons WHERE minted_at < ?", (instant(buttons),))
        self._execute(
            "DELETE FROM chats WHERE chat IN (SELECT chat FROM chats EXCEPT SELECT chat FROM cases "
            "EXCEPT SELECT chat FROM outbox EXCEPT SELECT chat FROM buttons)"
        )
