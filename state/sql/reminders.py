"""Reminders as stored: each is needed, then claimed once when it is sent."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from state.records import Reminder, Wanted
from state.sql.database import Database
from state.sql.known import Known
from state.sql.rows import MOMENT, Rows, instant

_KEPT: Final = "id, kind, deadline, claimed_at IS NOT NULL"
_REMINDER: Final = Rows(Reminder, deadline=MOMENT, due_at=MOMENT)


class Reminders:
    """The reminders of each case, due and already sent."""

    columns = _KEPT

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = Known(database.memory, "reminders", self._read)

    def set(
        self, code: str, wanted: Iterable[Wanted], *, renewed_at: datetime | None = None
    ) -> None:
        kept = {(each.kind, instant(each.deadline)): each for each in wanted}
        for id, kind, deadline, claimed in self._known.get(code):
            again = kept.pop((kind, deadline), None)
            if not claimed and again is None:
                self._database.execute("DELETE FROM reminders WHERE id = ?", (id,), code)
            elif again and again.due_at and renewed_at and not again.from_now:
                self._database.execute(
                    "UPDATE reminders SET due_at = ? "
                    "WHERE id = ? AND claimed_at IS NULL AND due_at > ?",
                    (instant(again.due_at), id, instant(renewed_at)),
                    code,
                )
        for (kind, deadline), each in kept.items():
            if each.due_at is not None:
                self._database.execute(
                    "INSERT INTO reminders (code, kind, deadline, due_at) VALUES (?, ?, ?, ?)",
                    (code, kind, deadline, instant(each.due_at)),
                    code,
                )

    def note_read(self, code: str, rows: Iterable[Sequence[Any]]) -> None:
        self._known.set(code, tuple((id, kind, at, claimed) for id, kind, at, claimed in rows))

    def put_off(self, code: str, kind: str, deadline: datetime, until: datetime) -> None:
        self._database.execute(
            "INSERT INTO reminders (code, kind, deadline, due_at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (code, kind, deadline) DO UPDATE "
            "SET due_at = excluded.due_at, claimed_at = NULL",
            (code, kind, instant(deadline), instant(until)),
            code,
        )

    def pending(self, code: str) -> list[Reminder]:
        rows = self._database.execute(
            f"SELECT {_REMINDER.columns} FROM reminders WHERE code = ? AND claimed_at IS NULL "
            "ORDER BY due_at, id",
            (code,),
        )
        return _REMINDER.read(rows)

    def find(self, id: int) -> Reminder | None:
        rows = self._database.execute(
            f"SELECT {_REMINDER.columns} FROM reminders WHERE id = ?", (id,)
        )
        return _REMINDER.first(rows)

    def first(self, *, only: str | None = None, besides: str = "") -> Reminder | None:
        where, chat = ("=", only) if only is not None else ("<>", besides)
        rows = self._database.execute(
            f"SELECT {_REMINDER.columns} FROM reminders JOIN cases USING (code) "
            f"WHERE reminders.claimed_at IS NULL AND cases.chat {where} ? "
            "ORDER BY reminders.due_at, reminders.id LIMIT 1",
            (chat,),
        )
        return _REMINDER.first(rows)

    def count_due(self, now: datetime, *, besides: str = "") -> int:
        row = self._database.execute(
            "SELECT count(*) FROM reminders JOIN cases USING (code) "
            "WHERE reminders.claimed_at IS NULL AND reminders.due_at <= ? AND cases.chat <> ?",
            (instant(now), besides),
        ).fetchone()
        return int(row[0])

    def claim(self, code: str, now: datetime, clock: str = "") -> Reminder | None:
        pending = self.pending(code)
        due = [each for each in pending if each.due_at <= now and each.kind.startswith(clock)]
        self._database.execute_many(
            "UPDATE reminders SET claimed_at = ? WHERE id = ?",
            [(instant(now), each.id) for each in due],
            code,
        )
        return due[-1] if due else None

    def together(self, id: int) -> list[Reminder]:
        rows = self._database.execute(
            f"SELECT {_REMINDER.columns} FROM reminders WHERE (code, claimed_at) = "
            "(SELECT code, claimed_at FROM reminders WHERE id = ?) ORDER BY due_at, id",
            (id,),
        )
        return _REMINDER.read(rows)

    def forget(self, id: int) -> None:
        self._database.execute(
            "DELETE FROM reminders WHERE (code, claimed_at) = "
            "(SELECT code, claimed_at FROM reminders WHERE id = ?)",
            (id,),
        )

    def release(self, now: datetime, claimed_after: datetime) -> None:
        self._database.execute(
            "UPDATE reminders SET claimed_at = NULL WHERE claimed_at > ? AND due_at > ?",
            (instant(claimed_after), instant(now)),
        )

    def _read(self, code: str) -> tuple[tuple[int, str, str, int], ...]:
        """Read what `set` needs to know: id, kind, deadline and whether it was claimed."""
        rows = self._database.execute(
            f"SELECT {_KEPT} FROM reminders WHERE code = ? ORDER BY id", (code,)
        )
        return tuple(rows.fetchall())
