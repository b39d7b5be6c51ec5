"""Reminders, as they are kept: each is wanted, then claimed once when it is given."""

from collections.abc import Iterable
from datetime import datetime

from state.database import Database, instant
from state.records import Reminder, Wanted

_COLUMNS = "reminders.id, reminders.code, reminders.kind, reminders.deadline, reminders.due_at"


class Reminders(Database):
    """What each case is to be reminded of, and what was given already."""

    def set_reminders(
        self, code: str, wanted: Iterable[Wanted], *, renewed_at: datetime | None = None
    ) -> None:
        """Keep what a case wants now; what it had and wants no longer is dropped.

        One that is kept already, given or not, stays as it is; one that is renewed before it is
        due takes its new time. One without a `due_at` is not wanted by itself, but stays where
        somebody put it off.
        """
        kept = {(each.kind, instant(each.deadline)): each for each in wanted}
        known = self._execute(
            "SELECT id, kind, deadline, claimed_at FROM reminders WHERE code = ?", (code,)
        ).fetchall()
        for id, kind, deadline, claimed_at in known:
            again = kept.pop((kind, deadline), None)
            if claimed_at is None and again is None:
                self._execute("DELETE FROM reminders WHERE id = ?", (id,))
            elif again and again.due_at and renewed_at:
                self._execute(
                    "UPDATE reminders SET due_at = ? "
                    "WHERE id = ? AND claimed_at IS NULL AND due_at > ?",
                    (instant(again.due_at), id, instant(renewed_at)),
                )
        self._connection.executemany(
            "INSERT INTO reminders (code, kind, deadline, due_at) VALUES (?, ?, ?, ?)",
            [
                (code, *key, instant(each.due_at))
                for key, each in kept.items()
                if each.due_at is not None
            ],
        )

    def put_off(self, code: str, kind: str, deadline: datetime, until: datetime) -> None:
        """Keep a reminder until later, also when one of its kind was given before."""
        self._execute(
            "INSERT INTO reminders (code, kind, deadline, due_at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (code, kind, deadline) DO UPDATE "
            "SET due_at = excluded.due_at, claimed_at = NULL",
            (code, kind, instant(deadline), instant(until)),
        )

    def reminders(self, code: str) -> list[Reminder]:
        """Read what a case will be reminded of, in order."""
        rows = self._execute(
            f"SELECT {_COLUMNS} FROM reminders WHERE code = ? AND claimed_at IS NULL "
            "ORDER BY due_at, id",
            (code,),
        )
        return [_reminder(row) for row in rows]

    def next_reminder(self, *, only: str | None = None, besides: str = "") -> Reminder | None:
        """Read the reminder that is due first, of one chat or of every chat besides one."""
        where, chat = ("=", only) if only is not None else ("!=", besides)
        row = self._execute(
            f"SELECT {_COLUMNS} FROM reminders JOIN cases USING (code) "
            f"WHERE reminders.claimed_at IS NULL AND cases.chat {where} ? "
            "ORDER BY reminders.due_at LIMIT 1",
            (chat,),
        ).fetchone()
        return _reminder(row) if row else None

    def claim_reminders(self, code: str, now: datetime) -> Reminder | None:
        """Claim everything of a case that is due, and give the newest; None when there is none."""
        due = [each for each in self.reminders(code) if each.due_at <= now]
        self._connection.executemany(
            "UPDATE reminders SET claimed_at = ? WHERE id = ?",
            [(instant(now), each.id) for each in due],
        )
        return due[-1] if due else None


def _reminder(row: tuple[int, str, str, str, str]) -> Reminder:
    id, code, kind, deadline, due_at = row
    return Reminder(
        id, code, kind, datetime.fromisoformat(deadline), datetime.fromisoformat(due_at)
    )
