"""Reads the audit of a file that others may be using."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from state.key import Key
from state.sql.audit import Audit
from state.sql.known import Memory
from state.sql.version import SCHEMA_VERSION
from state.sqlite.look import looking
from state.sqlite.reading import VERSION, Reading
from state.store import StoreError


class _Looked(Reading):
    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path, self.connection = path, connection
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
