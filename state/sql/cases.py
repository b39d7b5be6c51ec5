"""Cases and their answers, as stored."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, replace
from datetime import UTC, datetime
from typing import Any, Final

from state.records import TAKEN_BACK, UNDONE, Answer, Entry, OpenCase, Place, StoredCase, Told
from state.sql.chats import Chats
from state.sql.database import Database
from state.sql.known import Known
from state.sql.old_cases import OldCases
from state.sql.rows import FLAG, JSON, MOMENT, Kind, Rows, instant
from state.store import Conflict

_TOLD: Final = Kind(
    lambda told: json.dumps(astuple(told)) if told else None,
    lambda text: Told(*json.loads(text)) if text else None,
)
_CASE: Final = Rows(
    StoredCase, "answers", "timeline", begun_at=MOMENT, touched_at=MOMENT, adding=FLAG, told=_TOLD
)
_ANSWER: Final = Rows(Answer, value=JSON, at=MOMENT)
_ENTRY: Final = Rows(Entry, at=MOMENT)
_SAVED: Final = (
    "begun_at = ?, fingerprint = ?, ruleset = ?, touched_at = ?, position = ?, revisiting = ?, "
    "adding = ?, policy = ?, told = ?, version = version + 1 WHERE code = ? AND version = ?"
)
_SAVE: Final = f"UPDATE cases SET {_SAVED}"
_SAVE_STATUS: Final = (
    f"UPDATE cases SET status = ?, left_by = CASE WHEN ? THEN '' ELSE left_by END, {_SAVED}"
)
MOST_CASES_KNOWN: Final = 256
_SELECT: Final = f"SELECT {_CASE.columns} FROM cases"
_ANSWERS: Final = f"SELECT {_ANSWER.columns} FROM answers WHERE code = ? ORDER BY id"
_TIMELINE: Final = f"SELECT {_ENTRY.columns} FROM events WHERE code = ? ORDER BY id"
_ADD_CASE: Final = f"INSERT INTO cases ({_CASE.columns}) VALUES ({_CASE.marks})"
_ADD_ANSWER: Final = f"INSERT INTO answers (code, {_ANSWER.columns}) VALUES (?, {_ANSWER.marks})"
_ADD_ENTRY: Final = f"INSERT INTO events (code, {_ENTRY.columns}) VALUES (?, {_ENTRY.marks})"
_OPEN: Final = Rows(OpenCase, touched_at=MOMENT, reachable=FLAG, shown=FLAG)
_STANDS = "(SELECT sum(CASE {} WHEN '{}' THEN -1 ELSE 1 END) FROM {} WHERE code = cases.code) > 0"
_ANSWERED: Final = _STANDS.format("value", json.dumps(TAKEN_BACK), "answers")
_NOTED: Final = _STANDS.format("kind", UNDONE, "events")
_READ: Final = (
    "EXISTS (SELECT 1 FROM read_lines WHERE read_lines.code = cases.code AND fields <> '{}')"
)
UNDER_WAY: Final = f"status IN ('open', 'waiting') AND ({_ANSWERED} OR {_NOTED} OR {_READ})"


class Cases:
    """The cases, and which of them each chat is working on."""

    columns = _CASE.columns
    answer_columns = _ANSWER.columns
    entry_columns = _ENTRY.columns

    def __init__(self, database: Database, chats: Chats) -> None:
        self._database = database
        self._known = Known(
            database.memory, "cases answers events", self._read, most=MOST_CASES_KNOWN
        )
        self._heads = Known(database.memory, "cases", self._read_head)
        self.active_code = chats.active_code
        self.activate = chats.activate
        old = OldCases(database)
        self.erase = old.erase
        self.to_forget = old.to_forget
        self.forget = old.forget
        self.codes_to_ask_about = old.codes_to_ask_about
        self.note_asked = old.note_asked

    def find(self, code: str) -> StoredCase | None:
        return self._known.get(code)

    def is_known(self, code: str) -> bool:
        return self._known.known(code) is not None and self._heads.known(code) is not None

    def note_read(self, code: str, found: tuple[Any, list[Any], list[Any]]) -> None:
        row, answers, timeline = found
        if row is None:
            return
        case = _CASE.one(row, tuple(_ANSWER.read(answers)), tuple(_ENTRY.read(timeline)))
        self._known.set(code, case)
        self._heads.set(code, (case.chat, case.version, case.status))

    def note_head_read(self, code: str, head: Sequence[Any]) -> None:
        chat, version, status = head
        self._heads.set(code, (chat, version, status))

    def chat_of(self, code: str) -> str | None:
        """Return the chat of a case, even if its answers cannot be read; None if it is gone."""
        head = self._heads.get(code)
        return head[0] if head else None

    def is_open_at(self, code: str, version: int) -> bool:
        """Return whether a case has a version and is open, even if its answers cannot be read."""
        head = self._heads.get(code)
        return head is not None and head[1] == version and head[2] != "closed"

    def active(self, chat: str) -> StoredCase | None:
        code = self.active_code(chat)
        return self.find(code) if code else None

    def listed(self, chat: str, closed_since: datetime) -> list[StoredCase]:
        rows = self._database.execute(
            "SELECT code, touched_at FROM cases WHERE chat = ? AND status IN ('open', 'waiting') "
            "UNION ALL SELECT code, touched_at FROM cases "
            "WHERE chat = ? AND status = 'closed' AND touched_at >= ? "
            "ORDER BY touched_at DESC, code",
            (chat, chat, instant(closed_since)),
        ).fetchall()
        return [case for code, _ in rows if (case := self.find(code))]

    def codes_under_way(self, chat: str) -> list[str]:
        rows = self._database.execute(
            f"SELECT code FROM cases WHERE chat = ? AND {UNDER_WAY} ORDER BY touched_at DESC, code",
            (chat,),
        )
        return [code for (code,) in rows]

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
            "ORDER BY cases.touched_at DESC, cases.code",
            (only, instant(since)),
        )
        return [code for (code,) in rows]

    def open_after(self, place: Place, most: int) -> list[OpenCase]:
        rows = self._database.execute(
            "SELECT cases.touched_at, cases.code, cases.chat, cases.ruleset, cases.policy, "
            "coalesce(chats.unreachable, 0) = 0, "
            "coalesce(chats.unreachable, 0) = 0 AND (SELECT count(*) FROM cards "
            "WHERE cards.code = cases.code AND cards.role = 'card') > 0 "
            "FROM cases LEFT JOIN chats ON chats.chat = cases.chat "
            "WHERE cases.status <> 'closed' AND (cases.touched_at, cases.code) < (?, ?) "
            "ORDER BY cases.touched_at DESC, cases.code DESC LIMIT ?",
            (instant(place.touched_at), place.code, most),
        )
        return _OPEN.read(rows)

    def open_levels(self, *, besides: str = "") -> dict[str, int]:
        rows = self._database.execute(
            "SELECT told, count(*) FROM cases WHERE status <> 'closed' AND chat <> ? "
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
        self._database.execute(_ADD_CASE, _CASE.write(case), case.code)
        self._add(case.code, case.answers, case.timeline)
        self._note(case, case.answers, case.timeline)

    def save(self, case: StoredCase, before: StoredCase) -> StoredCase:
        known = self._known.holds(case.code, before)
        values = (
            instant(case.begun_at), case.fingerprint, case.ruleset, instant(case.touched_at),
            case.position, case.revisiting, int(case.adding), case.policy, _TOLD.write(case.told),
            case.code, before.version,
        )  # fmt: skip
        if case.status == before.status:
            cursor = self._database.execute(_SAVE, values, case.code)
        else:
            status = (case.status, case.status == "closed")
            cursor = self._database.execute(_SAVE_STATUS, (*status, *values), case.code)
        if cursor.rowcount != 1:
            raise Conflict(case.code)
        answers = case.answers[len(before.answers) :]
        timeline = case.timeline[len(before.timeline) :]
        self._add(case.code, answers, timeline)
        kept = replace(case, version=before.version + 1)
        if known:
            self._note(kept, answers, timeline)
        return kept

    def touch(self, case: StoredCase, before: StoredCase) -> StoredCase:
        known = self._known.holds(case.code, before)
        self._database.execute(
            "UPDATE cases SET touched_at = ?, ruleset = ?, policy = ?, told = ? "
            "WHERE code = ? AND version = ?",
            (
                instant(case.touched_at), case.ruleset, case.policy, _TOLD.write(case.told),
                case.code, before.version,
            ),
            case.code,
        )  # fmt: skip
        if known:
            self._note(case, (), ())
        return case

    def _add(self, code: str, answers: Iterable[Answer], timeline: Iterable[Entry]) -> None:
        for answer in answers:
            self._database.execute(_ADD_ANSWER, (code, *_ANSWER.write(answer)), code)
        for entry in timeline:
            self._database.execute(_ADD_ENTRY, (code, *_ENTRY.write(entry)), code)

    def _note(self, case: StoredCase, answers: Sequence[Answer], timeline: Sequence[Entry]) -> None:
        """Note a case as it is stored now, with what is new in it.

        Moments are read in UTC: one in another zone is left to be read.
        """
        moments = [case.begun_at, case.touched_at]
        moments += [each.at for each in answers]
        moments += [each.at for each in timeline]
        if any(moment.tzinfo is not UTC for moment in moments):
            return
        self._known.set(case.code, case)
        self._heads.set(case.code, (case.chat, case.version, case.status))

    def _read_head(self, code: str) -> tuple[str, int, str] | None:
        sql = "SELECT chat, version, status FROM cases WHERE code = ?"
        row: tuple[str, int, str] | None = self._database.execute(sql, (code,)).fetchone()
        return row

    def _read(self, code: str) -> StoredCase | None:
        row = self._database.execute(f"{_SELECT} WHERE code = ?", (code,)).fetchone()
        if row is None:
            return None
        answers = _ANSWER.read(self._database.execute(_ANSWERS, (code,)))
        timeline = _ENTRY.read(self._database.execute(_TIMELINE, (code,)))
        return _CASE.one(row, tuple(answers), tuple(timeline))
