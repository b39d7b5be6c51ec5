"""Who can be reached, and under which id."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from state.sql.database import Database
from state.sql.known import Known

MOVES: Final[Mapping[str, str]] = {
    "cases": "code", "handovers": "code", "colleagues": "who", "on_call": "role",
    "boards": "thread", "buttons": "token", "outbox": "id",
}  # fmt: skip
"""What a group takes along to its new id, and what makes a row there the only one of its kind."""
STAYS: Final = ("cards",)
"""What it leaves behind: message ids mean other messages there."""

_COLUMNS: Final = "active, coalesce(unreachable, 0), coalesce(look_up, '')"
_FIND: Final = f"SELECT {_COLUMNS} FROM chats WHERE chat = ?"
_ACTIVATE: Final = (
    "INSERT INTO chats (chat, active) VALUES (?, ?) "
    "ON CONFLICT (chat) DO UPDATE SET active = excluded.active"
)
_KEEP_LOOK_UP: Final = (
    "INSERT INTO chats (chat, look_up) VALUES (?, ?) "
    "ON CONFLICT (chat) DO UPDATE SET look_up = excluded.look_up"
)


class _Row(NamedTuple):
    """What is stored of a chat."""

    active: str | None = None
    unreachable: int = 0
    look_up: str = ""


class Chats:
    columns = _COLUMNS

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = Known(database.memory, "chats", self._read)

    def note_read(self, chat: str, row: Sequence[Any] | None) -> None:
        self._known.set(chat, _Row(*row) if row else None)

    def active_code(self, chat: str) -> str | None:
        row = self._known.get(chat)
        return row.active if row else None

    def activate(self, chat: str, code: str | None) -> None:
        row = self._known.get(chat) or _Row()
        self._database.execute(_ACTIVATE, (chat, code), chat)
        self._known.set(chat, row._replace(active=code))

    def set_reachable(self, chat: str, reachable: bool) -> bool:
        row = self._known.get(chat)
        changes = row is not None and row.unreachable == int(reachable)
        if changes:
            self._database.execute(
                "UPDATE chats SET unreachable = ? WHERE chat = ?",
                (int(not reachable), chat),
                chat,
            )
        if not reachable:
            self._database.execute("DELETE FROM outbox WHERE chat = ?", (chat,))
            self._database.execute(
                "DELETE FROM reminders WHERE claimed_at IS NULL "
                "AND code IN (SELECT code FROM cases WHERE chat = ?)",
                (chat,),
            )
        return changes

    def is_reachable(self, chat: str) -> bool | None:
        row = self._known.get(chat)
        return not row.unreachable if row else None

    def look_up(self, chat: str) -> str:
        row = self._known.get(chat)
        return row.look_up if row else ""

    def keep_look_up(self, chat: str, begun: str) -> None:
        row = self._known.get(chat) or _Row()
        if begun != row.look_up:
            self._database.execute(_KEEP_LOOK_UP, (chat, begun), chat)
            self._known.set(chat, row._replace(look_up=begun))

    def end_look_up(self, chat: str) -> None:
        row = self._known.get(chat)
        if row and row.look_up:
            self._database.execute("UPDATE chats SET look_up = NULL WHERE chat = ?", (chat,), chat)
            self._known.set(chat, row._replace(look_up=""))

    def rename(self, old: str, new: str) -> None:
        self._database.execute(
            "INSERT INTO chats (chat) VALUES (?) ON CONFLICT (chat) DO NOTHING", (new,)
        )
        self._database.execute(
            "UPDATE chats SET active = coalesce(active, (SELECT active FROM chats WHERE chat = ?)) "
            "WHERE chat = ?",
            (old, new),
        )
        self._copy_group(old, new)
        self._database.execute("UPDATE outbox SET tapped = NULL WHERE chat = ?", (old,))
        self._database.execute(
            "UPDATE boards SET message_id = NULL, former = NULL, shown = '' WHERE chat = ?", (old,)
        )
        for table, key in MOVES.items():
            self._database.execute(
                f"UPDATE {table} SET chat = ? WHERE chat = ? "
                f"AND {key} NOT IN (SELECT {key} FROM {table} WHERE chat = ?)",
                (new, old, new),
            )
        self._database.note_queued(new)
        for table in ("chats", *MOVES, *STAYS, "groups"):
            self._database.execute(f"DELETE FROM {table} WHERE chat = ?", (old,))
        self._database.execute(
            "UPDATE inbox SET tap = replace(tap, ?, ?) WHERE tap LIKE ? || '%'",
            (f'["{old}",', f'["{new}",', f'["{old}",'),
        )

    def _copy_group(self, old: str, new: str) -> None:
        found = self._database.execute("SELECT * FROM groups WHERE chat = ?", (old,))
        names = [column for column, *_ in found.description]
        for row in found.fetchall():
            group = {**dict(zip(names, row, strict=True)), "chat": new}
            self._database.execute(
                f"INSERT INTO groups ({', '.join(group)}) VALUES ({', '.join('?' * len(group))}) "
                "ON CONFLICT (chat) DO NOTHING",
                tuple(group.values()),
            )

    def forget_unused(self) -> None:
        self._database.execute(
            "DELETE FROM chats WHERE chat IN (SELECT chat FROM chats EXCEPT SELECT chat FROM cases "
            "EXCEPT SELECT chat FROM outbox EXCEPT SELECT chat FROM buttons "
            "EXCEPT SELECT chat FROM boards)"
        )

    def _read(self, chat: str) -> _Row | None:
        row = self._database.execute(_FIND, (chat,)).fetchone()
        return _Row(*row) if row else None
