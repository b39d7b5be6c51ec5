"""Cases and their answers, as stored."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, replace
from datetime import datetime
from functools import lru_cache
from itertools import starmap
from typing import Any, Final

from state.records import (
    TAKEN_BACK,
    UNDONE,
    Answer,
    Entry,
    OpenCase,
    Place,
    StoredCase,
    Told,
)
from state.sqlite.chats import row_of
from state.sqlite.database import Database
from state.sqlite.rows import FLAG, JSON, MOMENT, Kind, Rows, instant
from state.store import Conflict

_TOLD: Final = Kind(
    lambda told: json.dumps(astuple(told)) if told else None,
    lambda texts: (Told(*json.loads(each)) if each else None for each in texts),
)
_CASE: Final = Rows(
    StoredCase, "answers", "timeline", begun_at=MOMENT, touched_at=MOMENT, adding=FLAG, told=_TOLD
)
_FIND: Final = f"SELECT {_CASE.columns} FROM cases WHERE code = ?"
_ANSWER: Final = Rows(Answer, value=JSON, at=MOMENT)
_ENTRY: Final = Rows(Entry, at=MOMENT)
_OPEN: Final = Rows(OpenCase, touched_at=MOMENT, reachable=FLAG, shown=FLAG)
_STANDS = "(SELECT sum(CASE {} WHEN '{}' THEN -1 ELSE 1 END) FROM {} WHERE code = cases.code) > 0"
_ANSWERED: Final = _STANDS.format("value", json.dumps(TAKEN_BACK), "answers")
_NOTED: Final = _STANDS.format("kind", UNDONE, "events")
_READ: Final = (
    "EXISTS (SELECT 1 FROM read_lines WHERE read_lines.code = cases.code AND fields <> '{}')"
)
UNDER_WAY: Final = f"status IN ('open', 'waiting') AND ({_ANSWERED} OR {_NOTED} OR {_READ})"
_BEGUN: Final = (
    "EXISTS (SELECT 1 FROM answers WHERE answers.code = cases.code) "
    "OR EXISTS (SELECT 1 FROM events WHERE events.code = cases.code)"
)
OF_A_CASE: Final = (
    "answers", "events", "reminders", "cards", "buttons", "outbox", "offers", "answering",
    "requests", "summaries", "handovers", "asked_back", "read_lines",
)  # fmt: skip
MOST_CASES_REMEMBERED: Final = 128
MOST_ANSWERS_REMEMBERED: Final = 1024


class Cases:
    """The cases, and which of them each chat is working on."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = dict[str, tuple[list[Any], tuple[Answer, ...]]]()

    def find(self, code: str) -> StoredCase | None:
        return self._database.once("cases answers events", _FIND, (code,), self._first)

    def active(self, chat: str) -> StoredCase | None:
        code = self.active_code(chat)
        return self.find(code) if code else None

    def active_code(self, chat: str) -> str | None:
        row = row_of(self._database, chat)
        return row[0] if row else None

    def listed(self, chat: str, closed_since: datetime) -> list[StoredCase]:
        rows = self._database.execute(
            f"SELECT {_CASE.columns} FROM cases WHERE chat = ? AND status IN ('open', 'waiting') "
            f"UNION ALL SELECT {_CASE.columns} FROM cases "
            "WHERE chat = ? AND status = 'closed' AND touched_at >= ? "
            "ORDER BY touched_at DESC, code",
            (chat, chat, instant(closed_since)),
        )
        return self._read(rows)

    def codes_under_way(self, chat: str) -> list[str]:
        return self._under_way("chat = ?", chat)

    def codes_open(self, chat: str) -> list[str]:
        rows = self._database.execute(
            "SELECT code FROM cases WHERE chat = ? AND status IN ('open', 'waiting') "
            "ORDER BY touched_at DESC, code",
            (chat,),
        )
        return [code for (code,) in rows]

    def codes_to_remind(self, since: datetime, only: str) -> list[str]:
        rows = self._database.execute(
            "SELECT cases.code FROM cases LEFT JOIN chats ON chats.chat = cases.chat "
            "WHERE cases.status IN ('open', 'waiting') AND cases.chat = ? "
            "AND coalesce(chats.unreachable, 0) = 0 AND cases.touched_at >= ? "
            "ORDER BY cases.touched_at DESC",
            (only, instant(since)),
        )
        return [code for (code,) in rows]

    def open_after(self, place: Place, most: int) -> list[OpenCase]:
        rows = self._database.execute(
            "SELECT cases.touched_at, cases.code, cases.chat, cases.ruleset, cases.policy, "
            "coalesce(chats.unreachable, 0) = 0, "
            "coalesce(chats.unreachable, 0) = 0 AND EXISTS (SELECT 1 FROM cards "
            "WHERE cards.code = cases.code AND cards.role = 'card') "
            "FROM cases LEFT JOIN chats ON chats.chat = cases.chat "
            "WHERE cases.status <> 'closed' AND (cases.touched_at, cases.code) < (?, ?) "
            "ORDER BY cases.touched_at DESC, cases.code DESC LIMIT ?",
            (instant(place.touched_at), place.code, most),
        )
        return _OPEN.read(rows)

    def activate(self, chat: str, code: str | None) -> None:
        self._database.execute(
            "INSERT INTO chats (chat, active) VALUES (?, ?) "
            "ON CONFLICT (chat) DO UPDATE SET active = excluded.active",
            (chat, code),
        )

    def open_levels(self, *, besides: str = "") -> dict[str, int]:
        rows = self._database.execute(
            "SELECT told, count(*) FROM cases WHERE status IN ('open', 'waiting') AND chat <> ? "
            "AND EXISTS (SELECT 1 FROM answers WHERE answers.code = cases.code) GROUP BY told",
            (besides,),
        )
        levels = Counter[str]()
        for told, count in rows:
            levels[json.loads(told)[0] if told else ""] += count
        return dict(levels)

    def shown_after(self, code: str, chat: str, until: datetime) -> list[str]:
        rows = self._database.execute(
            "WITH shown (code, at) AS ("
            "SELECT code, touched_at FROM cases WHERE chat = ? AND status <> 'closed' "
            "UNION ALL SELECT code, asked_at FROM cases WHERE chat = ? "
            "AND status <> 'closed' AND asked_at IS NOT NULL "
            "UNION ALL SELECT code, claimed_at FROM reminders JOIN cases USING (code) "
            "WHERE chat = ? AND status <> 'closed' AND claimed_at IS NOT NULL) "
            "SELECT code FROM shown WHERE code <> ? AND at <= ? "
            "AND at > (SELECT max(at) FROM shown WHERE code = ?) "
            "GROUP BY code ORDER BY max(at) DESC, code",
            (chat, chat, chat, code, instant(until), code),
        )
        return [code for (code,) in rows]

    def add(self, case: StoredCase) -> None:
        self._database.execute(
            f"INSERT INTO cases ({_CASE.columns}) VALUES ({_CASE.marks})", _CASE.write(case)
        )
        self._add(case.code, case.answers, case.timeline)

    def save(self, case: StoredCase, before: StoredCase) -> StoredCase:
        cursor = self._database.execute(
            "UPDATE cases SET status = ?, begun_at = ?, fingerprint = ?, ruleset = ?, "
            "touched_at = ?, position = ?, revisiting = ?, adding = ?, policy = ?, told = ?, "
            "left_by = CASE WHEN ? THEN '' ELSE left_by END, version = version + 1 "
            "WHERE code = ? AND version = ?",
            (
                case.status, instant(case.begun_at), case.fingerprint, case.ruleset,
                instant(case.touched_at), case.position, case.revisiting,
                int(case.adding), case.policy, _TOLD.write(case.told), case.status == "closed",
                case.code, before.version,
            ),
        )  # fmt: skip
        if cursor.rowcount != 1:
            raise Conflict(case.code)
        self._add(
            case.code,
            case.answers[len(before.answers) :],
            case.timeline[len(before.timeline) :],
        )
        return replace(case, version=before.version + 1)

    def touch(self, case: StoredCase, before: StoredCase) -> StoredCase:
        self._database.execute(
            "UPDATE cases SET touched_at = ?, ruleset = ?, policy = ?, told = ? "
            "WHERE code = ? AND version = ?",
            (
                instant(case.touched_at), case.ruleset, case.policy, _TOLD.write(case.told),
                case.code, before.version,
            ),
        )  # fmt: skip
        return case

    def to_forget(self, before: datetime, most: int) -> list[str]:
        old = self._database.execute(
            "SELECT code FROM cases WHERE touched_at < ? "
            f"AND (+status = 'closed' OR NOT ({_BEGUN})) ORDER BY touched_at, code LIMIT ?",
            (instant(before), most),
        )
        return [code for (code,) in old]

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
        self._database.execute("UPDATE cases SET asked_at = ? WHERE code = ?", (instant(at), code))

    def _under_way(self, which: str, *given: str) -> list[str]:
        rows = self._database.execute(
            f"SELECT code FROM cases WHERE {which} AND {UNDER_WAY} ORDER BY touched_at DESC, code",
            given,
        )
        return [code for (code,) in rows]

    def _add(self, code: str, answers: Iterable[Answer], timeline: Iterable[Entry]) -> None:
        self._database.execute_many(
            f"INSERT INTO answers (code, {_ANSWER.columns}) VALUES (?, {_ANSWER.marks})",
            [(code, *_ANSWER.write(each)) for each in answers],
        )
        self._database.execute_many(
            f"INSERT INTO events (code, {_ENTRY.columns}) VALUES (?, {_ENTRY.marks})",
            [(code, *_ENTRY.write(each)) for each in timeline],
        )

    def _first(self, rows: Iterable[Sequence[object]]) -> StoredCase | None:
        row = next(iter(rows), None)
        if row is None:
            return None
        code = str(row[0])
        return _CASE.one(row, self._answers(code), self._timeline(code))

    def _read(self, rows: Iterable[Sequence[object]]) -> list[StoredCase]:
        kept = list(rows)
        codes = [str(code) for code, *_ in kept]
        return _CASE.read(kept, map(self._answers, codes), map(self._timeline, codes))

    def _answers(self, code: str) -> tuple[Answer, ...]:
        """Read the answers of a case; as long as the rows are the same, so are the objects."""
        rows = self._database.execute(
            f"SELECT {_ANSWER.columns} FROM answers WHERE code = ? ORDER BY id", (code,)
        )
        kept, known = rows.fetchall(), self._known.pop(code, None)
        if known is None or known[0] != kept:
            known = kept, tuple(starmap(_answer, kept))
        while len(self._known) >= MOST_CASES_REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[code] = known
        return known[1]

    def _timeline(self, code: str) -> tuple[Entry, ...]:
        rows = self._database.execute(
            f"SELECT {_ENTRY.columns} FROM events WHERE code = ? ORDER BY id", (code,)
        )
        return tuple(_ENTRY.read(rows))


@lru_cache(maxsize=MOST_ANSWERS_REMEMBERED)
def _answer(question: str, value: str, who: str, at: str) -> Answer:
    """Read an answer's row; recently read rows are the same object, so comparison is fast."""
    return Answer(question, json.loads(value), who, datetime.fromisoformat(at))
