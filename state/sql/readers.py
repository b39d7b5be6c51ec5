"""What each person has chosen, as stored."""

from datetime import datetime
from typing import Final

from state.people import Reader
from state.sql.database import Database
from state.sql.known import Known
from state.sql.rows import Rows, instant

_READER: Final = Rows(Reader)
_CHOSEN: Final = f"SELECT {_READER.columns} FROM readers WHERE who = ?"


class Readers:
    """The people who chose something."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = Known(database.memory, "readers", self._read)

    def get(self, who: str) -> Reader:
        return self._known.get(who)

    def keep(self, reader: Reader, at: datetime) -> None:
        self._database.execute(
            f"INSERT INTO readers ({_READER.columns}, chosen_at) VALUES ({_READER.marks}, ?) "
            "ON CONFLICT (who) DO UPDATE SET role = excluded.role, zone = excluded.zone, "
            "chosen_at = excluded.chosen_at",
            (*_READER.write(reader), instant(at)),
            reader.who,
        )

    def forget(self, before: datetime) -> None:
        self._database.execute(
            "DELETE FROM readers WHERE chosen_at < ? "
            "AND NOT EXISTS (SELECT 1 FROM cases WHERE owner = readers.who) "
            "AND NOT EXISTS (SELECT 1 FROM answers WHERE answers.who = readers.who)",
            (instant(before),),
        )

    def _read(self, who: str) -> Reader:
        return _READER.first(self._database.execute(_CHOSEN, (who,))) or Reader(who)
