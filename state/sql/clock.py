"""What the clock last said, as stored."""

from typing import Final

from state.records import Seen
from state.sql.database import Database
from state.sql.rows import MOMENT, MOMENT_OR_NONE, Rows

_SEEN: Final = Rows(Seen, seen_at=MOMENT, jumped_at=MOMENT_OR_NONE)


class Clock:
    """The clock, as this program last saw it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen(self) -> Seen | None:
        return _SEEN.first(self._database.execute(f"SELECT {_SEEN.columns} FROM clock"))

    def keep(self, seen: Seen) -> None:
        self._database.execute(
            f"INSERT INTO clock (id, {_SEEN.columns}) VALUES (1, {_SEEN.marks}) "
            "ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, "
            "jumped_at = excluded.jumped_at",
            _SEEN.write(seen),
        )
