"""What came in: each update once, what waits, what was set aside, where polling stands."""

from collections.abc import Iterable
from datetime import datetime

from state.records import LeftTap, Poll
from state.sqlite.database import Database, instant


class Inbox:
    """The updates, by their numbers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def receive(self, update_id: int, tap: str | None, at: datetime, *, again: bool) -> int:
        row = self._database.execute(
            "INSERT INTO inbox (update_id, received_at, tap, waiting, attempts) "
            "VALUES (?1, ?2, ?3, 1, 1) ON CONFLICT (update_id) DO UPDATE "
            "SET attempts = attempts + ?4 WHERE waiting = 1 RETURNING attempts",
            (update_id, instant(at), tap, int(not again)),
        ).fetchone()
        return int(row[0]) if row else 0

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
            "SELECT update_id, tap, attempts FROM inbox "
            "WHERE waiting = 1 AND tap IS NOT NULL ORDER BY update_id"
        )
        return [LeftTap(*row) for row in rows]

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
        row = self._database.execute(
            "SELECT next_update, polled_at, updated_at FROM poll"
        ).fetchone()
        if row is None:
            return None
        following, polled, updated = row
        return Poll(
            following, datetime.fromisoformat(polled), datetime.fromisoformat(updated or polled)
        )

    def keep_poll(self, poll: Poll) -> None:
        self._database.execute(
            "INSERT INTO poll (id, next_update, polled_at, updated_at) VALUES (1, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET next_update = excluded.next_update, "
            "polled_at = excluded.polled_at, updated_at = excluded.updated_at",
            (poll.next_update, instant(poll.polled_at), instant(poll.updated_at)),
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
