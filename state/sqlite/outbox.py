"""Outgoing rows waiting to be sent."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from state.records import Priority, Queued
from state.sqlite.database import Database
from state.sqlite.known import Known
from state.sqlite.rows import FLAG, MOMENT, Kind, Rows, instant

_QUEUED: Final = Rows(
    Queued,
    screens=Kind("\n".join, lambda kept: tuple(kept.split("\n")) if kept else ()),
    anew=FLAG,
    priority=Kind(int, Priority),
    queued_at=MOMENT,
    sending=FLAG,
)
_ENQUEUE: Final = (
    "INSERT INTO outbox (chat, code, screens, token, query, tapped, anew, priority, queued_at, "
    "thread, reminder) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SENT: Final = "DELETE FROM outbox WHERE id = ?"
MOST_ROWS_KNOWN: Final = 8
MOST_CHATS_KNOWN: Final = 256
MOST_IDS_KNOWN: Final = 4096


class Outbox:
    """What waits. Screens are stored one a line: JSON has no line breaks of its own.

    The rows of a chat are known if they are few. In whose they are, by their ids, says which
    are to be forgotten when one of them is changed.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = Known(database.memory, "outbox", self._read_few, most=MOST_CHATS_KNOWN)
        self._chats = dict[int, str]()

    def enqueue(
        self,
        *,
        chat: str,
        code: str | None,
        screens: list[str],
        token: str | None,
        query: str | None,
        tapped: int | None,
        anew: bool,
        priority: Priority,
        at: datetime,
        thread: int | None = None,
        reminder: int | None = None,
    ) -> None:
        before = self._known.answers.get(chat)
        id = self._database.execute(
            _ENQUEUE,
            (
                chat, code, "\n".join(screens), token, query, tapped, int(anew), int(priority),
                instant(at), thread, reminder,
            ),
            chat,
        ).lastrowid  # fmt: skip
        if id is None or before is None or len(before) == MOST_ROWS_KNOWN or at.tzinfo is not UTC:
            return
        row = Queued(
            id, chat, code, tuple(screens), token, query, tapped, anew, priority, at,
            thread=thread, reminder=reminder,
        )  # fmt: skip
        self._note_chat(row)
        self._known.set(chat, (*before, row))

    def queued(self, chat: str | None = None) -> list[Queued]:
        return self._read("WHERE chat = ?", (chat,)) if chat else self._read()

    def pressing(self, chat: str, most: int) -> list[Queued]:
        known = self._known.get(chat)
        if known is not None and len(known) <= most:
            return [*known]
        oldest = self._read("WHERE chat = ?", (chat, most + 1), limit="LIMIT ?")
        if len(oldest) <= most:
            return oldest
        return self._read(
            "WHERE id IN (SELECT id FROM first) OR code IN (SELECT code FROM first) AND chat = ?",
            (chat, most, chat),
            first="WITH first AS (SELECT id, code FROM outbox WHERE chat = ? "
            "ORDER BY priority, id LIMIT ?)",
        )

    def drop_all(self, chat: str) -> None:
        self._database.execute("DELETE FROM outbox WHERE chat = ?", (chat,), chat)

    def drop(self, chat: str, up_to: int) -> None:
        self._database.execute("DELETE FROM outbox WHERE chat = ? AND id <= ?", (chat, up_to), chat)

    def note_sending(self, row: Queued, said: int, *, sending: bool) -> str | None:
        found = self._database.execute(
            "UPDATE outbox SET said = ?, sending = ? WHERE id = ? RETURNING chat",
            (said, int(sending), row.id),
            self._chats.get(row.id),
        ).fetchone()
        return found and str(found[0])

    def sent(self, queued: Iterable[int]) -> None:
        for id in queued:
            chat = self._chats.pop(id, None)
            before = self._known.answers.get(chat) if chat else None
            self._database.execute(_SENT, (id,), chat)
            if chat and before is not None:
                self._known.set(chat, tuple(each for each in before if each.id != id))

    def waiting(self, *, besides: str = "") -> tuple[int, datetime | None]:
        count, since = self._database.execute(
            "SELECT count(*), min(queued_at) FROM outbox WHERE chat <> ?", (besides,)
        ).fetchone()
        return count, datetime.fromisoformat(since) if since else None

    def chats_waiting(self) -> list[str]:
        rows = self._database.execute(
            "SELECT chat FROM outbox GROUP BY chat ORDER BY min(priority), min(id)"
        )
        return [chat for (chat,) in rows]

    def _read(
        self, where: str = "", given: Sequence[object] = (), *, first: str = "", limit: str = ""
    ) -> list[Queued]:
        sql = f"{first} SELECT {_QUEUED.columns} FROM outbox {where} ORDER BY id {limit}"
        rows = _QUEUED.read(self._database.execute(sql, given))
        for row in rows:
            self._note_chat(row)
        return rows

    def _read_few(self, chat: str) -> tuple[Queued, ...] | None:
        """Read the rows of a chat; None if they are too many to be known."""
        rows = self._read("WHERE chat = ?", (chat, MOST_ROWS_KNOWN + 1), limit="LIMIT ?")
        if len(rows) > MOST_ROWS_KNOWN:
            return None
        return tuple(rows)

    def _note_chat(self, row: Queued) -> None:
        if len(self._chats) >= MOST_IDS_KNOWN:
            self._chats.clear()
        self._chats[row.id] = row.chat
