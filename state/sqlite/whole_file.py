"""A file as a whole: one to read, which is left as it is, or a new one that is filled."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Final

from state.beginning import begins_new, find
from state.key import Key
from state.sql.version import APPLICATION_ID, SCHEMA_VERSION
from state.sql.whole_copy import AUDIT_START, Row, Table
from state.sqlite.connection import connect
from state.sqlite.copying import (
    Contents,
    Replacing,
    checked,
    contents,
    give_to_owner,
    locked,
    naming,
    remove_if_empty,
    sync,
    tables,
    unfinished,
    with_room,
)
from state.sqlite.look import looking
from state.sqlite.soundness import damage, damaged, has_journal, require_own_log
from state.store import StoreError

NOT_COPIED: Final = {"_sqlite_migrations", "sqlite_sequence"}
SYNCED_AT_THE_END: Final = "OFF"


class WholeFile:
    """What is in a file, in one transaction. `tables` lists what others refer to before them."""

    def __init__(self, file: Path, connection: sqlite3.Connection) -> None:
        self._file = file
        self._connection = connection
        self.tables = _in_order(connection)

    def __str__(self) -> str:
        return str(self._file)

    @property
    def contents(self) -> Contents:
        return contents(self._connection)

    def rows(self, table: Table) -> Iterator[Row]:
        return self._connection.execute(table.select())

    def add(self, table: Table, rows: Iterable[Row]) -> None:
        if table.name == AUDIT_START.name:
            self._connection.execute(f"DELETE FROM {table.name}")
        marks = ", ".join("?" * len(table.columns))
        self._connection.executemany(
            f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({marks})", rows
        )

    def newest(self) -> Mapping[str, int]:
        given = dict(self._connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
        for table in self.tables:
            if len(table.key) == 1 and _kinds(self._connection, table)[table.key[0]] == "INTEGER":
                (highest,) = self._connection.execute(
                    f"SELECT max({table.key[0]}) FROM {table.name}"
                ).fetchone()
                given[table.name] = max(given.get(table.name, 0), highest or 0)
        return given

    def go_on_after(self, newest: Mapping[str, int]) -> None:
        """Note numbers where SQLite keeps them; elsewhere it goes on after the highest there is."""
        numbering = self._connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
        ).fetchall()
        self._connection.executemany(
            "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)",
            [(name, newest[name]) for (name,) in numbering if name in newest],
        )

    def require_no_nul(self) -> None:
        """Raise StoreError if a text has a NUL in it, which PostgreSQL does not keep."""
        for table in self.tables:
            kinds = _kinds(self._connection, table)
            for column in (name for name in table.columns if kinds[name] == "TEXT"):
                found = self._connection.execute(
                    f"SELECT rowid FROM {table.name} WHERE instr({column}, char(0)) LIMIT 1"
                ).fetchone()
                if found:
                    raise StoreError(
                        f"{self}: {table.name}: row {found[0]} has a NUL in {column}, which "
                        "PostgreSQL does not keep; nothing was changed; allowed: texts without"
                    )


@contextmanager
def reading_whole(file: Path, key: Key | None) -> Iterator[WholeFile]:
    """Read a file that nobody uses, and leave it as it is, byte for byte.

    Raises StoreError if there is none, if a bot or a terminal is running on it, or if it is
    damaged or of another schema.
    """
    if begins_new(file):
        state = "is empty" if find(file) else "no such file"
        raise StoreError(f"{file}: {state}; allowed: a CordCall database")
    real = file.resolve()
    with locked(real), naming(str(file)):
        if has_journal(real):
            raise StoreError(
                f"{file}: has a change beside it that was cut short; nothing was changed; "
                "allowed: one that CordCall was started on and stopped again"
            )
        require_own_log(real, key)
        with looking(file, key) as connection:
            connection.execute("BEGIN")
            _require_newest(file, connection)
            if found := damage(connection, "integrity_check"):
                raise StoreError(damaged(file, found))
            yield WholeFile(file, connection)


@contextmanager
def filling_whole(file: Path, key: Key | None) -> Iterator["Filling"]:
    """Make a database beside a file that is still to be written, or has nothing in it.

    Raises StoreError if it has something in it, or cannot be written.
    """
    _require_nothing_in(file, key)
    with (
        unfinished(file) as copy,
        naming(str(file)),
        with_room(file),
        closing(connect(copy, SYNCED_AT_THE_END, key)) as connection,
    ):
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA journal_mode = OFF")  # what is not finished is thrown away
        connection.execute("BEGIN")
        yield Filling(file, key, copy, connection)


class Filling(WholeFile):
    """A database that is being made, under another name until it is finished."""

    def __init__(
        self, file: Path, key: Key | None, copy: Path, connection: sqlite3.Connection
    ) -> None:
        super().__init__(file, connection)
        self._key = key
        self._copy = copy

    def finish(self, now: datetime) -> tuple[Contents, Path | None]:
        """Check it and give it its name; return what is in it, and where an empty one is kept.

        Raises StoreError if it is not sound, or if meanwhile something was put in its place.
        """
        self._connection.execute("COMMIT")
        found = checked(self._connection, str(self))
        self._connection.close()
        sync(self._copy)
        file = self._file.resolve()
        with ExitStack() as held:
            is_missing = find(file) is None
            held.enter_context(locked(file))
            if is_missing:
                held.callback(remove_if_empty, file)
            _require_nothing_in(file, self._key)
            give_to_owner(self._copy, file)
            return found, Replacing(file, self._key, self._copy, found).finish(now)


def _require_nothing_in(file: Path, key: Key | None) -> None:
    if begins_new(file):
        return
    with naming(str(file)), looking(file, key) as connection:
        if connection.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
            raise StoreError(f"{file}: is not CordCall's; allowed: a new name")
        for table in sorted(tables(connection) - NOT_COPIED):
            begun = "WHERE number > 0" if table == AUDIT_START.name else ""
            if connection.execute(f"SELECT 1 FROM {table} {begun} LIMIT 1").fetchone():
                raise StoreError(
                    f"{file}: has something in it already ({table}); nothing was changed; "
                    "allowed: a new name"
                )


def _require_newest(file: Path, connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
        raise StoreError(f"{file}: is not CordCall's; allowed: a CordCall database")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != SCHEMA_VERSION:
        raise StoreError(
            f"{file}: has schema {version}; nothing was changed; allowed: {SCHEMA_VERSION}, to "
            "which a start of the bot brings an older one"
        )


def _in_order(connection: sqlite3.Connection) -> list[Table]:
    """List the tables, each after those that its rows refer to."""
    after = {
        name: {row[2] for row in connection.execute(f"PRAGMA foreign_key_list({name})")}
        for name in sorted(tables(connection) - NOT_COPIED)
    }
    return [_table(connection, name) for name in TopologicalSorter(after).static_order()]


def _table(connection: sqlite3.Connection, name: str) -> Table:
    columns = connection.execute(f"PRAGMA table_info({name})").fetchall()
    key = sorted((place, column) for _, column, _, _, _, place in columns if place)
    return Table(name, tuple(row[1] for row in columns), tuple(column for _, column in key))


def _kinds(connection: sqlite3.Connection, table: Table) -> Mapping[str, str]:
    return {row[1]: row[2] for row in connection.execute(f"PRAGMA table_info({table.name})")}
