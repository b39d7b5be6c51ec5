"""Incoming updates: each once, those waiting, those set aside, and the polling position."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from state.records import LeftTap, Poll
from state.sql.database import Database
from state.sql.rows import MOMENT, Rows, instant

_LEFT: Final = Rows(LeftTap)
_POLL: Final = Rows(Poll, polled_at=MOMENT, updated_at=MOMENT)
_RECEIVE: Final = (
    "INSERT INTO inbox (update_id, received_at, tap, waiting, attempts) "
    "VALUES (?, ?, ?, 1, 1) ON CONFLICT (update_id) DO UPDATE "
    "SET attempts = inbox.attempts + ? WHERE inbox.waiting = 1 RETURNING attempts"
)


class Inbox:
    """The updates, by number."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def receive(self, update_id: int, tap: str | None, at: datetime, *, again: bool) -> int:
        (attempts,) = self.receive_all([(update_id, tap, again)], at)
        return attempts

    def receive_all(
        self, updates: Iterable[tuple[int, str | None, bool]], at: datetime
    ) -> list[int]:
        received = [
            self._database.execute(_RECEIVE, (update_id, instant(at), tap, int(not again)))
            for update_id, tap, again in updates
        ]
        rows = [each.fetchone() for each in received]
        return [int(row[0]) if row else 0 for row in rows]

    def received(self, update_ids: Sequence[int]) -> set[int]:
        these = ", ".join("?" * len(update_ids))
        rows = self._database.execute(
            f"SELECT update_id FROM inbox WHERE update_id IN ({these})", update_ids
        )
        return {int(number) for (number,) in rows}

    def note_handled(self, update_id: int, at: datetime) -> bool:
        cursor = self._database.execute(
            "INSERT INTO inbox (update_id, received_at, attempts) VALUES (?, ?, 1) "
            "ON CONFLICT (update_id) DO NOTHING",
            (update_id, instant(at)),
        )
        return cursor.rowcount == 1

    def take_back(self, update_ids: Iterable[int]) -> None:
        self._database.execute_many(
            "UPDATE inbox SET attempts = attempts - 1 WHERE update_id = ? AND waiting = 1",
            [(update_id,) for update_id in update_ids],
        )

    def claim(self, update_id: int) -> bool:
        cursor = self._database.execute(
            "UPDATE inbox SET waiting = 0, tap = NULL WHERE update_id = ? AND waiting = 1",
            (update_id,),
        )
        return cursor.rowcount == 1

    def left_taps(self) -> list[LeftTap]:
        rows = self._database.execute(
            f"SELECT {_LEFT.columns} FROM inbox "
            "WHERE waiting = 1 AND tap IS NOT NULL ORDER BY update_id"
        )
        return _LEFT.read(rows)

    def park(self, update_id: int, tap: str | None, at: datetime) -> None:
        self._database.execute(
            "INSERT INTO inbox (update_id, received_at, tap, parked) VALUES (?, ?, ?, 1) "
            "ON CONFLICT (update_id) DO UPDATE SET parked = 1, waiting = 0, tap = excluded.tap",
            (update_id, instant(at), tap),
        )

    def parked_count(self) -> int:
        return int(
            self._database.execute("SELECT count(*) FROM inbox WHERE parked = 1").fetchone()[0]
        )

    def poll(self) -> Poll | None:
        rows = self._database.execute(
            "SELECT next_update, polled_at, coalesce(updated_at, polled_at) FROM poll"
        )
        return _POLL.first(rows)

    def keep_poll(self, poll: Poll) -> None:
        self._database.execute(
            f"INSERT INTO poll (id, {_POLL.columns}) VALUES (1, {_POLL.marks}) "
            "ON CONFLICT (id) DO UPDATE SET next_update = excluded.next_update, "
            "polled_at = excluded.polled_at, updated_at = excluded.updated_at",
            _POLL.write(poll),
        )

    def forget(self, before: datetime) -> None:
        moment = (instant(before),)
        self._database.execute(
            "DELETE FROM inbox "
            "WHERE parked = 0 AND (waiting = 0 OR tap IS NULL) AND received_at < ?",
            moment,
        )
        self._database.execute(
            "UPDATE inbox SET tap = NULL WHERE parked = 1 AND received_at < ?", moment
        )
