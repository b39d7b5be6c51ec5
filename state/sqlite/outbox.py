"""Outgoing rows waiting to be sent."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from state.json_text import write_json
from state.records import Priority, Queued
from state.sqlite.database import Database
from state.sqlite.rows import FLAG, MOMENT, Kind, Rows, instant


def _screens(kept: str) -> tuple[str, ...]:
    """Read a row's screens; if unreadable, the row stays, as one that cannot be drawn."""
    try:
        return tuple(json.loads(kept))
    except (TypeError, ValueError):
        return (kept,)


_QUEUED: Final = Rows(
    Queued,
    screens=Kind(write_json, _screens),
    anew=FLAG,
    priority=Kind(int, Priority),
    queued_at=MOMENT,
    sending=FLAG,
)


class Outbox:
    def __init__(self, database: Database) -> None:
        self._database = database

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
        self._database.execute(
            "INSERT INTO outbox "
            "(chat, code, screens, token, query, tapped, anew, priority, queued_at, thread, "
            "reminder) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                chat, code, write_json(screens), token, query, tapped, int(anew), int(priority),
                instant(at), thread, reminder,
            ),
        )  # fmt: skip

    def queued(self, chat: str | None = None) -> list[Queued]:
        return self._read("WHERE chat = ?", (chat,)) if chat else self._read()

    def pressing(self, chat: str, most: int) -> list[Queued]:
        oldest = self._read("WHERE chat = ?", (chat, most + 1), limit="LIMIT ?")
        if len(oldest) <= most:
            return oldest
        return self._read(
            "WHERE id IN (SELECT id FROM first) OR code IN (SELECT code FROM first) AND chat = ?",
            (chat, most, chat),
            first="WITH first AS (SELECT id, code FROM outbox WHERE chat = ? "
            "ORDER BY priority, id LIMIT ?)",
        )

    def _read(
        self, where: str = "", given: Sequence[object] = (), *, first: str = "", limit: str = ""
    ) -> list[Queued]:
        return _QUEUED.read(
            self._database.execute(
                f"{first} SELECT {_QUEUED.columns} FROM outbox {where} ORDER BY id {limit}", given
            )
        )

    def drop_all(self, chat: str) -> None:
        self._database.execute("DELETE FROM outbox WHERE chat = ?", (chat,))

    def drop(self, chat: str, up_to: int) -> None:
        self._database.execute("DELETE FROM outbox WHERE chat = ? AND id <= ?", (chat, up_to))

    def note_sending(self, row: Queued, said: int, *, sending: bool) -> str | None:
        found = self._database.execute(
            "UPDATE outbox SET said = ?, sending = ? WHERE id = ? RETURNING chat",
            (said, int(sending), row.id),
        ).fetchone()
        return found and str(found[0])

    def sent(self, queued: Iterable[int]) -> None:
        self._database.execute_many("DELETE FROM outbox WHERE id = ?", [(id,) for id in queued])

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
