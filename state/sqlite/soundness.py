"""Refuses a damaged file, or one beside another database's log, before anything is changed."""

import shutil
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

from state.key import Key
from state.sqlite.engine import Mode, errors, is_damage, open_file
from state.sqlite.fitting import require_fitting
from state.store import StoreError

WAL: Final = 2  # in the file's header, where its changes go first
HEADER_BYTES: Final = 20
READ_ONLY: Final[Mode] = "ro"
Check = Literal["quick_check", "integrity_check"]


def log_of(path: Path) -> Path:
    """Name the log in which SQLite keeps the newest changes of a database."""
    return path.with_name(f"{path.name}-wal")


def shared_memory_of(path: Path) -> Path:
    """Name the index of that log."""
    return path.with_name(f"{path.name}-shm")


def require_sound(path: Path, key: Key | None) -> None:
    """Check a file without changing it, not even by moving its log into it.

    With a log it is checked in full: an older copy may have been put beside it by hand, and where
    the two are mixed up, only the indexes show it. With a journal a copy of both is checked: SQLite
    would play it back into the file before it reads.

    Raises StoreError if the key does not fit it, if it is damaged, or if its log belongs to another
    database.
    """
    path = path.resolve()
    require_fitting(path, key, f"CORDCALL_DATABASE: {path}")
    require_own_log(path, key)
    check: Check = "integrity_check" if has_log(path) else "quick_check"
    with ExitStack() as held:
        checked, mode = path, READ_ONLY
        if has_journal(path):
            folder = Path(held.enter_context(TemporaryDirectory(prefix=".", dir=path.parent)))
            for each in (path, journal_of(path)):
                shutil.copyfile(each, folder / each.name)
            checked, mode = folder / path.name, "rw"
        found = _damage_in(checked, key, mode, check)
    if found:
        raise StoreError(damaged(path, found))


def require_own_log(path: Path, key: Key | None) -> None:
    """Raise StoreError if a file has the log of another database beside it."""
    if has_foreign_log(path, key):
        raise StoreError(
            f"CORDCALL_DATABASE: {path} was put beside the log of another database, "
            f"{log_of(path).name}; nothing was changed; allowed: a file that "
            "`cordcall restore FILE` has put there"
        )


def journal_of(path: Path) -> Path:
    """Name the file with which SQLite undoes a change that was cut short."""
    return path.with_name(f"{path.name}-journal")


def has_journal(path: Path) -> bool:
    """Return whether SQLite would undo a change as soon as it may write to a file."""
    return _has_content(journal_of(path))


def has_log(path: Path) -> bool:
    """Return whether a file has a log beside it, as after a kill."""
    return _has_content(log_of(path))


def _has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def has_foreign_log(path: Path, key: Key | None) -> bool:
    """Return whether a file has a log beside it that it cannot have written itself.

    The pages of an encrypted one are sealed with a salt of its own, so that it is unreadable with
    the log of another and readable without.
    """
    if not has_log(path):
        return False
    if key is not None:
        return bool(_damage_in(path, key, "ro")) and not _damage_in(path, key, "ro&immutable=1")
    try:
        with path.open("rb") as file:
            header = file.read(HEADER_BYTES)
    except OSError:
        return False
    return len(header) == HEADER_BYTES and header[18] != WAL


def _damage_in(path: Path, key: Key | None, mode: Mode, check: Check = "quick_check") -> str:
    with closing(open_file(path, key, mode)) as connection:
        return damage(connection, check)


def damage(connection: sqlite3.Connection, check: Check) -> str:
    """Say what is damaged in a database; "" if nothing is."""
    try:
        found = str(connection.execute(f"PRAGMA {check}(1)").fetchone()[0])
        broken = (
            check == "integrity_check" and connection.execute("PRAGMA foreign_key_check").fetchone()
        )
    except errors() as error:
        if not is_damage(error):
            raise
        return str(error)
    if found != "ok":
        return found.replace("\n", " ")
    return "rows refer to rows that are missing" if broken else ""


def damaged(path: Path, found: str) -> str:
    return (
        f"CORDCALL_DATABASE: {path} is damaged: {found}; nothing was changed; allowed: a sound "
        "database: `cordcall restore FILE` puts a backup in its place and keeps this one"
    )
