"""The hand-overs that are not finished: one row a case."""

from datetime import datetime
from typing import Final

from state.handovers import HandOver
from state.sql.database import Database
from state.sql.known import Known
from state.sql.rows import FLAG, MOMENT, MOMENT_OR_NONE, Rows

_HANDOVER: Final = Rows(
    HandOver, offered_at=MOMENT, heard_at=MOMENT, due_at=MOMENT_OR_NONE, reminded=FLAG, told=FLAG
)
_CHANGED: Final = ", ".join(
    f"{column} = excluded.{column}" for column in _HANDOVER.columns.split(", ")
)
_ALL: Final = f"SELECT {_HANDOVER.columns} FROM handovers ORDER BY id"


class HandOvers:
    """They are few, and known all together."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = Known(database.memory, "handovers", self._read, whole=True)

    def of(self, code: str) -> HandOver | None:
        return next((each for each in self._known.get("") if each.code == code), None)

    def of_offer(self, offer: str) -> list[HandOver]:
        return [each for each in self._known.get("") if each.offer == offer]

    def of_person(self, who: str) -> list[HandOver]:
        return [each for each in self._known.get("") if who in (each.giver, each.receiver)]

    def all(self) -> list[HandOver]:
        return [*self._known.get("")]

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
        return min((each.due_at for each in self._known.get("") if each.due_at), default=None)

    def first_due(self, now: datetime) -> HandOver | None:
        due = [each for each in self._known.get("") if each.due_at and each.due_at <= now]
        return min(due, key=lambda each: each.due_at or now, default=None)

    def _read(self, _: str) -> tuple[HandOver, ...]:
        return tuple(_HANDOVER.read(self._database.execute(_ALL)))
