"""Cases past their time: which are erased, and whose owners are asked about them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from state.sql.database import Database
from state.sql.rows import instant

_BEGUN: Final = (
    "EXISTS (SELECT 1 FROM answers WHERE answers.code = cases.code) "
    "OR EXISTS (SELECT 1 FROM events WHERE events.code = cases.code)"
)
OF_A_CASE: Final = (
    "answers", "events", "reminders", "cards", "buttons", "outbox", "offers", "answering",
    "requests", "summaries", "handovers", "asked_back", "read_lines",
)  # fmt: skip


class OldCases:
    def __init__(self, database: Database) -> None:
        self._database = database

    def to_forget(self, before: datetime, most: int) -> list[str]:
        old = self._database.execute(
            "SELECT code, touched_at FROM cases WHERE status = 'closed' AND touched_at < ? "
            "UNION ALL SELECT code, touched_at FROM cases "
            f"WHERE status <> 'closed' AND touched_at < ? AND NOT ({_BEGUN}) "
            "ORDER BY touched_at, code LIMIT ?",
            (instant(before), instant(before), most),
        )
        return [code for code, _ in old]

    def forget(self, before: datetime, most: int) -> int:
        codes = self.to_forget(before, most)
        self.erase(codes)
        return len(codes)

    def erase(self, codes: Sequence[str]) -> None:
        if not codes:
            return
        these = f"({', '.join('?' * len(codes))})"
        self._database.execute(f"UPDATE chats SET active = NULL WHERE active IN {these}", codes)
        for table in (*OF_A_CASE, "cases"):
            self._database.execute(f"DELETE FROM {table} WHERE code IN {these}", codes)

    def codes_to_ask_about(self, before: datetime, most: int, *, besides: str = "") -> list[str]:
        rows = self._database.execute(
            "SELECT cases.code FROM cases LEFT JOIN chats ON chats.chat = cases.chat "
            "WHERE cases.touched_at < ? AND cases.status <> 'closed' AND cases.chat <> ? "
            "AND coalesce(cases.asked_at, '') < ? "
            f"AND coalesce(chats.unreachable, 0) = 0 AND ({_BEGUN}) "
            "ORDER BY cases.touched_at, cases.code LIMIT ?",
            (instant(before), besides, instant(before), most),
        )
        return [code for (code,) in rows]

    def note_asked(self, code: str, at: datetime) -> None:
        self._database.execute(
            "UPDATE cases SET asked_at = ? WHERE code = ?", (instant(at), code), code
        )
