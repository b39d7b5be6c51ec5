"""Who has been told of which case that its owner can no longer see."""

from collections.abc import Iterable
from datetime import datetime

from state.sql.database import Database
from state.sql.rows import instant


class Offers:
    def __init__(self, database: Database) -> None:
        self._database = database

    def told(self, who: str) -> set[str]:
        rows = self._database.execute("SELECT code FROM offers WHERE who = ?", (who,))
        return {code for (code,) in rows}

    def note(self, codes: Iterable[str], who: str, at: datetime) -> None:
        self._database.execute_many(
            "INSERT INTO offers (code, who, at) VALUES (?, ?, ?)",
            [(code, who, instant(at)) for code in codes],
        )

    def withdraw(self, owner: str) -> None:
        self._database.execute(
            "DELETE FROM offers WHERE code IN (SELECT code FROM cases WHERE owner = ?)", (owner,)
        )
