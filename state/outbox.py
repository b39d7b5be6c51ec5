"""What goes out: rows that wait to be sent, the messages that show a case, and their buttons."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from state.database import Database, instant
from state.records import Card, Minted, Priority, Queued


class Outbox(Database):
    """The rows to send, the cards they became, what their buttons do, who can be reached."""

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
    ) -> None:
        """Put what a turn shows into the outbox, to be sent after the commit."""
        self._execute(
            "INSERT INTO outbox "
            "(chat, code, screens, token, query, tapped, anew, priority, queued_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                chat, code, json.dumps(screens), token, query, tapped, int(anew), int(priority),
                instant(at),
            ),
        )  # fmt: skip

    def queued(self, chat: str | None = None) -> list[Queued]:
        """Read what waits for a chat, or for all of them, in order."""
        return self._queued(*(("WHERE chat = ?", (chat,)) if chat else ("", ())))

    def pressing(self, chat: str, most: int) -> list[Queued]:
        """Read what presses most of what waits for a chat, with all of the same cases, in order."""
        oldest = self._queued("WHERE chat = ?", (chat, most + 1), limit=" LIMIT ?")
        if len(oldest) <= most:
            return oldest
        return self._queued(
            "WHERE id IN (SELECT id FROM first) OR code IN (SELECT code FROM first) AND chat = ?1",
            (chat, most),
            "WITH first AS (SELECT id, code FROM outbox WHERE chat = ?1 "
            "ORDER BY priority, id LIMIT ?2) ",
        )

    def waits(self, chat: str) -> bool:
        """Tell whether something waits for a chat."""
        found = self._execute("SELECT 1 FROM outbox WHERE chat = ? LIMIT 1", (chat,))
        return found.fetchone() is not None

    def _queued(
        self, where: str, given: Sequence[object], first: str = "", limit: str = ""
    ) -> list[Queued]:
        columns = "id, chat, code, screens, token, query, tapped, anew, priority, said, sending"
        order = f"ORDER BY id{limit}"
        rows = self._execute(f"{first}SELECT {columns} FROM outbox {where} {order}", given)
        return [
            Queued(
                id, chat, code, _screens(screens), token, query, tapped, bool(anew),
                Priority(priority), said, bool(sending),
            )
            for (
                id, chat, code, screens, token, query, tapped, anew, priority, said, sending
            ) in rows
        ]  # fmt: skip

    def drop_queued(self, chat: str, up_to: int) -> None:
        """Drop what waits for a chat, up to a row."""
        self._execute("DELETE FROM outbox WHERE chat = ? AND id <= ?", (chat, up_to))

    def note_sending(self, row: Queued, said: int, *, sending: bool) -> None:
        """Note how many messages of a row were sent, and whether the next is under way."""
        self._execute(
            "UPDATE outbox SET said = ?, sending = ? WHERE id = ?", (said, int(sending), row.id)
        )

    def sent(self, queued: Iterable[int]) -> None:
        """Take from the outbox what has been shown, by the ids of its rows."""
        self._connection.executemany("DELETE FROM outbox WHERE id = ?", [(id,) for id in queued])

    def chats_waiting(self) -> list[str]:
        """Name the chats that something waits for."""
        return [chat for (chat,) in self._execute("SELECT DISTINCT chat FROM outbox")]

    def mint(self, minted: Minted, at: datetime) -> None:
        """Keep what the buttons of a message do."""
        self._execute(
            "INSERT INTO buttons (token, chat, code, version, actions, minted_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                minted.token, minted.chat, minted.code, minted.version,
                json.dumps(minted.actions), instant(at),
            ),
        )  # fmt: skip

    def minted(self, token: str) -> Minted | None:
        """Read what the buttons of a token do."""
        row = self._execute(
            "SELECT token, chat, code, version, actions FROM buttons WHERE token = ?", (token,)
        ).fetchone()
        if row is None:
            return None
        token, chat, code, version, actions = row
        done = tuple((does, value) for does, value in json.loads(actions))
        return Minted(token, chat, code, version, done)

    def is_current(self, token: str, chat: str) -> bool:
        """Tell a token of the present screen of a chat's open case from an older one."""
        found = self._execute(
            "SELECT 1 FROM buttons JOIN cases USING (code) WHERE token = ? AND buttons.chat = ? "
            "AND buttons.version = cases.version AND status != 'closed'",
            (token, chat),
        )
        return found.fetchone() is not None

    def card(self, code: str, role: str) -> Card | None:
        """Read which message shows a case, in a role of its own."""
        row = self._execute(
            "SELECT code, role, chat, message_id, sent_at FROM cards WHERE code = ? AND role = ?",
            (code, role),
        ).fetchone()
        if row is None:
            return None
        code, role, chat, message_id, sent_at = row
        return Card(code, role, chat, int(message_id), datetime.fromisoformat(sent_at))

    def keep_card(self, card: Card) -> None:
        """Keep which message shows a case now."""
        self._execute(
            "INSERT INTO cards (code, role, chat, message_id, sent_at) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (code, role) DO UPDATE SET chat = excluded.chat, "
            "message_id = excluded.message_id, sent_at = excluded.sent_at",
            (card.code, card.role, card.chat, card.message_id, instant(card.sent_at)),
        )

    def drop_card(self, code: str, role: str) -> None:
        """Forget a message that is gone."""
        self._execute("DELETE FROM cards WHERE code = ? AND role = ?", (code, role))

    def set_reachable(self, chat: str, reachable: bool) -> None:
        """Note whether a person can be reached; what waits for an unreachable one is dropped.

        So are the reminders of their cases. Of a chat that never had a case nothing is noted.
        """
        self._execute("UPDATE chats SET unreachable = ? WHERE chat = ?", (int(not reachable), chat))
        if not reachable:
            self._execute("DELETE FROM outbox WHERE chat = ?", (chat,))
            self._execute(
                "DELETE FROM reminders WHERE claimed_at IS NULL "
                "AND code IN (SELECT code FROM cases WHERE chat = ?)",
                (chat,),
            )

    def rename_chat(self, old: str, new: str) -> None:
        """Take over a group that Telegram gave another id: its cases and what waits for it.

        Its cards stay behind: the same number is another message in the new group.
        """
        self._execute("INSERT OR IGNORE INTO chats (chat) VALUES (?)", (new,))
        self._execute(
            "UPDATE chats SET active = coalesce(active, (SELECT active FROM chats WHERE chat = ?)) "
            "WHERE chat = ?",
            (old, new),
        )
        self._execute("DELETE FROM chats WHERE chat = ?", (old,))
        self._execute("DELETE FROM cards WHERE chat = ?", (old,))
        for table in ("cases", "buttons", "outbox"):
            self._execute(f"UPDATE {table} SET chat = ? WHERE chat = ?", (new, old))


def _screens(kept: str) -> tuple[str, ...]:
    """Read the screens of a row; what cannot be read stays one that cannot be drawn."""
    try:
        return tuple(json.loads(kept))
    except (TypeError, ValueError):
        return (kept,)
