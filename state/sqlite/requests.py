"""Which question of a case each colleague is asked."""

from typing import Final

from state.requests import Request
from state.sqlite.database import Database
from state.sqlite.rows import MOMENT, Rows

_REQUEST: Final = Rows(Request, asked_at=MOMENT)
_OPEN: Final = f"SELECT {_REQUEST.columns} FROM requests"


class Requests:
    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, code: str, whom: str) -> Request | None:
        rows = self._database.execute(f"{_OPEN} WHERE code = ? AND whom = ?", (code, whom))
        return _REQUEST.first(rows)

    def of(self, code: str) -> list[Request]:
        sql = f"{_OPEN} WHERE code = ? ORDER BY asked_at, whom"
        return [*self._database.once("requests", sql, (code,), _REQUEST.read)]

    def of_person(self, who: str) -> list[Request]:
        rows = self._database.execute(
            f"{_OPEN} WHERE whom = ? OR asked_by = ? ORDER BY asked_at, code, whom", (who, who)
        )
        return _REQUEST.read(rows)

    def ask(self, request: Request) -> None:
        self._database.execute(
            "INSERT INTO chats (chat) VALUES (?) ON CONFLICT (chat) DO NOTHING", (request.whom,)
        )
        self._database.execute(
            f"INSERT INTO requests ({_REQUEST.columns}) VALUES ({_REQUEST.marks}) "
            "ON CONFLICT (code, whom) DO UPDATE SET question = excluded.question, "
            "asked_by = excluded.asked_by, asked_at = excluded.asked_at, "
            "answered = excluded.answered",
            _REQUEST.write(request),
        )

    def end(self, code: str, whom: str) -> None:
        self._database.execute("DELETE FROM requests WHERE code = ? AND whom = ?", (code, whom))

    def first(self) -> Request | None:
        return _REQUEST.first(self._database.execute(f"{_OPEN} ORDER BY asked_at LIMIT 1"))

    def first_unreachable(self) -> Request | None:
        rows = self._database.execute(
            f"{_OPEN} WHERE whom IN (SELECT chat FROM chats WHERE unreachable = 1) "
            "ORDER BY asked_at LIMIT 1"
        )
        return _REQUEST.first(rows)
