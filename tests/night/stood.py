"""What stood in the groups over time, as it was read: their ways, duties, offers and questions."""

import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

V = TypeVar("V")
OverTime = list[tuple[float, V]]
"""Values, each since when it was read."""
READ_LATE = 30.0  # seconds of the clock: what happened was read by then


@dataclass(frozen=True, slots=True)
class Ways:
    """What a group has set, as far as it changes when it is told something, and how loudly."""

    repeat_min: int
    quiet: str
    zone: str


@dataclass(slots=True)
class Offered:
    """A case that its owner offers to a colleague."""

    code: str
    chat: str
    giver: str
    receiver: str
    since: float
    gone: float | None = None


@dataclass(slots=True)
class Asked:
    """A question of a case that its owner has sent to a colleague."""

    code: str
    whom: str
    question: str
    by: str
    since: float
    gone: float | None = None


@dataclass(slots=True)
class Stood:
    """What was read so far. A group that is not enrolled has no ways."""

    ways: defaultdict[str, OverTime[Ways | None]] = field(default_factory=lambda: defaultdict(list))
    duties: defaultdict[tuple[str, str], OverTime[str]] = field(
        default_factory=lambda: defaultdict(list)
    )
    offers: dict[tuple[str, str], Offered] = field(default_factory=dict)
    asked: dict[tuple[str, str, str], Asked] = field(default_factory=dict)

    def read(self, connection: sqlite3.Connection, now: float) -> None:
        """Read what stands now, in the transaction of a connection."""
        groups = {
            chat: Ways(*rest)
            for chat, *rest in connection.execute(
                "SELECT chat, repeat_min, quiet, zone FROM groups"
            )
        }
        for chat in self.ways.keys() | groups.keys():
            note(self.ways[chat], now, groups.get(chat))
        duties = {
            (chat, role): who if moment(until) > now else ""
            for chat, role, who, until in connection.execute(
                "SELECT chat, role, who, until FROM on_call"
            )
        }
        for key in self.duties.keys() | duties.keys():
            note(self.duties[key], now, duties.get(key, ""))
        self._read_offers(connection, now)
        self._read_questions(connection, now)

    def _read_offers(self, connection: sqlite3.Connection, now: float) -> None:
        found = set[tuple[str, str]]()
        for code, offer, chat, giver, receiver, since in connection.execute(
            "SELECT code, offer, chat, giver, receiver, offered_at FROM handovers"
        ):
            key = (code, offer)
            found.add(key)
            self.offers.setdefault(key, Offered(code, chat, giver, receiver, moment(since)))
        for key in self.offers.keys() - found:
            self.offers[key].gone = self.offers[key].gone or now

    def _read_questions(self, connection: sqlite3.Connection, now: float) -> None:
        found = set[tuple[str, str, str]]()
        for code, whom, since, question, by in connection.execute(
            "SELECT code, whom, asked_at, question, asked_by FROM requests"
        ):
            key = (code, whom, since)
            found.add(key)
            self.asked.setdefault(key, Asked(code, whom, question, by, moment(since)))
        for key in self.asked.keys() - found:
            self.asked[key].gone = self.asked[key].gone or now


def note(kept: OverTime[V], now: float, value: V) -> None:
    """Note what holds now, if it is something else."""
    if not kept or kept[-1][1] != value:
        kept.append((now, value))


def values_in(kept: OverTime[V], since: float, until: float) -> set[V]:
    """Return what held at any time between two; what was read first held before as well."""
    found = set[V]()
    for number, (begun, value) in enumerate(kept):
        ended = kept[number + 1][0] if number + 1 < len(kept) else float("inf")
        if (begun <= until or number == 0) and ended >= since:
            found.add(value)
    return found


def moment(kept: str) -> float:
    """Return a stored moment in seconds."""
    return datetime.fromisoformat(kept).timestamp()
