"""Opens the database: refuses foreign files, makes it durable, migrates it."""

import os
import sqlite3
from pathlib import Path
from typing import Final

from bot.private_file import say_shared
from state.key import Key
from state.sql.version import APPLICATION_ID, SCHEMA_VERSION
from state.sqlite.engine import is_damage, open_file
from state.sqlite.soundness import damaged, require_sound
from state.store import StoreError

BUSY_SECONDS: Final = 5.0
BESIDE: Final = ("-wal", "-shm", "-journal")


def connect(path: Path, durability: str, key: Key | None) -> sqlite3.Connection:
    beside = (path.parent / f"{path.name}{suffix}" for suffix in BESIDE)
    if shared := say_shared(path, *beside):
        raise StoreError(f"CORDCALL_DATABASE: {shared}")
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    require_sound(path, key)
    connection = open_file(path, key, timeout=BUSY_SECONDS)
    try:
        _refuse_foreign(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {durability}")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        if _pragma(connection, "user_version") < SCHEMA_VERSION:
            _migrate(connection)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring a database up to date, as a whole and with one sync, or not at all.

    sqlite-utils is loaded only if there is something to do.
    """
    from sqlite_utils import Database

    from state.sqlite.schema_groups import migrations

    database = Database(connection, execute_plugins=False)
    with database.atomic():
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrations.apply(database)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a database that is not ours, or newer than this program."""
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and _pragma(connection, "application_id") != APPLICATION_ID:
        raise StoreError(
            f"CORDCALL_DATABASE: {path} is another program's database; "
            "allowed: a CordCall database or a new file"
        )
    version = _pragma(connection, "user_version")
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"CORDCALL_DATABASE: {path} has schema {version}, newer than this program; "
            f"allowed: up to {SCHEMA_VERSION}"
        )


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def why(path: Path, error: Exception, left: str = "nothing was changed") -> str:
    if is_damage(error):
        return damaged(path, str(error))
    return (
        f"CORDCALL_DATABASE: {path}: {error}; {left}; "
        "allowed: a CordCall database that can be written, on a disk with room"
    )


def identity(path: Path) -> tuple[int, int] | None:
    """Identify a file, even if another has taken its name; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def require_same(path: Path, opened: tuple[int, int] | None) -> None:
    """Raise StoreError if a file is not the one that was opened, which `identity` named."""
    if identity(path) != opened:
        raise StoreError(
            f"CORDCALL_DATABASE: {path} was removed or replaced while it was in use; "
            "allowed: the same file from start to end: stop CordCall, put the file back or "
            "`cordcall restore FILE`, then start it"
        )
