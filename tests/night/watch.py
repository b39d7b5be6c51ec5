"""Reads the database all the time, without writing: whose each case is, and its reminders.

Between any two reads every case must have one owner, the one that its time line names.
"""

import asyncio
import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from state.groups import is_group
from state.records import HANDED_OVER
from tests.night.stood import OverTime, Stood, moment, note, values_in
from tests.night.ward import Ward

SECONDS_BETWEEN_READS = 0.1


@dataclass(frozen=True, slots=True)
class Amiss:
    """Something that must not be: when, about which case, and what."""

    at: float
    code: str
    what: str


@dataclass(slots=True)
class Followed:
    """A case over time: its owners, its chats and its states, each since when it was read."""

    owners: OverTime[str] = field(default_factory=list)
    chats: OverTime[str] = field(default_factory=list)
    states: OverTime[str] = field(default_factory=list)

    def owners_in(self, since: float, until: float) -> set[str]:
        return values_in(self.owners, since, until)

    def chats_in(self, since: float, until: float) -> set[str]:
        return values_in(self.chats, since, until)

    def chat_at(self, at: float) -> str:
        """Return the chat in which the case stood at a time."""
        return next((chat for since, chat in reversed(self.chats) if since <= at), self.begun_in)

    @property
    def begun_in(self) -> str:
        return self.chats[0][1]

    def groups_in(self, since: float, until: float) -> set[str]:
        """Return the groups in which it stood; none if it has been in private meanwhile."""
        chats = self.chats_in(since, until)
        return chats if all(map(is_group, chats)) else set()

    def is_closed_in(self, since: float, until: float) -> bool:
        return "closed" in values_in(self.states, since, until)


@dataclass(slots=True)
class Row:
    """A reminder as it was stored: when it was due last, and when it was claimed or gone."""

    code: str
    kind: str
    deadline: float
    due: float
    claimed: float | None = None
    gone: float | None = None


@dataclass(slots=True)
class Watch:
    """What was read so far, last at `read_at`, and what was amiss.

    A night ends with its last read: while it is accounted for, its clock goes on.
    """

    ward: Ward
    database: Path
    reads: int = 0
    read_at: float = 0.0
    looked_at: int = 0
    amiss: list[Amiss] = field(default_factory=list)
    cases: defaultdict[str, Followed] = field(default_factory=lambda: defaultdict(Followed))
    reminders: dict[tuple[int, str, str, str], Row] = field(default_factory=dict)
    stood: Stood = field(default_factory=Stood)

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            self.read()
            await asyncio.sleep(SECONDS_BETWEEN_READS)

    def read(self) -> None:
        """Read once, as it was at one moment."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            connection.execute("BEGIN")
            cases = connection.execute("SELECT code, chat, owner, status FROM cases").fetchall()
            moved = dict(
                connection.execute(
                    "SELECT code, who FROM events WHERE id IN "
                    "(SELECT max(id) FROM events WHERE kind = ? GROUP BY code)",
                    (HANDED_OVER,),
                ).fetchall()
            )
            rows = connection.execute(
                "SELECT id, code, kind, deadline, due_at, claimed_at FROM reminders"
            ).fetchall()
            now = self.read_at = self.ward.now
            self.stood.read(connection, now)
        self.reads += 1
        for code, chat, owner, status in cases:
            self._follow(now, code, chat, owner, status, moved.get(code))
        for code in self.cases.keys() - {each[0] for each in cases}:
            self.tell(code, "the case is gone")
        self._note_reminders(now, rows)

    def is_closed(self, code: str) -> bool:
        return self.cases[code].states[-1][1] == "closed"

    def _follow(
        self, now: float, code: str, chat: str, owner: str, status: str, taken_by: str | None
    ) -> None:
        case = self.cases[code]
        if not case.owners and is_group(chat):
            self.ward.note(f"{code} begun in {chat} by {self.ward.name_of(owner)}")
            self.ward.codes.append(code)
        self.looked_at += 1
        first = case.owners[0][1] if case.owners else owner
        if not any(str(each.id) == owner for each in self.ward.clinicians.values()):
            self.tell(code, f"its owner is {owner!r}")
        elif owner != (taken_by or first):
            named = self.ward.name_of(taken_by or first)
            self.tell(code, f"its owner is {self.ward.name_of(owner)}, by its time line {named}")
        for kept, value in ((case.owners, owner), (case.chats, chat), (case.states, status)):
            note(kept, now, value)

    def _note_reminders(self, now: float, rows: list[tuple[int, str, str, str, str, str]]) -> None:
        found = set[tuple[int, str, str, str]]()
        for id, code, kind, deadline, due, claimed in rows:
            key = (id, code, kind, deadline)
            found.add(key)
            known = self.reminders.setdefault(key, Row(code, kind, moment(deadline), moment(due)))
            known.due, known.gone = moment(due), None
            known.claimed = moment(claimed) if claimed else None
        for key in self.reminders.keys() - found:
            self.reminders[key].gone = self.reminders[key].gone or now

    def tell(self, code: str, what: str, at: float | None = None) -> None:
        """Note that something is amiss, or was at a time; the same of a case is noted once."""
        if not any((each.code, each.what) == (code, what) for each in self.amiss):
            self.amiss.append(Amiss(self.ward.now if at is None else at, code, what))
