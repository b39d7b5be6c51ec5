"""What is stored of one person, in every table."""

import re
from collections.abc import Callable
from typing import Final

from state.records import ANOTHER, FORGOTTEN
from state.sqlite.database import Database

_THEIRS: Final = "code IN (SELECT code FROM cases WHERE owner = ?)"
_WHERE: Final = {
    "members": "who = ?", "invitations": "maker = ?", "readers": "who = ?", "offers": "who = ?",
    "cases": "owner = ?", "answers": f"who = ? OR {_THEIRS}", "events": f"who = ? OR {_THEIRS}",
    "reminders": _THEIRS, "cards": "chat = ?", "chats": "chat = ?", "buttons": "chat = ?",
    "outbox": "chat = ?", "summaries": _THEIRS, "boards": "chat = ?",
    "inbox": "tap LIKE '[\"' || ? || '\",%'",
}  # fmt: skip
_AUDITED: Final = (
    "number, at, lower(hex(who)) AS who, code, what, "
    "iif(about IS NULL, NULL, lower(hex(about))) AS about, role, ruleset"
)
_PERSONS: Final = ("who", "about", "invited_by")
_MEMBER: Final = re.compile(r"(?<=members )\d+", re.ASCII)  # in what a button does
_ERASED: Final = (
    "members",
    "invitations",
    "readers",
    "offers",
    "cards",
    "chats",
    "buttons",
    "boards",
)
_RENAMED: Final = (("answers", "who"), ("events", "who"), ("members", "invited_by"))


class People:
    def __init__(self, database: Database, pseudonym: Callable[[str], str]) -> None:
        self._database = database
        self._pseudonym = pseudonym

    def stored_of(self, who: str) -> dict[str, list[dict[str, object]]]:
        pseudonym = self._pseudonym(who)
        stored = {table: self._rows(table, "*", where, who) for table, where in _WHERE.items()}
        stored["audit"] = self._rows(
            "audit", _AUDITED, "lower(hex(who)) = ? OR lower(hex(about)) = ?", pseudonym
        )
        themselves = (None, who, pseudonym, FORGOTTEN)
        return {
            table: [
                {
                    column: _without_others(column, value, themselves)
                    for column, value in row.items()
                }
                for row in rows
            ]
            for table, rows in stored.items()
        }

    def _rows(self, table: str, shown: str, where: str, who: str) -> list[dict[str, object]]:
        rows = self._database.execute(
            f"SELECT {shown} FROM {table} WHERE {where}", (who,) * where.count("?")
        )
        names = [column for column, *_ in rows.description]
        return [dict(zip(names, row, strict=True)) for row in rows]

    def cases_of(self, who: str) -> list[str]:
        rows = self._database.execute("SELECT code FROM cases WHERE owner = ?", (who,))
        return [code for (code,) in rows]

    def forget(self, who: str) -> None:
        for table in _ERASED:
            self._database.execute(f"DELETE FROM {table} WHERE {_WHERE[table]}", (who,))
        for table, column in _RENAMED:
            self._database.execute(
                f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (FORGOTTEN, who)
            )
        self._database.execute(
            f"UPDATE inbox SET tap = NULL WHERE parked = 1 AND {_WHERE['inbox']}", (who,)
        )
        self._database.scrubs_next = True


def _without_others(column: str, value: object, themselves: tuple[str | None, ...]) -> object:
    """Return a value with ANOTHER in place of other people's ids and pseudonyms."""
    if column in _PERSONS:
        return value if value in themselves else ANOTHER
    if column in ("actions", "screens"):
        return _MEMBER.sub(lambda id_: id_[0] if id_[0] in themselves else ANOTHER, str(value))
    return value
