"""The audit, as stored: each row carries the hash of everything up to it."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import starmap, takewhile
from pathlib import Path
from typing import Final, Protocol

from state.chain import hashed, pseudonym
from state.key import Key
from state.sqlite.connection import why
from state.sqlite.engine import errors
from state.sqlite.known import VERSION, Known, Memory
from state.sqlite.look import looking
from state.sqlite.rows import instant
from state.sqlite.version import SCHEMA_VERSION
from state.store import StoreError
from state.topics.audit import Anchor, Audited, Trail

_READ: Final = (
    "number, at, lower(hex(who)), code, what, iif(about IS NULL, NULL, lower(hex(about))), role, "
    "ruleset, lower(hex(hash))"
)
_ADD: Final = (
    "INSERT INTO audit (number, at, who, code, what, about, role, ruleset, hash) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ANCHOR: Final = "number, lower(hex(hash))"


class Reads(Protocol):
    """What reads a database."""

    @property
    def path(self) -> Path: ...

    @property
    def memory(self) -> Memory: ...

    def execute(self, sql: str, given: Sequence[object] = ()) -> sqlite3.Cursor: ...


class _Looked:
    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.execute = connection.execute
        self.memory = Memory(lambda: int(connection.execute(VERSION).fetchone()[0]))


@contextmanager
def reading(path: Path, key: Key | None) -> Iterator["Audit"]:
    """Open the audit of a database for reading alone: nothing is migrated.

    Raises StoreError if it cannot be read, or has another schema.
    """
    with looking(path, key) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version != SCHEMA_VERSION:
            raise StoreError(
                f"CORDCALL_DATABASE: {path}: has schema {version}; allowed: {SCHEMA_VERSION}, to "
                "which a start of the bot brings an older one"
            )
        yield Audit(_Looked(path, connection))


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
        try:
            self._database.execute("BEGIN")
            try:
                rows = self._database.execute(f"SELECT {_READ} FROM audit ORDER BY number")
                yield Trail(self._start(), starmap(Audited, rows), self._newest())
            finally:
                self._database.execute("ROLLBACK")
        except errors() as error:
            raise StoreError(why(self._database.path, error)) from error

    def _read_last(self, _: str) -> Anchor:
        newest = self._database.execute(
            f"SELECT {_ANCHOR} FROM audit ORDER BY number DESC LIMIT 1"
        ).fetchone()
        return Anchor(*newest) if newest else self._start()

    def _start(self) -> Anchor:
        return Anchor(*self._database.execute(f"SELECT {_ANCHOR} FROM audit_start").fetchone())

    def _newest(self) -> int:
        """Return the highest number ever given, which SQLite keeps apart from the rows."""
        found = self._database.execute(
            "SELECT seq FROM sqlite_sequence WHERE name = 'audit'"
        ).fetchone()
        return int(found[0]) if found else 0
