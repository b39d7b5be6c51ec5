"""The audit, as stored: each row carries the hash of everything up to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import starmap, takewhile
from typing import Final

from state.chain import hashed, pseudonym
from state.sql.database import Reads
from state.sql.known import Known
from state.sql.rows import in_digits, instant
from state.topics.audit import Anchor, Audited, Trail

_READ: Final = "SELECT number, at, who, code, what, about, role, ruleset, hash FROM audit"
_ADD: Final = (
    "INSERT INTO audit (number, at, who, code, what, about, role, ruleset, hash) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Audit:
    """Who did what and when. The rows are chained inside the turn that writes them."""

    def __init__(self, database: Reads) -> None:
        self._database = database
        self._last = Known(database.memory, "audit audit_start", self._read_last, whole=True)
        self._secret: bytes | None = None

    def add(
        self,
        who: str,
        what: str,
        code: str | None,
        ruleset: str,
        at: datetime,
        *,
        about: str | None = None,
        role: str | None = None,
    ) -> None:
        last, person, moment = self.last(), self.pseudonym(who), instant(at)
        other = self.pseudonym(about) if about else None
        number = last.number + 1
        own = hashed(last.hash, number, moment, person, code, what, other, role, ruleset)
        self._database.execute(
            _ADD,
            (
                number, moment, bytes.fromhex(person), code, what,
                bytes.fromhex(other) if other else None, role, ruleset, bytes.fromhex(own),
            ),
        )  # fmt: skip
        self._last.set("", Anchor(number, own))

    def pseudonym(self, who: str) -> str:
        if self._secret is None:
            found = self._database.execute("SELECT secret FROM audit_start").fetchone()
            self._secret = bytes(found[0])
        return pseudonym(self._secret, who)

    def last(self) -> Anchor:
        return self._last.get("")

    def cut(self, before: datetime, most: int) -> int:
        rows = self._database.execute(
            "SELECT number, hash, at FROM audit ORDER BY number LIMIT ?", (most,)
        ).fetchall()
        old = [*takewhile(lambda row: row[2] < instant(before), rows)]
        if old:
            number, kept, _ = old[-1]
            self._database.execute("UPDATE audit_start SET number = ?, hash = ?", (number, kept))
            self._database.execute("DELETE FROM audit WHERE number <= ?", (number,))
        return len(old)

    @contextmanager
    def trail(self) -> Iterator[Trail]:
        with self._database.reading():
            rows = self._database.each(f"{_READ} ORDER BY number")
            newest = self._database.newest_audited()
            yield Trail(self._start(), starmap(_audited, rows), newest)

    def _read_last(self, _: str) -> Anchor:
        newest = self._database.execute(
            "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1"
        ).fetchone()
        return _anchor(*newest) if newest else self._start()

    def _start(self) -> Anchor:
        return _anchor(*self._database.execute("SELECT number, hash FROM audit_start").fetchone())


def _anchor(number: int, hash: bytes) -> Anchor:
    return Anchor(number, in_digits(hash))


def _audited(
    number: int,
    at: str,
    who: bytes,
    code: str | None,
    what: str,
    about: bytes | None,
    role: str | None,
    ruleset: str,
    hash: bytes,
) -> Audited:
    other = None if about is None else in_digits(about)
    return Audited(number, at, in_digits(who), code, what, other, role, ruleset, in_digits(hash))
