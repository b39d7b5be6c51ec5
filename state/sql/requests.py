"""Which question of a case each colleague is asked."""

from typing import Final

from state.requests import Request
from state.sql.database import Database
from state.sql.known import Known
from state.sql.rows import MOMENT, Rows

_REQUEST: Final = Rows(Request, asked_at=MOMENT)
_OPEN: Final = f"SELECT {_REQUEST.columns} FROM requests"
_FIRST: Final = "ORDER BY asked_at, code, whom LIMIT 1"


class Requests:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = Known(database.memory, "requests", self._read)

    def find(self, code: str, whom: str) -> Request | None:
        return next((each for each in self._known.get(code) if each.whom == whom), None)

    def of(self, code: str) -> list[Request]:
        return [*self._known.get(code)]

    def of_person(self, who: str) -> list[Request]:
        rows = self._database.execute(
            f"{_OPEN} WHERE whom = ? OR asked_by = ? ORDER BY asked_at, code, whom", (who, who)
        )
        return _REQUEST.read(rows)

    def ask(self, request: Request) -> None:
        self._database.execute(
            "INSERT INTO chats (chat) VALUES (?) ON CONFLICT (chat) DO NOTHING",
            (request.whom,),
            request.whom,
        )
        self._database.execute(
            f"INSERT INTO requests ({_REQUEST.columns}) VALUES ({_REQUEST.marks}) "
            "ON CONFLICT (code, whom) DO UPDATE SET question = excluded.question, "
            "asked_by = excluded.asked_by, asked_at = excluded.asked_at, "
            "answered = excluded.answered",
            _REQUEST.write(request),
            request.code,
        )

    def end(self, code: str, whom: str) -> None:
        self._database.execute(
            "DELETE FROM requests WHERE code = ? AND whom = ?", (code, whom), code
        )

    def first(self) -> Request | None:
        return _REQUEST.first(self._database.execute(f"{_OPEN} {_FIRST}"))

    def first_unreachable(self) -> Request | None:
        rows = self._database.execute(
            f"{_OPEN} WHERE whom IN (SELECT chat FROM chats WHERE unreachable = 1) " + _FIRST
        )
        return _REQUEST.first(rows)

    def _read(self, code: str) -> tuple[Request, ...]:
        sql = f"{_OPEN} WHERE code = ? ORDER BY asked_at, whom"
        return tuple(_REQUEST.read(self._database.execute(sql, (code,))))
