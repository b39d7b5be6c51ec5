"""Opens a file with SQLite, or with SQLCipher if there is a key; nothing else opens one."""

import sqlite3
import sys
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal

from state.key import Key
from state.store import StoreError

Mode = Literal["rw", "ro", "ro&immutable=1"]
SECONDS_TO_WAIT: Final = 5.0
STATEMENTS: Final = 256  # more than the store has: preparing one again costs a turn 7 %
PLAIN_HEADER: Final = b"SQLite format 3\0"
NO_ROOM: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE)
NO_ROOM_SAID: Final = ("database or disk is full", "disk I/O error")
DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def open_file(
    path: Path, key: Key | None, mode: Mode = "rw", *, timeout: float = SECONDS_TO_WAIT
) -> sqlite3.Connection:
    """Open an existing file; without a key it is plain. A wrong key fails at the first statement.

    Raises StoreError if there is a key and SQLCipher is not installed.
    """
    if key is None:
        return _connect(sqlite3, path, mode, timeout)
    connection = _connect_cipher(path, mode, timeout)
    connection.execute(f"PRAGMA key = \"x'{key.digits}'\"")
    return connection


def encrypt(plain: Path, mode: Mode, copy: Path, key: Key) -> None:
    """Copy a plain database row by row: an encrypted page is laid out differently.

    Raises StoreError if the rows of the copy are not the same.
    """
    with closing(_connect_cipher(plain, mode, SECONDS_TO_WAIT)) as old:
        old.execute("ATTACH ? AS encrypted KEY ?", (uri(copy, "rw"), f"x'{key.digits}'"))
        old.execute("PRAGMA encrypted.synchronous = OFF")  # the whole copy is synced at the end
        old.execute("SELECT sqlcipher_export('encrypted')")
        for pragma in ("application_id", "user_version"):  # which the export leaves out
            (value,) = old.execute(f"PRAGMA main.{pragma}").fetchone()
            old.execute(f"PRAGMA encrypted.{pragma} = {value}")
        tables = old.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            rows, same = (
                old.execute(f'SELECT * FROM {schema}."{table}"').fetchall()
                for schema in ("main", "encrypted")
            )
            if rows != same:
                raise StoreError(f"{plain}: {table} was not copied whole; nothing was changed")


def _connect_cipher(path: Path, mode: Mode, timeout: float) -> sqlite3.Connection:
    try:
        module = import_module("sqlcipher3.dbapi2")
    except ImportError as error:
        raise StoreError(
            "CORDCALL_KEY_FILE: it needs the extra crypt; allowed: cordcall[crypt], or unset"
        ) from error
    connection = _connect(module, path, mode, timeout)
    connection.execute("PRAGMA cipher_log_level = NONE")  # it would write to standard error
    return connection


def _connect(module: Any, path: Path, mode: Mode, timeout: float) -> sqlite3.Connection:
    connection: sqlite3.Connection = module.connect(
        uri(path, mode),
        uri=True,
        timeout=timeout,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=STATEMENTS,
    )
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def uri(path: Path, mode: Mode) -> str:
    return f"{path.resolve().as_uri()}?mode={mode}"


def errors(*others: type[Exception]) -> tuple[type[Exception], ...]:
    """Return what both raise, for an `except`: SQLCipher's exceptions are not sqlite3.Error."""
    return (*(each.Error for each in _loaded()), *others)


def wrong_data() -> tuple[type[Exception], ...]:
    """Return what both raise if what they were given is wrong, and the database is not."""
    return tuple(
        kind
        for each in _loaded()
        for kind in (each.IntegrityError, each.DataError, each.ProgrammingError)
    )


def _loaded() -> list[Any]:
    return [sqlite3, *filter(None, [sys.modules.get("sqlcipher3.dbapi2")])]


def is_damage(error: BaseException) -> bool:
    """Return whether SQLite reports a damaged file, one that is no database, or a wrong key."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED


def is_busy(error: BaseException) -> bool:
    """Return whether another connection is in the way."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def is_lack_of_room(error: BaseException) -> bool:
    """Return whether a file could not be written for want of room.

    SQLCipher gives no code for what fails while it copies, only the sentence.
    """
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code in NO_ROOM or (code == sqlite3.SQLITE_ERROR and str(error) in NO_ROOM_SAID)


def is_plain(path: Path) -> bool:
    """Return whether a file has no key: it begins as SQLite's files do, or is empty or missing."""
    try:
        with path.open("rb") as file:
            return file.read(len(PLAIN_HEADER)) in (PLAIN_HEADER, b"")
    except FileNotFoundError:
        return True
