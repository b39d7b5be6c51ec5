"""Reads what taps will need in one statement, where other workers may have changed most of it."""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Final

from state.postgres.database import Database
from state.sql.store import SqlStore

_ALL: Final = "(SELECT coalesce(json_agg(json_build_array({}) ORDER BY id), '[]') FROM {} WHERE {})"
_ONE: Final = "(SELECT json_build_array({}) FROM {} WHERE {})"


_MOST_QUEUED: Final = 200


class Expecting:
    """What is read is known from then on, as if it had been asked for."""

    def __init__(self, store: SqlStore[Database]) -> None:
        self._store = store
        code = "code = wanted.code"
        cases, reminders, boards = store.cases, store.reminders, store.boards
        self._read = (
            "WITH tapped AS MATERIALIZED (SELECT * FROM buttons "
            "WHERE token IN (SELECT json_array_elements_text(?::json))), "
            "wanted AS MATERIALIZED (SELECT DISTINCT code FROM tapped WHERE code IS NOT NULL) "
            f"SELECT 'button', token, json_build_array({store.buttons.columns}) FROM tapped "
            "UNION ALL SELECT 'chat', chat, "
            f"{_ONE.format(store.chats.columns, 'chats', 'chats.chat = those.chat')} "
            "FROM (SELECT DISTINCT chat FROM tapped) AS those "
            f"UNION ALL SELECT 'case', code, json_build_array("
            f"{_ONE.format(cases.columns, 'cases', code)}, "
            f"{_ALL.format(cases.answer_columns, 'answers', code)}, "
            f"{_ALL.format(cases.entry_columns, 'events', code)}) FROM wanted "
            "UNION ALL SELECT 'reminders', code, "
            f"{_ALL.format(reminders.columns, 'reminders', code)} FROM wanted "
            "UNION ALL SELECT 'summary', code, "
            f"{_ONE.format(boards.summary_columns, 'summaries', code)} FROM wanted"
        )
        queued = store.outbox.columns
        self._read_queued = (
            f"WITH those AS MATERIALIZED (SELECT {queued} FROM outbox "
            f"WHERE chat IN (SELECT json_array_elements_text(?::json)) LIMIT {_MOST_QUEUED}) "
            "SELECT 'queued', chat, "
            f"json_agg(json_build_array({queued}) ORDER BY id) FROM those GROUP BY chat "
            "UNION ALL SELECT 'head', code, json_build_array(chat, version, status) FROM cases "
            "WHERE code IN (SELECT code FROM those)"
        )
        self._note: dict[str, Callable[[str, Any], None]] = {
            "queued": store.outbox.note_read,
            "head": cases.note_head_read,
            "button": store.buttons.note_read,
            "chat": store.chats.note_read,
            "case": cases.note_read,
            "reminders": reminders.note_read,
            "summary": boards.note_summary_read,
        }

    def read(self, tokens: Iterable[str]) -> None:
        """Read what taps on buttons will need, unless it is known. Raises StoreError."""
        database = self._store.database
        if not database.others_work():
            return
        database.memory.look()
        unknown = [each for each in tokens if not self._store.buttons.is_known(each)]
        if not unknown:
            return
        self._note_all(database.execute(self._read, (json.dumps(unknown),)).fetchall())

    def read_queued(self, chats: Iterable[str]) -> None:
        """Read what waits for some chats, and whose cases it is about. Raises StoreError."""
        database = self._store.database
        database.memory.look()
        found = database.execute(self._read_queued, (json.dumps([*chats]),)).fetchall()
        if sum(len(rows) for kind, _, rows in found if kind == "queued") < _MOST_QUEUED:
            self._note_all(found)

    def _note_all(self, found: Iterable[tuple[str, str, Any]]) -> None:
        for kind, key, value in found:
            with suppress(ValueError, TypeError, LookupError):  # whoever asks for it will be told
                self._note[kind](key, value)
