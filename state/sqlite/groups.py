"""The enrolled groups, who acts in each, and who answers a case of theirs."""

from datetime import datetime
from typing import Final

from state.groups import GROUP, Answering, AskedBack, Colleague, Duty, Group
from state.sqlite.database import Database
from state.sqlite.rows import JSON, MOMENT, Rows, instant

_GROUP: Final = Rows(Group, enrolled_at=MOMENT)
_COLLEAGUE: Final = Rows(Colleague, seen_at=MOMENT)
_ANSWERING: Final = Rows(Answering, at=MOMENT)
_ASKED_BACK: Final = Rows(AskedBack, at=MOMENT, value=JSON)
_DUTY: Final = Rows(Duty, until=MOMENT)
_FIND: Final = f"SELECT {_GROUP.columns} FROM groups WHERE chat = ?"
_ACTS: Final = f"SELECT {_COLLEAGUE.columns} FROM colleagues WHERE chat = ? AND who = ?"
_ACT: Final = f"SELECT {_COLLEAGUE.columns} FROM colleagues WHERE chat = ? ORDER BY who"
_ANSWERS: Final = f"SELECT {_ANSWERING.columns} FROM answering WHERE code = ?"
_WAS_ASKED: Final = f"SELECT {_ASKED_BACK.columns} FROM asked_back WHERE code = ?"
_ON_CALL: Final = f"SELECT {_DUTY.columns} FROM on_call WHERE chat = ? AND until > ? ORDER BY role"


class Groups:
    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, chat: str) -> Group | None:
        return self._database.once("groups", _FIND, (chat,), _GROUP.first)

    def listed(self) -> list[Group]:
        return _GROUP.read(
            self._database.execute(
                f"SELECT {_GROUP.columns} FROM groups ORDER BY enrolled_at, chat"
            )
        )

    def enrol(self, group: Group) -> None:
        self._database.execute(
            f"INSERT INTO groups ({_GROUP.columns}) VALUES ({_GROUP.marks}) "
            "ON CONFLICT (chat) DO NOTHING",
            _GROUP.write(group),
        )

    def change(self, group: Group) -> None:
        self._database.execute(
            "UPDATE groups SET closes = ?, asks = ?, call = ?, repeat_min = ?, quiet = ?, zone = ? "
            "WHERE chat = ?",
            (
                group.closes, group.asks, group.call, group.repeat_min, group.quiet, group.zone,
                group.chat,
            ),
        )  # fmt: skip

    def strike_off(self, chat: str) -> None:
        for table in ("on_call", "colleagues", "groups"):
            self._database.execute(f"DELETE FROM {table} WHERE chat = ?", (chat,))

    def colleague(self, chat: str, who: str) -> Colleague | None:
        return self._database.once("colleagues", _ACTS, (chat, who), _COLLEAGUE.first)

    def colleagues(self, chat: str) -> list[Colleague]:
        return [*self._database.once("colleagues", _ACT, (chat,), _COLLEAGUE.read)]

    def groups_of(self, who: str) -> list[str]:
        rows = self._database.execute(
            "SELECT chat FROM colleagues WHERE who = ? ORDER BY chat", (who,)
        )
        return [chat for (chat,) in rows]

    def see(self, colleague: Colleague) -> None:
        self._database.execute(
            f"INSERT INTO colleagues ({_COLLEAGUE.columns}) VALUES ({_COLLEAGUE.marks}) "
            "ON CONFLICT (chat, who) DO UPDATE SET name = excluded.name, "
            "seen_at = excluded.seen_at",
            _COLLEAGUE.write(colleague),
        )

    def part(self, chat: str, who: str) -> None:
        self._database.execute(
            "UPDATE cases SET left_by = (SELECT name FROM colleagues "
            "WHERE colleagues.chat = cases.chat AND who = owner) "
            "WHERE chat = ? AND owner = ? AND status <> 'closed' AND EXISTS (SELECT 1 "
            "FROM colleagues WHERE colleagues.chat = cases.chat AND who = owner)",
            (chat, who),
        )
        for table in ("on_call", "colleagues"):
            self._database.execute(f"DELETE FROM {table} WHERE chat = ? AND who = ?", (chat, who))

    def may_see(self, code: str, who: str) -> bool:
        (found,) = self._database.execute(
            "SELECT EXISTS (SELECT 1 FROM cases WHERE code = ? AND (chat NOT LIKE ? || '%' "
            "OR EXISTS (SELECT 1 FROM colleagues WHERE colleagues.chat = cases.chat "
            "AND who = ?)))",
            (code, GROUP, who),
        ).fetchone()
        return bool(found)

    def answering(self, code: str) -> Answering | None:
        return self._database.once("answering", _ANSWERS, (code,), _ANSWERING.first)

    def note_answering(self, answering: Answering) -> None:
        self._database.execute(
            f"INSERT INTO answering ({_ANSWERING.columns}) VALUES ({_ANSWERING.marks}) "
            "ON CONFLICT (code) DO UPDATE SET who = excluded.who, at = excluded.at, "
            "told = excluded.told",
            _ANSWERING.write(answering),
        )

    def asked_back(self, code: str) -> AskedBack | None:
        return self._database.once("asked_back", _WAS_ASKED, (code,), _ASKED_BACK.first)

    def note_asked_back(self, asked: AskedBack) -> None:
        self._database.execute(
            f"INSERT INTO asked_back ({_ASKED_BACK.columns}) VALUES ({_ASKED_BACK.marks}) "
            "ON CONFLICT (code) DO UPDATE SET who = excluded.who, at = excluded.at, "
            "version = excluded.version, value = excluded.value",
            _ASKED_BACK.write(asked),
        )

    def on_call(self, chat: str, at: datetime) -> list[Duty]:
        return [*self._database.once("on_call", _ON_CALL, (chat, instant(at)), _DUTY.read)]

    def put_on_call(self, duty: Duty) -> None:
        self._database.execute(
            f"INSERT INTO on_call ({_DUTY.columns}) VALUES ({_DUTY.marks}) "
            "ON CONFLICT (chat, role) DO UPDATE SET who = excluded.who, name = excluded.name, "
            "until = excluded.until",
            _DUTY.write(duty),
        )

    def end_duty(self, chat: str, role: str) -> None:
        self._database.execute("DELETE FROM on_call WHERE chat = ? AND role = ?", (chat, role))
