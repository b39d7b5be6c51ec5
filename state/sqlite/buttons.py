"""What the buttons of each message do."""

import json
from datetime import datetime

from state.records import Minted
from state.sqlite.database import Database, instant


class Buttons:
    def __init__(self, database: Database) -> None:
        self._database = database

    def mint(self, minted: Minted, at: datetime) -> None:
        self._database.execute(
            "INSERT INTO buttons (token, chat, code, version, actions, minted_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                minted.token, minted.chat, minted.code, minted.version,
                json.dumps(minted.actions), instant(at),
            ),
        )  # fmt: skip

    def find(self, token: str) -> Minted | None:
        row = self._database.execute(
            "SELECT token, chat, code, version, actions FROM buttons WHERE token = ?", (token,)
        ).fetchone()
        if row is None:
            return None
        token, chat, code, version, actions = row
        done = tuple((does, value) for does, value in json.loads(actions))
        return Minted(token, chat, code, version, done)

    def is_current(self, token: str, chat: str) -> bool:
        found = self._database.execute(
            "SELECT 1 FROM buttons JOIN cases USING (code) WHERE token = ? AND buttons.chat = ? "
            "AND buttons.version = cases.version AND status != 'closed'",
            (token, chat),
        )
        return found.fetchone() is not None

    def forget(self, before: datetime) -> None:
        self._database.execute("DELETE FROM buttons WHERE minted_at < ?", (instant(before),))
