"""Cases and their answers, as they are kept."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from itertools import starmap
from typing import Final

from state.records import Answer, Entry, StoredCase
from state.sqlite.database import Database, instant
from state.store import Conflict

_CASE_COLUMNS: Final = (
    "code, chat, owner, status, begun_at, flow, fingerprint, ruleset, touched_at, position, "
    "revisiting, version, adding"
)


class Cases:
    """The cases, and which of them each chat is working on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, code: str) -> StoredCase | None:
        row = self._database.execute(
            f"SELECT {_CASE_COLUMNS} FROM cases WHERE code = ?", (code,)
        ).fetchone()
        return self._case(row) if row else None

    def active(self, chat: str) -> StoredCase | None:
        code = self.active_code(chat)
        return self.find(code) if code else None

    def active_code(self, chat: str) -> str | None:
        row = self._database.execute("SELECT active FROM chats WHERE chat = ?", (chat,)).fetchone()
        return row[0] if row else None

    def listed(self, chat: str, closed_since: datetime) -> list[StoredCase]:
        rows = self._database.execute(
            f"SELECT {_CASE_COLUMNS} FROM cases WHERE chat = ? AND status IN ('open', 'waiting') "
            f"UNION ALL SELECT {_CASE_COLUMNS} FROM cases "
            "WHERE chat = ? AND status = 'closed' AND touched_at >= ? "
            "ORDER BY touched_at DESC, code",
            (chat, chat, instant(closed_since)),
        ).fetchall()
        return [self._case(row) for row in rows]

    def codes_under_way(self, chat: str) -> list[str]:
        rows = self._database.execute(
            "SELECT code FROM cases WHERE chat = ? AND status IN ('open', 'waiting') "
            "AND EXISTS (SELECT 1 FROM answers WHERE answers.code = cases.code) "
            "ORDER BY touched_at DESC, code",
            (chat,),
        )
        return [code for (code,) in rows]

    def codes_to_remind(
        self, since: datetime, *, only: str | None = None, besides: str = ""
    ) -> list[str]:
        where, chat = ("=", only) if only is not None else ("!=", besides)
        rows = self._database.execute(
            "SELECT code FROM cases LEFT JOIN chats USING (chat) "
            f"WHERE status IN ('open', 'waiting') AND cases.chat {where} ? "
            "AND chats.unreachable IS NOT 1 AND touched_at >= ? ORDER BY touched_at DESC",
            (chat, instant(since)),
        )
        return [code for (code,) in rows]

    def activate(self, chat: str, code: str | None) -> None:
        self._database.execute(
            "INSERT INTO chats (chat, active) VALUES (?, ?) "
            "ON CONFLICT (chat) DO UPDATE SET active = excluded.active",
            (chat, code),
        )

    def add(self, case: StoredCase) -> None:
        self._database.execute(
            f"INSERT INTO cases ({_CASE_COLUMNS}) VALUES ({', '.join('?' * 13)})", _row(case)
        )
        self._add_answers(case.code, case.answers)
        self._add_entries(case.code, case.timeline)

    def save(self, case: StoredCase, before: StoredCase) -> StoredCase:
        cursor = self._database.execute(
            "UPDATE cases SET status = ?, begun_at = ?, fingerprint = ?, ruleset = ?, "
            "touched_at = ?, position = ?, revisiting = ?, adding = ?, version = version + 1 "
            "WHERE code = ? AND version = ?",
            (
                case.status, instant(case.begun_at), case.fingerprint, case.ruleset,
                instant(case.touched_at), case.position, case.revisiting,
                int(case.adding), case.code, before.version,
            ),
        )  # fmt: skip
        if cursor.rowcount != 1:
            raise Conflict(case.code)
        self._add_answers(case.code, case.answers[len(before.answers) :])
        self._add_entries(case.code, case.timeline[len(before.timeline) :])
        return replace(case, version=before.version + 1)

    def touch(self, case: StoredCase, before: StoredCase) -> StoredCase:
        self._database.execute(
            "UPDATE cases SET touched_at = ? WHERE code = ? AND version = ?",
            (instant(case.touched_at), case.code, before.version),
        )
        return case

    def shown_codes(self) -> list[str]:
        rows = self._database.execute(
            "SELECT cases.code FROM cases "
            "JOIN cards ON cards.code = cases.code AND cards.role = 'card' "
            "LEFT JOIN chats ON chats.chat = cases.chat "
            "WHERE cases.status IN ('open', 'waiting') AND chats.unreachable IS NOT 1"
        )
        return [code for (code,) in rows.fetchall()]

    def forget(self, before: datetime) -> int:
        old = "(SELECT code FROM cases WHERE touched_at < ?)"
        moment = (instant(before),)
        self._database.execute(f"UPDATE chats SET active = NULL WHERE active IN {old}", moment)
        for table in ("answers", "events", "reminders", "cards", "buttons", "outbox"):
            self._database.execute(f"DELETE FROM {table} WHERE code IN {old}", moment)
        return self._database.execute("DELETE FROM cases WHERE touched_at < ?", moment).rowcount

    def _add_answers(self, code: str, answers: Iterable[Answer]) -> None:
        self._database.execute_many(
            "INSERT INTO answers (code, question, value, who, at) VALUES (?, ?, ?, ?, ?)",
            [
                (code, each.question, json.dumps(each.value), each.who, instant(each.at))
                for each in answers
            ],
        )

    def _add_entries(self, code: str, entries: Iterable[Entry]) -> None:
        self._database.execute_many(
            "INSERT INTO events (code, kind, detail, who, at) VALUES (?, ?, ?, ?, ?)",
            [(code, each.kind, each.detail, each.who, instant(each.at)) for each in entries],
        )

    def _entries(self, code: str) -> tuple[Entry, ...]:
        rows = self._database.execute(
            "SELECT kind, detail, who, at FROM events WHERE code = ? ORDER BY id", (code,)
        )
        return tuple(
            Entry(kind, detail, who, datetime.fromisoformat(at)) for kind, detail, who, at in rows
        )

    def _case(self, row: tuple[str, ...]) -> StoredCase:
        (
            code, chat, owner, status, begun, flow, print_, ruleset, touched, position, back, n,
            adding,
        ) = row  # fmt: skip
        answers = self._database.execute(
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
            answers=tuple(starmap(_answer, answers)),
            adding=bool(adding),
            timeline=self._entries(code),
        )


@lru_cache(maxsize=8192)
def _answer(question: str, value: str, who: str, at: str) -> Answer:
    """Read a row of an answer; one that was read lately is the same object, quickly compared."""
    return Answer(question, json.loads(value), who, datetime.fromisoformat(at))


def _row(case: StoredCase) -> tuple[object, ...]:
    return (
        case.code, case.chat, case.owner, case.status, instant(case.begun_at),
        case.flow, case.fingerprint, case.ruleset, instant(case.touched_at),
        case.position, case.revisiting, case.version, int(case.adding),
    )  # fmt: skip
