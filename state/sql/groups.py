"""The enrolled groups, who acts in each, and who answers a case of theirs."""

from datetime import datetime
from typing import Final

from state.groups import Answering, AskedBack, Colleague, Duty, Group, is_group
from state.sql.cases import Cases
from state.sql.database import Database
from state.sql.known import Known
from state.sql.rows import JSON, MOMENT, Rows

_GROUP: Final = Rows(Group, enrolled_at=MOMENT)
_COLLEAGUE: Final = Rows(Colleague, seen_at=MOMENT)
_ANSWERING: Final = Rows(Answering, at=MOMENT)
_ASKED_BACK: Final = Rows(AskedBack, at=MOMENT, value=JSON)
_DUTY: Final = Rows(Duty, until=MOMENT)
_FIND: Final = f"SELECT {_GROUP.columns} FROM groups WHERE chat = ?"
_ACT: Final = f"SELECT {_COLLEAGUE.columns} FROM colleagues WHERE chat = ? ORDER BY who"
_ANSWERS: Final = f"SELECT {_ANSWERING.columns} FROM answering WHERE code = ?"
_WAS_ASKED: Final = f"SELECT {_ASKED_BACK.columns} FROM asked_back WHERE code = ?"
_ON_CALL: Final = f"SELECT {_DUTY.columns} FROM on_call WHERE chat = ? ORDER BY role"


class Groups:
    def __init__(self, database: Database, cases: Cases) -> None:
        self._database, memory = database, database.memory
        self._cases = cases
        ask = database.execute
        self._groups = Known(memory, "groups", lambda chat: _GROUP.first(ask(_FIND, (chat,))))
        self._colleagues = Known(
            memory,
            "colleagues",
            lambda chat: {each.who: each for each in _COLLEAGUE.read(ask(_ACT, (chat,)))},
        )
        self._answering = Known(
            memory, "answering", lambda code: _ANSWERING.first(ask(_ANSWERS, (code,)))
        )
        self._asked_back = Known(
            memory, "asked_back", lambda code: _ASKED_BACK.first(ask(_WAS_ASKED, (code,)))
        )
        self._duties = Known(
            memory, "on_call", lambda chat: tuple(_DUTY.read(ask(_ON_CALL, (chat,))))
        )

    def find(self, chat: str) -> Group | None:
        return self._groups.get(chat)

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
            group.chat,
        )

    def change(self, group: Group) -> None:
        self._database.execute(
            "UPDATE groups SET closes = ?, asks = ?, call = ?, repeat_min = ?, quiet = ?, zone = ? "
            "WHERE chat = ?",
            (
                group.closes, group.asks, group.call, group.repeat_min, group.quiet, group.zone,
                group.chat,
            ),
            group.chat,
        )  # fmt: skip

    def strike_off(self, chat: str) -> None:
        for table in ("on_call", "colleagues", "groups"):
            self._database.execute(f"DELETE FROM {table} WHERE chat = ?", (chat,), chat)

    def colleague(self, chat: str, who: str) -> Colleague | None:
        return self._colleagues.get(chat).get(who)

    def colleagues(self, chat: str) -> list[Colleague]:
        return [*self._colleagues.get(chat).values()]

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
            colleague.chat,
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
            self._database.execute(
                f"DELETE FROM {table} WHERE chat = ? AND who = ?", (chat, who), chat
            )

    def may_see(self, code: str, who: str) -> bool:
        chat = self._cases.chat_of(code)
        return chat is not None and (not is_group(chat) or self.colleague(chat, who) is not None)

    def answering(self, code: str) -> Answering | None:
        return self._answering.get(code)

    def note_answering(self, answering: Answering) -> None:
        self._database.execute(
            f"INSERT INTO answering ({_ANSWERING.columns}) VALUES ({_ANSWERING.marks}) "
            "ON CONFLICT (code) DO UPDATE SET who = excluded.who, at = excluded.at, "
            "told = excluded.told",
            _ANSWERING.write(answering),
            answering.code,
        )

    def asked_back(self, code: str) -> AskedBack | None:
        return self._asked_back.get(code)

    def note_asked_back(self, asked: AskedBack) -> None:
        self._database.execute(
            f"INSERT INTO asked_back ({_ASKED_BACK.columns}) VALUES ({_ASKED_BACK.marks}) "
            "ON CONFLICT (code) DO UPDATE SET who = excluded.who, at = excluded.at, "
            "version = excluded.version, value = excluded.value",
            _ASKED_BACK.write(asked),
            asked.code,
        )

    def on_call(self, chat: str, at: datetime) -> list[Duty]:
        return [each for each in self._duties.get(chat) if each.until > at]

    def put_on_call(self, duty: Duty) -> None:
        self._database.execute(
            f"INSERT INTO on_call ({_DUTY.columns}) VALUES ({_DUTY.marks}) "
            "ON CONFLICT (chat, role) DO UPDATE SET who = excluded.who, name = excluded.name, "
            "until = excluded.until",
            _DUTY.write(duty),
            duty.chat,
        )

    def end_duty(self, chat: str, role: str) -> None:
        self._database.execute(
            "DELETE FROM on_call WHERE chat = ? AND role = ?", (chat, role), chat
        )
