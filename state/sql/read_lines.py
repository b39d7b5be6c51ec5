"""Lines that were read and are not yet confirmed, as stored: what was understood of them."""

from datetime import datetime
from typing import Final

from state.read_lines import ReadLine
from state.sql.database import Database
from state.sql.known import Known
from state.sql.rows import JSON, MOMENT, MOMENT_OR_NONE, Rows, instant

_LINE: Final = Rows(
    ReadLine, at=MOMENT, fields=JSON, denied=JSON, doubts=JSON, left_out=JSON,
    remind_at=MOMENT_OR_NONE, due_at=MOMENT_OR_NONE,
)  # fmt: skip
_ANEW: Final = ", ".join(f"{each} = excluded.{each}" for each in _LINE.columns.split(", "))
_NOTHING: Final = "{}"


class ReadLines:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = Known(database.memory, "read_lines", self._read)

    def find(self, code: str) -> ReadLine | None:
        line = self._known.get(code)
        return line if line and line.fields else None

    def keep(self, line: ReadLine) -> None:
        self._database.execute(
            f"INSERT INTO read_lines ({_LINE.columns}) VALUES ({_LINE.marks}) "
            f"ON CONFLICT (code) DO UPDATE SET {_ANEW}",
            _LINE.write(line),
            line.code,
        )

    def end(self, code: str) -> None:
        self._database.execute(
            f"UPDATE read_lines SET mark = '', fields = '{_NOTHING}', denied = '[]', unread = 0, "
            "doubts = '[]', left_out = '[]', remind_at = NULL, due_at = NULL WHERE code = ?",
            (code,),
            code,
        )

    def was_read(self, code: str) -> bool:
        return self._known.get(code) is not None

    def first(self, *, only: str | None = None, besides: str = "") -> ReadLine | None:
        where, chat = ("=", only) if only is not None else ("<>", besides)
        columns = ", ".join(f"read_lines.{each}" for each in _LINE.columns.split(", "))
        rows = self._database.execute(
            f"SELECT {columns} FROM read_lines JOIN cases USING (code) "
            f"WHERE remind_at IS NOT NULL AND cases.chat {where} ? "
            "ORDER BY remind_at, read_lines.code LIMIT 1",
            (chat,),
        )
        return _LINE.first(rows)

    def reminded(self, code: str, until: datetime) -> None:
        self._database.execute(
            "UPDATE read_lines SET remind_at = NULL WHERE code = ? AND remind_at <= ?",
            (code, instant(until)),
            code,
        )

    def _read(self, code: str) -> ReadLine | None:
        sql = f"SELECT {_LINE.columns} FROM read_lines WHERE code = ?"
        return _LINE.first(self._database.execute(sql, (code,)))
