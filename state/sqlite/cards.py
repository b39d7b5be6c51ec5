"""Which message shows a case."""

from datetime import datetime

from state.records import Card
from state.sqlite.database import Database, instant


class Cards:
    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, code: str, role: str) -> Card | None:
        row = self._database.execute(
            "SELECT code, role, chat, message_id, sent_at FROM cards WHERE code = ? AND role = ?",
            (code, role),
        ).fetchone()
        if row is None:
            return None
        code, role, chat, message_id, sent_at = row
        return Card(code, role, chat, int(message_id), datetime.fromisoformat(sent_at))

    def keep(self, card: Card) -> None:
        self._database.execute(
            "INSERT INTO cards (code, role, chat, message_id, sent_at) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (code, role) DO UPDATE SET chat = excluded.chat, "
            "message_id = excluded.message_id, sent_at = excluded.sent_at",
            (card.code, card.role, card.chat, card.message_id, instant(card.sent_at)),
        )

    def drop(self, code: str, role: str) -> None:
        self._database.execute("DELETE FROM cards WHERE code = ? AND role = ?", (code, role))
