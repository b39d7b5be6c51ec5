"""What each person has chosen, as it is kept."""

from datetime import datetime

from state.database import Database, instant
from state.records import Reader


class Readers(Database):
    """The people who chose something."""

    def reader(self, who: str) -> Reader:
        """Read what a person has chosen; nothing is chosen where nothing is kept."""
        row = self._execute("SELECT who, role, zone FROM readers WHERE who = ?", (who,)).fetchone()
        return Reader(*row) if row else Reader(who)

    def keep_reader(self, reader: Reader, at: datetime) -> None:
        """Keep what a person has chosen."""
        self._execute(
            "INSERT INTO readers (who, role, zone, chosen_at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (who) DO UPDATE SET role = excluded.role, zone = excluded.zone, "
            "chosen_at = excluded.chosen_at",
            (reader.who, reader.role, reader.zone, instant(at)),
        )

    def forget_readers(self, before: datetime) -> None:
        """Erase what was chosen before a moment by those of whom nothing else is left."""
        self._execute(
            "DELETE FROM readers WHERE chosen_at < ? "
            "AND NOT EXISTS (SELECT 1 FROM cases WHERE owner = readers.who) "
            "AND NOT EXISTS (SELECT 1 FROM answers WHERE answers.who = readers.who)",
            (instant(before),),
        )
