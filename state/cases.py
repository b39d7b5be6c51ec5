"""Cases and their answers, as they are kept."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from state.database import Database, instant
from state.records import Answer, Entry, StoredCase

_CASE_COLUMNS: Final = (
    "code, chat, owner, status, begun_at, flow, fingerprint, ruleset, touched_at, position, "
    "revisiting, version, adding"
)


class Conflict(Exception):
    """The case was changed by somebody else since it was read; nothing was saved."""


class Cases(Database):
    """The cases, and which of them each chat is working on."""

    def find(self, code: str) -> StoredCase | None:
        """Read a case with all its answers."""
        row = self._execute(f"SELECT {_CASE_COLUMNS} FROM cases WHERE code = ?", (code,)).fetchone()
        return self._triage(row) if row else None

    def active(self, chat: str) -> StoredCase | None:
        """Read the case that a chat is working on."""
        code = self.active_code(chat)
        return self.find(code) if code else None

    def active_code(self, chat: str) -> str | None:
        """Name the case that a chat is working on."""
        row = self._execute("SELECT active FROM chats WHERE chat = ?", (chat,)).fetchone()
        return row[0] if row else None

    def listed(self, chat: str, closed_since: datetime) -> list[StoredCase]:
        """Read a chat's cases, the newest touched first; closed ones only when closed lately."""
        rows = self._execute(
            f"SELECT {_CASE_COLUMNS} FROM cases WHERE chat = ? AND status IN ('open', 'waiting') "
            f"UNION ALL SELECT {_CASE_COLUMNS} FROM cases "
            "WHERE chat = ? AND status = 'closed' AND touched_at >= ? "
            "ORDER BY touched_at DESC, code",
            (chat, chat, instant(closed_since)),
        ).fetchall()
        return [self._triage(row) for row in rows]

    def codes_under_way(self, chat: str) -> list[str]:
        """Name a chat's cases that are not closed and have an answer, the newest touched first."""
        rows = self._execute(
            "SELECT code FROM cases WHERE chat = ? AND status IN ('open', 'waiting') "
            "AND EXISTS (SELECT 1 FROM answers WHERE answers.code = cases.code) "
            "ORDER BY touched_at DESC, code",
            (chat,),
        )
        return [code for (code,) in rows]

    def codes_to_remind(
        self, since: datetime, *, only: str | None = None, besides: str = ""
    ) -> list[str]:
        """Name the cases touched since that are open and can be reached, of one chat or besides."""
        where, chat = ("=", only) if only is not None else ("!=", besides)
        rows = self._execute(
            "SELECT code FROM cases LEFT JOIN chats USING (chat) "
            f"WHERE status IN ('open', 'waiting') AND cases.chat {where} ? "
            "AND chats.unreachable IS NOT 1 AND touched_at >= ? ORDER BY touched_at DESC",
            (chat, instant(since)),
        )
        return [code for (code,) in rows]

    def activate(self, chat: str, code: str | None) -> None:
        """Make a case the one that a chat is working on; None leaves it without."""
        self._execute(
            "INSERT INTO chats (chat, active) VALUES (?, ?) "
            "ON CONFLICT (chat) DO UPDATE SET active = excluded.active",
            (chat, code),
        )

    def add(self, triage: StoredCase) -> None:
        """Keep a new case."""
        self._execute(
            f"INSERT INTO cases ({_CASE_COLUMNS}) VALUES ({', '.join('?' * 13)})", _row(triage)
        )
        self._add_answers(triage.code, triage.answers)
        self._add_entries(triage.code, triage.timeline)

    def save(self, triage: StoredCase, before: StoredCase) -> StoredCase:
        """Keep a changed case and its new answers, and give it as it is kept.

        Raises Conflict when the kept case is not as `before` was.
        """
        cursor = self._execute(
            "UPDATE cases SET status = ?, begun_at = ?, fingerprint = ?, ruleset = ?, "
            "touched_at = ?, position = ?, revisiting = ?, adding = ?, version = version + 1 "
            "WHERE code = ? AND version = ?",
            (
                triage.status, instant(triage.begun_at), triage.fingerprint, triage.ruleset,
                instant(triage.touched_at), triage.position, triage.revisiting,
                int(triage.adding), triage.code, before.version,
            ),
        )  # fmt: skip
        if cursor.rowcount != 1:
            raise Conflict(triage.code)
        self._add_answers(triage.code, triage.answers[len(before.answers) :])
        self._add_entries(triage.code, triage.timeline[len(before.timeline) :])
        return replace(triage, version=before.version + 1)

    def touch(self, triage: StoredCase, before: StoredCase) -> StoredCase:
        """Keep when a case was looked at last; its version, and so its buttons, stay good."""
        self._execute(
            "UPDATE cases SET touched_at = ? WHERE code = ? AND version = ?",
            (instant(triage.touched_at), triage.code, before.version),
        )
        return triage

    def shown_codes(self) -> list[str]:
        """Name the cases that are not closed and have a card in a chat that can be reached."""
        rows = self._execute(
            "SELECT cases.code FROM cases "
            "JOIN cards ON cards.code = cases.code AND cards.role = 'card' "
            "LEFT JOIN chats ON chats.chat = cases.chat "
            "WHERE cases.status IN ('open', 'waiting') AND chats.unreachable IS NOT 1"
        )
        return [code for (code,) in rows.fetchall()]

    def forget_cases(self, before: datetime) -> int:
        """Erase the cases that nobody has touched since; give how many."""
        old = "(SELECT code FROM cases WHERE touched_at < ?)"
        moment = (instant(before),)
        self._execute(f"UPDATE chats SET active = NULL WHERE active IN {old}", moment)
        for table in ("answers", "events", "reminders", "cards", "buttons", "outbox"):
            self._execute(f"DELETE FROM {table} WHERE code IN {old}", moment)
        return self._execute("DELETE FROM cases WHERE touched_at < ?", moment).rowcount

    def _add_answers(self, code: str, answers: Iterable[Answer]) -> None:
        self._connection.executemany(
            "INSERT INTO answers (code, question, value, who, at) VALUES (?, ?, ?, ?, ?)",
            [
                (code, each.question, json.dumps(each.value), each.who, instant(each.at))
                for each in answers
            ],
        )

    def _add_entries(self, code: str, entries: Iterable[Entry]) -> None:
        self._connection.executemany(
            "INSERT INTO events (code, kind, detail, who, at) VALUES (?, ?, ?, ?, ?)",
            [(code, each.kind, each.detail, each.who, instant(each.at)) for each in entries],
        )

    def _entries(self, code: str) -> tuple[Entry, ...]:
        rows = self._execute(
            "SELECT kind, detail, who, at FROM events WHERE code = ? ORDER BY id", (code,)
        )
        return tuple(
            Entry(kind, detail, who, datetime.fromisoformat(at)) for kind, detail, who, at in rows
        )

    def _triage(self, row: tuple[str, ...]) -> StoredCase:
        (
            code, chat, owner, status, begun, flow, print_, ruleset, touched, position, back, n,
            adding,
        ) = row  # fmt: skip
        answers = self._execute(
            "SELECT question, value, who, at FROM answers WHERE code = ? ORDER BY id", (code,)
        )
        return StoredCase(
            code=code,
            chat=chat,
            owner=owner,
            status=status,  # type: ignore[arg-type]
            begun_at=datetime.fromisoformat(begun),
            flow=flow,
            fingerprint=print_,
            ruleset=ruleset,
            touched_at=datetime.fromisoformat(touched),
            position=position,
            revisiting=back,
            version=int(n),
            answers=tuple(
                Answer(question, json.loads(value), who, datetime.fromisoformat(at))
                for question, value, who, at in answers
            ),
            adding=bool(adding),
            timeline=self._entries(code),
        )


def _row(triage: StoredCase) -> tuple[object, ...]:
    return (
        triage.code, triage.chat, triage.owner, triage.status, instant(triage.begun_at),
        triage.flow, triage.fingerprint, triage.ruleset, instant(triage.touched_at),
        triage.position, triage.revisiting, triage.version, int(triage.adding),
    )  # fmt: skip
