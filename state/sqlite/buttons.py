"""What the buttons of each message do."""

import json
from datetime import datetime
from typing import Final

from state.records import Minted
from state.sqlite.database import Database
from state.sqlite.rows import Kind, Rows, instant

_ACTIONS: Final = Kind(
    json.dumps, lambda texts: (tuple(map(tuple, json.loads(text))) for text in texts)
)
_MINTED: Final = Rows(Minted, actions=_ACTIONS)


class Buttons:
    def __init__(self, database: Database) -> None:
        self._database = database

    def mint(self, minted: Minted, at: datetime) -> None:
        self._database.execute(
            f"INSERT INTO buttons ({_MINTED.columns}, minted_at) VALUES ({_MINTED.marks}, ?)",
            (*_MINTED.write(minted), instant(at)),
        )

    def find(self, token: str) -> Minted | None:
        rows = self._database.execute(
            f"SELECT {_MINTED.columns} FROM buttons WHERE token = ?", (token,)
        )
        return _MINTED.first(rows)

    def is_current(self, token: str, chat: str) -> bool:
        found = self._database.execute(
            "SELECT 1 FROM buttons JOIN cases ON cases.code = buttons.code "
            "WHERE buttons.token = ? AND buttons.chat = ? "
            "AND buttons.version = cases.version AND cases.status <> 'closed'",
            (token, chat),
        )
        return found.fetchone() is not None

    def note_shown(self, token: str, chat: str, message_id: int) -> None:
        self._database.execute(
            "UPDATE buttons SET message_id = NULL WHERE chat = ? AND message_id = ?",
            (chat, message_id),
        )
        self._database.execute(
            "UPDATE buttons SET message_id = ? WHERE token = ?", (message_id, token)
        )

    def messages_with(self, chat: str, word: str) -> list[int]:
        rows = self._database.execute(
            "SELECT message_id FROM buttons WHERE chat = ? AND message_id IS NOT NULL "
            "AND instr(actions, ?) > 0 ORDER BY message_id",
            (chat, json.dumps(word)[1:-1]),
        )
        return [message for (message,) in rows]

    def forget(self, before: datetime) -> None:
        self._database.execute("DELETE FROM buttons WHERE minted_at < ?", (instant(before),))
