"""The board of each chat and topic, and what boards say of each case."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from state.boards import UNCONFIRMED, Board, BoardCase, Summary
from state.groups import GROUP, is_group
from state.sql.database import Database
from state.sql.known import Known
from state.sql.rows import FLAG, MOMENT_OR_NONE, Rows, instant

_BOARD: Final = Rows(Board, told=FLAG)
_SUMMARY: Final = Rows(Summary, due_at=MOMENT_OR_NONE, requested=FLAG)
_CASE: Final = Rows(BoardCase, due_at=MOMENT_OR_NONE, requested=FLAG)
_OPEN: Final = "cases.status IN ('open', 'waiting')"
_OF_A_GROUP: Final = f"cases.chat = ? AND {_OPEN}"
_OF_A_TOPIC: Final = f"{_OF_A_GROUP} AND cases.thread = ?"
_OF_A_PERSON: Final = (
    f"{_OPEN} AND (cases.chat = ? OR (cases.owner = ? AND cases.chat LIKE '{GROUP}%' "
    "AND EXISTS (SELECT 1 FROM colleagues "
    "WHERE colleagues.chat = cases.chat AND colleagues.who = cases.owner)))"
)
_FROM: Final = (
    "FROM cases JOIN summaries USING (code) LEFT JOIN colleagues "
    "ON colleagues.chat = cases.chat AND colleagues.who = cases.owner "
    "LEFT JOIN read_lines ON read_lines.code = cases.code AND level <> 'emergency' "
    "AND read_lines.due_at IS NOT NULL"
)
_DUE: Final = "coalesce(read_lines.due_at, summaries.due_at)"
_LEVEL: Final = "CASE WHEN read_lines.due_at IS NULL THEN level ELSE 'emergency' END"
_ABOUT: Final = f"CASE WHEN read_lines.due_at IS NULL THEN about ELSE '{UNCONFIRMED}' END"


class Boards:
    summary_columns = _SUMMARY.columns

    def __init__(self, database: Database) -> None:
        self._database = database
        self._of_chat = Known(database.memory, "boards", self._read)
        self._summaries = Known(database.memory, "summaries", self._read_summary)

    def note_summary_read(self, code: str, row: Sequence[object] | None) -> None:
        self._summaries.set(code, tuple(row) if row else None)

    def find(self, chat: str, thread: int) -> Board | None:
        return next((each for each in self._of_chat.get(chat) if each.thread == thread), None)

    def of(self, chat: str) -> list[Board]:
        return [*self._of_chat.get(chat)]

    def listed(self) -> list[Board]:
        return _BOARD.read(
            self._database.execute(
                f"SELECT {_BOARD.columns} FROM boards WHERE NOT EXISTS (SELECT 1 FROM chats "
                "WHERE chats.chat = boards.chat AND unreachable = 1) ORDER BY chat, thread"
            )
        )

    def turn_to(self, chat: str, thread: int, page: int) -> None:
        self._database.execute(
            f"INSERT INTO boards ({_BOARD.columns}) VALUES ({_BOARD.marks}) "
            "ON CONFLICT (chat, thread) DO UPDATE SET page = excluded.page",
            _BOARD.write(Board(chat, thread, page)),
            chat,
        )
        self._database.execute(
            "INSERT INTO chats (chat) VALUES (?) ON CONFLICT (chat) DO UPDATE SET unreachable = 0",
            (chat,),
            chat,
        )

    def keep(self, board: Board) -> None:
        self._database.execute(
            "UPDATE boards SET message_id = ?, former = ?, told = ?, shown = ?, heads = ? "
            "WHERE chat = ? AND thread = ?",
            (
                board.message_id, board.former, int(board.told), board.shown, board.heads,
                board.chat, board.thread,
            ),
            board.chat,
        )  # fmt: skip

    def drop(self, board: Board) -> None:
        self._database.execute(
            "DELETE FROM boards WHERE chat = ? AND thread = ?",
            (board.chat, board.thread),
            board.chat,
        )

    def sum_up(self, summary: Summary) -> None:
        row = tuple(_SUMMARY.write(summary))
        if row == self._summaries.get(summary.code):
            return
        self._database.execute(
            f"INSERT INTO summaries ({_SUMMARY.columns}) VALUES ({_SUMMARY.marks}) "
            "ON CONFLICT (code) DO UPDATE SET level = excluded.level, about = excluded.about, "
            "due_at = excluded.due_at, requested = excluded.requested",
            row,
            summary.code,
        )
        self._summaries.set(summary.code, row)

    def without_summary(self, chat: str, thread: int) -> list[str]:
        where, given = _which(chat, thread)
        rows = self._database.execute(
            f"SELECT code FROM cases WHERE {where} AND code NOT IN (SELECT code FROM summaries)",
            given,
        )
        return [code for (code,) in rows]

    def count(self, chat: str, thread: int, now: datetime) -> tuple[int, int]:
        where, given = _which(chat, thread)
        count, overdue = self._database.execute(
            f"SELECT count(*), count(CASE WHEN {_DUE} < ? THEN 1 END) {_FROM} WHERE {where}",
            (instant(now), *given),
        ).fetchone()
        return int(count), int(overdue)

    def zones(self, chat: str) -> list[str]:
        rows = self._database.execute(
            "SELECT DISTINCT zone FROM readers WHERE zone IS NOT NULL AND (who = ? OR who IN "
            "(SELECT who FROM colleagues WHERE chat = ?)) ORDER BY zone",
            (chat, chat),
        )
        return [zone for (zone,) in rows]

    def cases(self, chat: str, thread: int, skipped: int, most: int) -> list[BoardCase]:
        where, given = _which(chat, thread)
        rows = self._database.execute(
            f"SELECT cases.code, {_LEVEL}, {_ABOUT}, {_DUE}, requested, status, cases.chat, "
            f"owner, coalesce(name, ''), left_by {_FROM} WHERE {where} "
            f"ORDER BY {_DUE} IS NULL, {_DUE}, "
            f"CASE {_LEVEL} WHEN 'emergency' THEN 0 WHEN 'urgent' THEN 1 WHEN 'soon' THEN 2 "
            "WHEN 'routine' THEN 3 WHEN '' THEN 4 ELSE 5 END, begun_at, "
            "cases.code LIMIT ? OFFSET ?",
            (*given, most, skipped),
        )
        return _CASE.read(rows)

    def _read(self, chat: str) -> tuple[Board, ...]:
        sql = f"SELECT {_BOARD.columns} FROM boards WHERE chat = ? ORDER BY thread"
        return tuple(_BOARD.read(self._database.execute(sql, (chat,))))

    def _read_summary(self, code: str) -> tuple[object, ...] | None:
        """Read the row of a summary: it is only compared with what is to be written."""
        sql = f"SELECT {_SUMMARY.columns} FROM summaries WHERE code = ?"
        row: tuple[object, ...] | None = self._database.execute(sql, (code,)).fetchone()
        return row


def _which(chat: str, thread: int) -> tuple[str, tuple[object, ...]]:
    """Return which cases a board lists, and the values to look for."""
    if not is_group(chat):
        return _OF_A_PERSON, (chat, chat)
    return (_OF_A_TOPIC, (chat, thread)) if thread else (_OF_A_GROUP, (chat,))
