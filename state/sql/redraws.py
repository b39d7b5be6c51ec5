"""How far the open cards are redrawn, as stored."""

from typing import Final

from state.records import Place
from state.sql.database import Database
from state.sql.rows import MOMENT, Rows

_PLACE: Final = Rows(Place, touched_at=MOMENT)


class Redraws:
    """The one place after which cards are still to be redrawn."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def place(self) -> Place | None:
        return _PLACE.first(self._database.execute(f"SELECT {_PLACE.columns} FROM redraws"))

    def keep(self, place: Place | None) -> None:
        self._database.execute("DELETE FROM redraws")
        if place:
            self._database.execute(
                f"INSERT INTO redraws (id, {_PLACE.columns}) VALUES (1, {_PLACE.marks})",
                _PLACE.write(place),
            )
