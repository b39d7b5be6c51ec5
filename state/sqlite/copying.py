"""Copies a database into a checked file of its own, which can take the place of another."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from state.beginning import say_refused
from state.key import Key
from state.lock import ROLES, keep_off
from state.sql.version import APPLICATION_ID, SCHEMA_VERSION
from state.sqlite.engine import Mode, encrypt, errors, is_lack_of_room, is_plain, open_file
from state.sqlite.setting_aside import PARTS, has_content, set_aside
from state.sqlite.soundness import (
    damage,
    journal_of,
    log_of,
    require_own_log,
    shared_memory_of,
)
from state.store import StoreError


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a database, so that a person can tell two of them apart."""

    cases: int
    still_open: int
    newest: str | None
    members: int

    def __str__(self) -> str:
        touched = f", last used {self.newest[:16].replace('T', ' ')} UTC" if self.newest else ""
        return f"cases: {self.cases}, open: {self.still_open}{touched}; members: {self.members}"


@dataclass(frozen=True, slots=True)
class Source:
    """A database to copy: its file, how it is opened, its key, its name in an error."""

    file: Path
    mode: Mode
    key: Key | None
    named: str


@dataclass(frozen=True, slots=True)
class Replacing:
    """A checked copy, ready to be put in the place of a database; `key` opens the former one."""

    database: Path
    key: Key | None
    copy: Path
    contents: Contents

    @property
    def replaces(self) -> bool:
        return any(has_content(self.database, part) for part in PARTS)

    def say_former(self) -> str:
        """Say what is in the database that will be replaced, without changing it."""
        return _say_contents(self.database, self.key)

    def finish(self, now: datetime) -> Path | None:
        """Put the copy in place; return the name under which the former file is kept, if any.

        A kill in between leaves the former one as it was, or the copy beside a log that is not
        its own, which no start accepts.

        Raises StoreError, and changes nothing, if another program has the former one open.
        """
        with naming(str(self.database)):
            kept = set_aside(self.database, self.key, now) if self.replaces else None
            journal_of(self.database).unlink(missing_ok=True)
            self.copy.replace(self.database)
            for each in (log_of(self.database), shared_memory_of(self.database)):
                each.unlink(missing_ok=True)
            sync(self.database.parent)
        return kept


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Keep every bot and terminal off a database. Raises StoreError if one is running on it."""
    with ExitStack() as held:
        for role in ROLES:
            held.callback(keep_off(database, role).release)
        yield


def remove_if_empty(database: Path) -> None:
    """Erase what a lock has begun in vain."""
    if not database.stat().st_size:
        database.unlink()


@contextmanager
def replacing(
    source: Source, database: Path, former: Key | None, key: Key | None
) -> Iterator[Replacing]:
    """Make a checked copy for the place of a database, which the key `former` opens."""
    with copied(source, database, key) as (copy, found):
        give_to_owner(copy, database)
        yield Replacing(database, former, copy, found)


@contextmanager
def copied(source: Source, into: Path, key: Key | None) -> Iterator[tuple[Path, Contents]]:
    """Copy a database to a file beside another, without a log, under a key, and check the copy."""
    with unfinished(into) as copy:
        with naming(source.named), with_room(into):
            if key is not None and source.key is None:
                encrypt(source.file, source.mode, copy, key)
            else:
                _copy_pages(source, copy, key)
            with closing(open_file(copy, key)) as new:
                new.execute("PRAGMA journal_mode = DELETE")
                found = checked(new, source.named)
            sync(copy)
        yield copy, found


@contextmanager
def unfinished(into: Path) -> Iterator[Path]:
    """Make a private file beside another, which is erased unless it is given another name."""
    with naming(str(into)):
        handle, name = tempfile.mkstemp(prefix=f".{into.name}.", dir=into.absolute().parent)
        os.close(handle)
    try:
        yield Path(name)
    finally:
        with suppress(FileNotFoundError):
            Path(name).unlink()


def _copy_pages(source: Source, copy: Path, key: Key | None) -> None:
    """Copy a database page by page; if both have keys, these may differ."""
    with (
        closing(open_file(source.file, source.key, source.mode)) as old,
        closing(open_file(copy, key)) as new,
    ):
        old.backup(new)


def checked(connection: sqlite3.Connection, named: str) -> Contents:
    """Return what is in a copy. Raises StoreError if it is damaged, foreign or too new."""
    found = damage(connection, "integrity_check")
    if found:
        raise StoreError(f"{named}: is damaged: {found}; nothing was changed; allowed: a sound one")
    if connection.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
        raise StoreError(f"{named}: is not CordCall's; allowed: a CordCall database")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if not 1 <= version <= SCHEMA_VERSION:
        raise StoreError(
            f"{named}: is from a newer version of CordCall (schema {version}); "
            f"allowed: schema 1 to {SCHEMA_VERSION}"
        )
    return contents(connection)


def contents(connection: sqlite3.Connection) -> Contents:
    """Say what is in a database, which an older program may have written."""
    cases, still_open, newest = connection.execute(
        "SELECT count(*), coalesce(sum(status <> 'closed'), 0), max(touched_at) FROM cases"
    ).fetchone()
    members = 0
    if "members" in tables(connection):
        (members,) = connection.execute("SELECT count(*) FROM members").fetchone()
    return Contents(cases, still_open, newest, members)


def tables(connection: sqlite3.Connection) -> set[str]:
    """Name the tables of a database, which an older program may have written."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in found}


def _say_contents(database: Path, key: Key | None) -> str:
    """Say what is in a database as it is found, which may be damaged, empty or missing."""
    if not has_content(database, ""):
        lost = any(has_content(database, part) for part in PARTS)
        return "only the log of a lost database" if lost else "there is none yet"
    key = None if is_plain(database) else key
    try:
        require_own_log(database, key)
        with closing(open_file(database, key, "ro")) as connection:
            return str(contents(connection))
    except errors(StoreError):
        return "cannot be read"


def give_to_owner(copy: Path, database: Path) -> None:
    """Give a copy that root makes to whoever the database belongs to, or its folder.

    They may write to the folder: a link that they put in its place leads root to no other file.
    """
    if os.geteuid() == 0:
        like = (database if database.stat().st_size else database.parent).stat()
        os.chown(copy, like.st_uid, like.st_gid, follow_symlinks=False)


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def with_room(into: Path) -> Iterator[None]:
    """Say that it is the copy for which there is no room."""
    try:
        yield
    except errors() as error:
        if not is_lack_of_room(error):
            raise
        raise StoreError(
            f"{into}: {error}; nothing was changed; allowed: a file on a disk with room"
        ) from error


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Say in one line which file failed, and why."""
    try:
        yield
    except errors() as error:
        raise StoreError(
            f"{name}: {error}; nothing was changed; "
            "allowed: a sound CordCall database that no other program is using"
        ) from error
    except OSError as error:
        raise StoreError(say_refused(name, error)) from error
