"""The hand-overs that are not finished: one row a case."""

from datetime import datetime
from typing import Final

from state.handovers import HandOver
from state.sqlite.database import Database
from state.sqlite.rows import FLAG, MOMENT, MOMENT_OR_NONE, Rows, instant

_HANDOVER: Final = Rows(
    HandOver, offered_at=MOMENT, heard_at=MOMENT, due_at=MOMENT_OR_NONE, reminded=FLAG, told=FLAG
)
_CHANGED: Final = ", ".join(
    f"{column} = excluded.{column}" for column in _HANDOVER.columns.split(", ")
)


class HandOvers:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, code: str) -> HandOver | None:
        return next(iter(self._where("code = ?", code)), None)

    def of_offer(self, offer: str) -> list[HandOver]:
        return self._where("offer = ?", offer)

    def of_person(self, who: str) -> list[HandOver]:
        return self._where("giver = ? OR receiver = ?", who, who)

    def all(self) -> list[HandOver]:
        return self._where("1")

    def lost(self) -> set[str]:
        rows = self._database.execute(
            "SELECT handovers.code FROM handovers JOIN cases USING (code) "
            "WHERE cases.status = 'closed' OR cases.owner <> giver OR cases.chat <> handovers.chat "
            "OR NOT EXISTS (SELECT 1 FROM colleagues "
            "WHERE colleagues.chat = handovers.chat AND colleagues.who = receiver)"
        )
        return {code for (code,) in rows}

    def keep(self, handover: HandOver) -> None:
        self._database.execute(
            f"INSERT INTO handovers ({_HANDOVER.columns}) VALUES ({_HANDOVER.marks}) "
            f"ON CONFLICT (code) DO UPDATE SET {_CHANGED}",
            _HANDOVER.write(handover),
        )

    def end(self, code: str) -> None:
        self._database.execute("DELETE FROM handovers WHERE code = ?", (code,))

    def next_due(self) -> datetime | None:
        (due_at,) = self._database.execute("SELECT min(due_at) FROM handovers").fetchone()
        return datetime.fromisoformat(due_at) if due_at else None

    def first_due(self, now: datetime) -> HandOver | None:
        rows = self._database.execute(
            f"SELECT {_HANDOVER.columns} FROM handovers WHERE due_at <= ? ORDER BY due_at LIMIT 1",
            (instant(now),),
        )
        return _HANDOVER.first(rows)

    def _where(self, which: str, *given: str) -> list[HandOver]:
        sql = f"SELECT {_HANDOVER.columns} FROM handovers WHERE {which} ORDER BY id"
        return [*self._database.once("handovers", sql, given, _HANDOVER.read)]
