"""Whose each case is, and how it passes to somebody else."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from state.groups import GROUP
from state.records import HANDED_OVER, Entry, StoredCase
from state.sql.cases import UNDER_WAY
from state.sql.database import Database
from state.sql.rows import MOMENT, Rows
from state.store import Conflict

_ENTRY: Final = Rows(Entry, at=MOMENT)
_ACTS_THERE: Final = (
    "EXISTS (SELECT 1 FROM colleagues WHERE colleagues.chat = cases.chat AND who = owner)"
)
_ELSEWHERE: Final = ("cards", "buttons", "outbox", "offers", "requests")


class Ownership:
    def __init__(self, database: Database) -> None:
        self._database = database

    def owners(self, *, besides: str = "") -> list[str]:
        rows = self._database.execute(
            "SELECT DISTINCT owner FROM cases WHERE status <> 'closed' AND chat <> ?",
            (besides,),
        )
        return [owner for (owner,) in rows.fetchall()]

    def under_way_of(self, owner: str, *, besides: str = "", shared: bool = True) -> list[str]:
        rows = self._database.execute(
            f"SELECT code FROM cases WHERE owner = ? AND chat <> ? AND {UNDER_WAY} "
            f"AND (chat NOT LIKE ? || '%' OR (? = 1 AND {_ACTS_THERE})) "
            "ORDER BY touched_at DESC, code",
            (owner, besides, GROUP, int(shared)),
        )
        return [code for (code,) in rows]

    def has_worked(self, who: str) -> bool:
        (found,) = self._database.execute(
            "SELECT EXISTS (SELECT 1 FROM cases WHERE owner = ?) "
            "OR EXISTS (SELECT 1 FROM answers WHERE who = ?)",
            (who, who),
        ).fetchone()
        return bool(found)

    def move(self, case: StoredCase, chat: str, owner: str, at: datetime | None) -> StoredCase:
        cursor = self._database.execute(
            "UPDATE cases SET chat = ?, owner = ?, left_by = '', thread = NULL, asked_at = NULL, "
            "version = version + 1 WHERE code = ? AND version = ?",
            (chat, owner, case.code, case.version),
        )
        if cursor.rowcount != 1:
            raise Conflict(case.code)
        self._database.execute("UPDATE chats SET active = NULL WHERE active = ?", (case.code,))
        for table in _ELSEWHERE:
            self._database.execute(f"DELETE FROM {table} WHERE code = ?", (case.code,))
        moved = self._note(case, owner, at) if at else case
        return replace(moved, chat=chat, owner=owner, thread=None, version=case.version + 1)

    def without_one(self, chat: str) -> list[str]:
        rows = self._database.execute(
            "SELECT code FROM cases WHERE chat = ? AND status <> 'closed' "
            "AND owner NOT IN (SELECT who FROM colleagues WHERE chat = ?) ORDER BY begun_at, code",
            (chat, chat),
        )
        return [code for (code,) in rows]

    def open_in_groups(self, owner: str) -> list[str]:
        rows = self._database.execute(
            f"SELECT code FROM cases WHERE owner = ? AND chat LIKE ? || '%' AND {_ACTS_THERE} "
            "AND status IN ('open', 'waiting') ORDER BY chat, begun_at, code",
            (owner, GROUP),
        )
        return [code for (code,) in rows]

    def take(
        self, case: StoredCase, owner: str, at: datetime, *, read_back: bool = False
    ) -> StoredCase:
        self._database.execute(
            "UPDATE cases SET owner = ?, left_by = '', asked_at = NULL WHERE code = ?",
            (owner, case.code),
        )
        giver = case.owner if read_back else ""
        return replace(self._note(case, owner, at, giver), owner=owner)

    def _note(self, case: StoredCase, owner: str, at: datetime, giver: str = "") -> StoredCase:
        entry = Entry(HANDED_OVER, giver, owner, at)
        self._database.execute(
            f"INSERT INTO events (code, {_ENTRY.columns}) VALUES (?, {_ENTRY.marks})",
            (case.code, *_ENTRY.write(entry)),
        )
        return case.with_entry(entry)
