"""Reads one state of a file, and all of it."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from state.sqlite.connection import why
from state.sqlite.engine import errors
from state.store import StoreError

VERSION: Final = "PRAGMA data_version"  # another one after each commit of another connection


class Reading:
    """A connection to a file, as far as it only reads."""

    path: Path
    connection: sqlite3.Connection

    @contextmanager
    def reading(self) -> Iterator[None]:
        try:
            self.connection.execute("BEGIN")
            try:
                yield
            finally:
                self.connection.execute("ROLLBACK")
        except errors() as error:
            raise StoreError(why(self.path, error)) from error

    def each(self, sql: str, given: Sequence[object] = ()) -> Iterator[Any]:
        return self.connection.execute(sql, given)

    def newest_audited(self) -> int:
        """Return the highest number ever given, which SQLite keeps apart from the rows."""
        found = self.connection.execute(
            "SELECT seq FROM sqlite_sequence WHERE name = 'audit'"
        ).fetchone()
        return int(found[0]) if found else 0
