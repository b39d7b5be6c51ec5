"""Refuses a damaged file, or one beside another database's log, before anything is changed."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final, Literal

from state.store import StoreError

WAL: Final = 2  # in the file's header, where its changes go first
HEADER_BYTES: Final = 20
DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
Check = Literal["quick_check", "integrity_check"]


def log_of(path: Path) -> Path:
    """Name the log in which SQLite keeps the newest changes of a database."""
    return path.with_name(f"{path.name}-wal")


def shared_memory_of(path: Path) -> Path:
    """Name the index of that log."""
    return path.with_name(f"{path.name}-shm")


def require_sound(path: Path) -> None:
    """Check a file without changing it, not even by moving its log into it.

    With a log it is checked in full: an older copy may have been put beside it by hand, and where
    the two are mixed up, only the indexes show it.

    Raises StoreError if it is damaged or its log belongs to another database.
    """
    path = path.resolve()
    if has_foreign_log(path):
        raise StoreError(
            f"CORDCALL_DATABASE: {path} was put beside the log of another database, "
            f"{log_of(path).name}; nothing was changed; allowed: a file that "
            "`cordcall restore FILE` has put there"
        )
    hot = path.with_name(f"{path.name}-journal").exists()
    with closing(sqlite3.connect(uri(path, "rw" if hot else "ro"), uri=True)) as connection:
        found = damage(connection, "integrity_check" if has_log(path) else "quick_check")
    if found:
        raise StoreError(damaged(path, found))


def has_log(path: Path) -> bool:
    """Return whether a file has a log beside it, as after a kill."""
    try:
        return log_of(path).stat().st_size > 0
    except OSError:
        return False


def has_foreign_log(path: Path) -> bool:
    """Return whether a file has a log beside it that it cannot have written itself."""
    try:
        with path.open("rb") as file:
            header = file.read(HEADER_BYTES)
        return len(header) == HEADER_BYTES and header[18] != WAL and has_log(path)
    except OSError:
        return False


def damage(connection: sqlite3.Connection, check: Check) -> str:
    """Say what is damaged in a database; "" if nothing is."""
    try:
        found = str(connection.execute(f"PRAGMA {check}(1)").fetchone()[0])
        broken = (
            check == "integrity_check" and connection.execute("PRAGMA foreign_key_check").fetchone()
        )
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        return str(error)
    if found != "ok":
        return found.replace("\n", " ")
    return "rows refer to rows that are missing" if broken else ""


def is_damage(error: BaseException) -> bool:
    """Return whether SQLite reports a damaged file, or one that is no database."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED


def damaged(path: Path, found: str) -> str:
    return (
        f"CORDCALL_DATABASE: {path} is damaged: {found}; nothing was changed; allowed: a sound "
        "database: `cordcall restore FILE` puts a backup in its place and keeps this one"
    )


def uri(path: Path, mode: str) -> str:
    return f"{path.resolve().as_uri()}?mode={mode}"
