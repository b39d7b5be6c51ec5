"""What the buttons of each message do."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from state.records import Minted
from state.sql.cases import Cases
from state.sql.database import Database
from state.sql.known import NO_ANSWER, Known
from state.sql.rows import Kind, Rows, instant

_ACTIONS: Final = Kind(json.dumps, lambda text: tuple(map(tuple, json.loads(text))))
_MINTED: Final = Rows(Minted, actions=_ACTIONS)
_FIND: Final = f"SELECT {_MINTED.columns} FROM buttons WHERE token = ?"
_MINT: Final = f"INSERT INTO buttons ({_MINTED.columns}, minted_at) VALUES ({_MINTED.marks}, ?)"
_NOT_SHOWN: Final = "UPDATE buttons SET message_id = NULL WHERE chat = ? AND message_id = ?"


class Buttons:
    columns = _MINTED.columns

    def __init__(self, database: Database, cases: Cases) -> None:
        self._database = database
        self._cases = cases
        self._minted = Known(database.memory, "buttons", self._read)

    def mint(self, minted: Minted, at: datetime) -> None:
        self._database.execute(_MINT, (*_MINTED.write(minted), instant(at)), minted.token)
        self._minted.set(minted.token, minted)

    def find(self, token: str) -> Minted | None:
        return self._minted.get(token)

    def note_read(self, token: str, row: Sequence[object]) -> None:
        self._minted.set(token, _MINTED.one(row))

    def is_known(self, token: str) -> bool:
        """Return whether nothing need be read to know what a button does, and to which case."""
        minted = self._minted.known(token)
        return minted is not None and (minted.code is None or self._cases.is_known(minted.code))

    def is_current(self, token: str, chat: str) -> bool:
        minted = self.find(token)
        if minted is None or minted.chat != chat or minted.code is None:
            return False
        return self._cases.is_open_at(minted.code, minted.version)

    def note_shown(self, token: str, chat: str, message_id: int) -> None:
        self._database.execute(_NOT_SHOWN, (chat, message_id), NO_ANSWER)
        self._database.execute(
            "UPDATE buttons SET message_id = ? WHERE token = ?", (message_id, token), NO_ANSWER
        )

    def messages_with(self, chat: str, word: str) -> list[int]:
        rows = self._database.execute(
            "SELECT message_id FROM buttons WHERE chat = ? AND message_id IS NOT NULL "
            "AND replace(actions, ?, '') <> actions ORDER BY message_id",
            (chat, json.dumps(word)[1:-1]),
        )
        return [message for (message,) in rows]

    def _read(self, token: str) -> Minted | None:
        return _MINTED.first(self._database.execute(_FIND, (token,)))

    def forget(self, before: datetime) -> None:
        self._database.execute("DELETE FROM buttons WHERE minted_at < ?", (instant(before),))
