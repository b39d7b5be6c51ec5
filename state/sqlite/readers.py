"""What each person has chosen, as it is kept."""

from datetime import datetime

from state.records import Reader
from state.sqlite.database import Database, instant


class Readers:
    """The people who chose something."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, who: str) -> Reader:
        row = self._database.execute(
            "SELECT who, role, zone FROM readers WHERE who = ?", (who,)
        ).fetchone()
        return Reader(*row) if row else Reader(who)

    def keep(self, reader: Reader, at: datetime) -> None:
        self._database.execute(
            "INSERT INTO readers (who, role, zone, chosen_at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (who) DO UPDATE SET role = excluded.role, zone = excluded.zone, "
            "chosen_at = excluded.chosen_at",
            (reader.who, reader.role, reader.zone, instant(at)),
        )

    def forget(self, before: datetime) -> None:
        self._database.execute(
            "DELETE FROM readers WHERE chosen_at < ? "
            "AND NOT EXISTS (SELECT 1 FROM cases WHERE owner = readers.who) "
            "AND NOT EXISTS (SELECT 1 FROM answers WHERE answers.who = readers.who)",
            (instant(before),),
        )
