"""What is stored of one person, in every table."""

import re
from collections.abc import Callable
from typing import Final

from state.groups import GROUP
from state.records import ANOTHER, FORGOTTEN, Priority
from state.sql.database import Database
from state.sql.rows import in_digits

_THEIRS: Final = (
    f"code IN (SELECT code FROM cases WHERE owner = ? AND (chat NOT LIKE '{GROUP}%' "
    "OR EXISTS (SELECT 1 FROM colleagues WHERE colleagues.chat = cases.chat AND who = owner)))"
)
_WHERE: Final = {
    "members": "who = ?", "owners": "who = ?", "invitations": "maker = ?",
    "readers": "who = ?", "offers": "who = ?", "handovers": "giver = ? OR receiver = ?",
    "cases": "owner = ?", "answers": f"who = ? OR {_THEIRS}",
    "events": f"who = ? OR detail = ? OR {_THEIRS}",
    "requests": "whom = ? OR asked_by = ?", "reminders": _THEIRS, "cards": "chat = ?",
    "chats": "chat = ?", "buttons": "chat = ?",
    "outbox": "chat = ?", "colleagues": "who = ?", "on_call": "who = ?",
    "groups": "enrolled_by = ?", "answering": "who = ? OR told = ?",
    "asked_back": "who = ?", "summaries": _THEIRS, "read_lines": _THEIRS, "boards": "chat = ?",
    "inbox": "tap LIKE '[\"' || ? || '\",%'",
}  # fmt: skip
_AUDITED: Final = "number, at, who, code, what, about, role, ruleset"
_ORDER: Final = {
    "members": "who", "owners": "who", "invitations": "ends_at, hashed", "readers": "who",
    "offers": "at, code", "handovers": "id", "cases": "begun_at, code", "answers": "id",
    "events": "id", "requests": "asked_at, code, whom", "reminders": "id",
    "cards": "sent_at, code, role", "chats": "chat", "buttons": "minted_at, token",
    "outbox": "id", "colleagues": "chat", "on_call": "chat, role", "groups": "enrolled_at, chat",
    "answering": "at, code", "asked_back": "at, code", "summaries": "code", "read_lines": "code",
    "boards": "thread", "inbox": "update_id", "audit": "number",
}  # fmt: skip
_SHOWN: Final = {"answering": "code, who, at, told AS about"}
_PERSONS: Final = (
    "who", "about", "invited_by", "enrolled_by", "giver", "receiver", "whom", "asked_by",
)  # fmt: skip
_PERSON: Final = re.compile(r"\d{4,}", re.ASCII)  # in the detail of a note
_MEMBER: Final = re.compile(
    r"\b(members|id|handover to|sendto to) (\d+)\b", re.ASCII
)  # in a button or a sentence
_WHOLE_CASE: Final = '"export '  # in a screen: a case to be drawn, with who answered what
_NAMED_TO_OTHERS: Final = (("buttons", "token", "actions"), ("outbox", "id", "screens"))
_ERASED: Final = (
    "members", "invitations", "readers", "offers", "handovers", "requests", "cards", "chats",
    "buttons", "boards", "on_call", "colleagues", "answering", "asked_back",
)  # fmt: skip
_RENAMED: Final = (
    ("answers", "who"), ("events", "who"), ("events", "detail"), ("members", "invited_by"),
    ("groups", "enrolled_by"), ("cases", "owner"),
)  # fmt: skip


class People:
    def __init__(self, database: Database, pseudonym: Callable[[str], str]) -> None:
        self._database = database
        self._pseudonym = pseudonym

    def stored_of(self, who: str) -> dict[str, list[dict[str, object]]]:
        pseudonym = self._pseudonym(who)
        stored = {
            table: self._rows(table, _SHOWN.get(table, "*"), where, who)
            for table, where in _WHERE.items()
        }
        stored["audit"] = self._rows(
            "audit", _AUDITED, "who = ? OR about = ?", bytes.fromhex(pseudonym)
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

    def _rows(
        self, table: str, shown: str, where: str, who: str | bytes
    ) -> list[dict[str, object]]:
        rows = self._database.execute(
            f"SELECT {shown} FROM {table} WHERE {where} ORDER BY {_ORDER[table]}",
            (who,) * where.count("?"),
        )
        names = [column for column, *_ in rows.description]
        return [dict(zip(names, map(_shown, row), strict=True)) for row in rows]

    def cases_of(self, who: str) -> list[str]:
        rows = self._database.execute(
            "SELECT code FROM cases WHERE owner = ? AND chat NOT LIKE ? || '%'", (who, GROUP)
        )
        return [code for (code,) in rows]

    def forget(self, who: str) -> None:
        self._rename_for_others(who)
        self._database.execute("UPDATE cases SET left_by = '' WHERE owner = ?", (who,))
        for table in _ERASED:
            where = _WHERE[table]
            self._database.execute(f"DELETE FROM {table} WHERE {where}", (who,) * where.count("?"))
        for table, column in _RENAMED:
            self._database.execute(
                f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (FORGOTTEN, who)
            )
        self._database.execute(
            f"UPDATE inbox SET tap = NULL WHERE parked = 1 AND {_WHERE['inbox']}", (who,)
        )
        self._database.erasing.scrubs_next = True

    def _rename_for_others(self, who: str) -> None:
        """Put FORGOTTEN in place of a member in what others can tap, or are about to be sent.

        A case that waits to be drawn for others would still name them: it has to be asked for anew.
        """
        found = self._database.execute("SELECT name FROM members WHERE who = ?", (who,)).fetchone()
        name = found[0] if found else ""
        self._database.execute(
            "DELETE FROM outbox WHERE priority = ? AND screens LIKE '%' || ? || '%'",
            (int(Priority.FILE), who),
        )
        for table, key, column in _NAMED_TO_OTHERS:
            rows = self._database.execute(
                f"SELECT {key}, {column} FROM {table} WHERE {column} LIKE '%' || ? || '%'", (who,)
            ).fetchall()
            for row, text in rows:
                renamed = _MEMBER.sub(
                    lambda found: f"{found[1]} {FORGOTTEN}" if found[2] == who else found[0], text
                )
                if renamed == text:
                    continue
                for each in (rf"{name}\b", rf"\b{name.removeprefix('@')}\b") if name else ():
                    renamed = re.sub(each, FORGOTTEN, renamed, flags=re.ASCII)
                self._database.execute(
                    f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (renamed, row)
                )


def _shown(value: object) -> object:
    return in_digits(value) if isinstance(value, bytes) else value


def _without_others(column: str, value: object, themselves: tuple[str | None, ...]) -> object:
    """Return a value with ANOTHER in place of other people's ids and pseudonyms."""
    if column in _PERSONS or (column == "detail" and _PERSON.fullmatch(str(value))):
        return value if value in themselves else ANOTHER
    if column == "actions":
        return _MEMBER.sub(
            lambda found: found[0] if found[2] in themselves else f"{found[1]} {ANOTHER}",
            str(value),
        )
    if column == "screens":
        others = (found[2] not in themselves for found in _MEMBER.finditer(str(value)))
        return ANOTHER if any(others) or _WHOLE_CASE in str(value) else value
    return value
