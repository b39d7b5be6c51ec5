"""Outgoing rows waiting to be sent."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from typing import Final

from state.records import Priority, Queued
from state.sql.database import Database
from state.sql.known import NO_ANSWER, Known
from state.sql.rows import FLAG, MOMENT, Kind, Rows, instant

_QUEUED: Final = Rows(
    Queued,
    screens=Kind("\n".join, lambda lines: tuple(lines.split("\n")) if lines else ()),
    anew=FLAG,
    priority=Kind(int, Priority),
    queued_at=MOMENT,
    sending=FLAG,
)
_ENQUEUE: Final = (
    "INSERT INTO outbox (chat, code, screens, token, query, tapped, anew, priority, queued_at, "
    "thread, reminder) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"
)
SENT_TOGETHER: Final = 8
_SENT: Final = (
    f"DELETE FROM outbox WHERE id IN ({', '.join('?' * SENT_TOGETHER)}) RETURNING id, chat"
)
MOST_REMEMBERED: Final = 8  # rows of a chat

_Waiting = tuple[Queued, ...] | None


class Outbox:
    """The rows, of which those of a chat are known unless there are many.

    Their screens are stored one a line: JSON has no line breaks of its own.

    So a row that this process has queued is not read again: it is known as it was written, until
    anybody changes it.
    """

    columns = _QUEUED.columns

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting = Known[_Waiting](database.memory, "outbox", self._read_few)

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
        before = self._waiting.known(chat)
        (id,) = self._database.execute(
            _ENQUEUE,
            (
                chat, code, "\n".join(screens), token, query, tapped, int(anew), int(priority),
                instant(at), thread, reminder,
            ),
            NO_ANSWER,
        ).fetchone()  # fmt: skip
        self._database.memory.note_changed("outbox", chat)
        self._database.note_queued(chat)
        if before is not None:
            row = Queued(
                id, chat, code, tuple(screens), token, query, tapped, anew, priority,
                at.astimezone(UTC), thread=thread, reminder=reminder,
            )  # fmt: skip
            self._keep(chat, (*before, row))

    def note_read(self, chat: str, rows: Iterable[Sequence[object]]) -> None:
        """Note all that waits for a chat, as it was read."""
        self._keep(chat, _QUEUED.read(rows))

    def queued(self, chat: str | None = None) -> list[Queued]:
        return self._read("WHERE chat = ?", (chat,)) if chat else self._read()

    def pressing(self, chat: str, most: int) -> list[Queued]:
        waiting = self._waiting.get(chat)
        if waiting is not None and len(waiting) <= most:
            return [*waiting]
        oldest = self._read("WHERE chat = ?", (chat, most + 1), limit="LIMIT ?")
        if len(oldest) <= most:
            return oldest
        return self._read(
            "WHERE id IN (SELECT id FROM first) OR code IN (SELECT code FROM first) AND chat = ?",
            (chat, most, chat),
            first="WITH first AS (SELECT id, code FROM outbox WHERE chat = ? "
            "ORDER BY priority, id LIMIT ?) ",
        )

    def _read_few(self, chat: str) -> _Waiting:
        """Read what waits for a chat; None if that is too much to be remembered."""
        rows = self._read("WHERE chat = ?", (chat, MOST_REMEMBERED + 1), limit="LIMIT ?")
        return tuple(rows) if len(rows) <= MOST_REMEMBERED else None

    def _keep(self, chat: str, waiting: Sequence[Queued]) -> None:
        self._waiting.set(chat, tuple(waiting) if len(waiting) <= MOST_REMEMBERED else None)

    def _read(
        self, where: str = "", given: Sequence[object] = (), *, first: str = "", limit: str = ""
    ) -> list[Queued]:
        return _QUEUED.read(
            self._database.execute(
                f"{first}SELECT {_QUEUED.columns} FROM outbox {where} ORDER BY id {limit}", given
            )
        )

    def drop_all(self, chat: str) -> None:
        self._database.execute("DELETE FROM outbox WHERE chat = ?", (chat,), chat)

    def drop(self, chat: str, up_to: int) -> None:
        self._database.execute("DELETE FROM outbox WHERE chat = ? AND id <= ?", (chat, up_to), chat)

    def note_sending(self, row: Queued, said: int, *, sending: bool) -> str | None:
        found = self._database.execute(
            "UPDATE outbox SET said = ?, sending = ? WHERE id = ? RETURNING chat",
            (said, int(sending), row.id),
            NO_ANSWER,
        ).fetchone()
        if found is None:
            return None
        chat = str(found[0])
        self._change(chat, row.id, lambda known: [replace(known, said=said, sending=sending)])
        return chat

    def sent(self, queued: Iterable[int]) -> None:
        left = [*queued]
        while left:
            some, left = left[:SENT_TOGETHER], left[SENT_TOGETHER:]
            some += some[-1:] * (SENT_TOGETHER - len(some))  # one statement, prepared once
            for id, chat in self._database.execute(_SENT, some, NO_ANSWER).fetchall():
                self._change(str(chat), id, lambda _: [])

    def _change(self, chat: str, id: int, become: Callable[[Queued], list[Queued]]) -> None:
        """Change what is known of a chat as one of its rows was changed; what was not is read."""
        self._database.memory.note_changed("outbox", chat)
        waiting = self._waiting.take(chat)
        if waiting is not None:
            changed = [become(row) if row.id == id else [row] for row in waiting]
            self._keep(chat, [*chain.from_iterable(changed)])

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
