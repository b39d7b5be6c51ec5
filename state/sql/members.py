"""The members, and the invitations to become one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from state.people import Invitation, Member
from state.sql.database import Database
from state.sql.known import Known
from state.sql.rows import MOMENT, Rows, instant

_MEMBER: Final = Rows(Member, joined_at=MOMENT)
_INVITATION: Final = Rows(Invitation, ends_at=MOMENT)


class Members:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._roles = Known(database.memory, "members", self._read_role)

    def in_turn(self) -> bool:
        return self._database.in_turn

    def role_of(self, who: str) -> str | None:
        return self._roles.get(who)

    def find(self, who: str) -> Member | None:
        return _MEMBER.first(
            self._database.execute(f"SELECT {_MEMBER.columns} FROM members WHERE who = ?", (who,))
        )

    def listed(self) -> list[Member]:
        return _MEMBER.read(
            self._database.execute(f"SELECT {_MEMBER.columns} FROM members ORDER BY joined_at, who")
        )

    def keep(self, member: Member) -> None:
        self._database.execute(
            f"INSERT INTO members ({_MEMBER.columns}) VALUES ({_MEMBER.marks}) "
            "ON CONFLICT (who) DO UPDATE SET role = excluded.role, name = excluded.name, "
            "invited_by = excluded.invited_by, joined_at = excluded.joined_at",
            _MEMBER.write(member),
            member.who,
        )

    def remove(self, who: str) -> None:
        self._database.execute("DELETE FROM members WHERE who = ?", (who,), who)

    def owners(self) -> set[str]:
        return {who for (who,) in self._database.execute("SELECT who FROM owners")}

    def keep_owners(self, people: Iterable[str]) -> None:
        self._database.execute("DELETE FROM owners")
        self._database.execute_many(
            "INSERT INTO owners (who) VALUES (?)", [(who,) for who in people]
        )

    def _read_role(self, who: str) -> str | None:
        sql = "SELECT role FROM members WHERE who = ?"
        row = self._database.execute(sql, (who,)).fetchone()
        return row[0] if row else None


class Invitations:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, invitation: Invitation) -> None:
        self._database.execute(
            f"INSERT INTO invitations ({_INVITATION.columns}) VALUES ({_INVITATION.marks})",
            _INVITATION.write(invitation),
        )

    def find(self, hashed: str) -> Invitation | None:
        return next(iter(self._read("hashed", hashed)), None)

    def of(self, maker: str) -> list[Invitation]:
        return self._read("maker", maker)

    def _read(self, column: str, value: str) -> list[Invitation]:
        return _INVITATION.read(
            self._database.execute(
                f"SELECT {_INVITATION.columns} FROM invitations WHERE {column} = ? "
                "ORDER BY ends_at, hashed",
                (value,),
            )
        )

    def use(self, hashed: str) -> None:
        self._database.execute(
            "UPDATE invitations SET uses_left = uses_left - 1 WHERE hashed = ?", (hashed,)
        )
        self._database.execute(
            "DELETE FROM invitations WHERE hashed = ? AND uses_left <= 0", (hashed,)
        )

    def withdraw(self, hashed: str) -> None:
        self._database.execute("DELETE FROM invitations WHERE hashed = ?", (hashed,))

    def withdraw_of(self, maker: str) -> None:
        self._database.execute("DELETE FROM invitations WHERE maker = ?", (maker,))

    def forget(self, before: datetime) -> None:
        self._database.execute("DELETE FROM invitations WHERE ends_at < ?", (instant(before),))
