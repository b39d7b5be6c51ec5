"""Backs a database up beside a running program, and puts a backup in its place."""

import os
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from state.beginning import begins_new, find, say_refused
from state.lock import ROLES, keep_off
from state.sqlite.connection import BESIDE
from state.sqlite.setting_aside import PARTS, has_content, set_aside
from state.sqlite.soundness import (
    damage,
    has_foreign_log,
    has_journal,
    journal_of,
    log_of,
    require_own_log,
    require_sound,
    shared_memory_of,
    uri,
)
from state.sqlite.version import APPLICATION_ID, SCHEMA_VERSION
from state.store import StoreError

SECONDS_TO_WAIT: Final = 5.0
NO_ROOM: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE)


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a database, so that a person can tell two of them apart."""

    cases: int
    still_open: int
    newest: str | None

    def __str__(self) -> str:
        touched = f", last used {self.newest[:16].replace('T', ' ')} UTC" if self.newest else ""
        return f"cases: {self.cases}, open: {self.still_open}{touched}"


@dataclass(frozen=True, slots=True)
class Restoring:
    """A checked copy of a backup, ready to be put in the place of a database."""

    database: Path
    copy: Path
    contents: Contents

    @property
    def replaces(self) -> bool:
        return any(has_content(self.database, part) for part in PARTS)

    def say_former(self) -> str:
        """Say what is in the database that will be replaced, without changing it."""
        return _say_contents(self.database)

    def finish(self, now: datetime) -> Path | None:
        """Put the copy in place; return the name under which the former file is kept, if any.

        A kill in between leaves the former one as it was, or the copy beside a log that is not
        its own, which no start accepts.

        Raises StoreError, and changes nothing, if another program has the former one open.
        """
        with _named(str(self.database)):
            kept = set_aside(self.database, now) if self.replaces else None
            journal_of(self.database).unlink(missing_ok=True)
            self.copy.replace(self.database)
            for each in (log_of(self.database), shared_memory_of(self.database)):
                each.unlink(missing_ok=True)
            _sync(self.database.parent)
        return kept


def backup(database: Path, file: Path) -> Contents:
    """Copy a database into a new file, while others use it.

    The database is only read: whoever may write to it moves its log into it when he leaves.

    Raises StoreError if the file exists or cannot be written, or if the database is damaged or
    lost.
    """
    named = f"CORDCALL_DATABASE: {database}"
    if begins_new(database):
        state = "is empty" if find(database) else "no such file"
        raise StoreError(f"{named}: {state}; allowed: one to back up")
    beside = [database.resolve().with_name(f"{database.resolve().name}{end}") for end in BESIDE]
    if file.parent.resolve() / file.name in beside:
        raise StoreError(f"{file}: belongs to the database; allowed: another name")
    if os.path.lexists(file):
        raise _taken(file)
    with _named(named):
        mode = _mode_to_copy(database)
    with _copied(uri(database, mode), named, file) as (copy, contents), _named(str(file)):
        _reserve(file)
        copy.rename(file)
        _sync(file.absolute().parent)
    return contents


def _mode_to_copy(database: Path) -> str:
    """Choose how to read a database without changing it, unless SQLite must undo a change first.

    Raises StoreError if its log is not its own, or if undoing would damage it.
    """
    with database.open("rb"):  # SQLite does not say that it may not
        pass
    if has_journal(database.resolve()):
        require_sound(database)
        return "rw"
    require_own_log(database.resolve())
    return "ro"


def _reserve(file: Path) -> None:
    """Take a name that another backup may be about to take."""
    try:
        file.touch(exist_ok=False)
    except FileExistsError as error:
        raise _taken(file) from error


def _taken(file: Path) -> StoreError:
    return StoreError(f"{file}: already exists; allowed: a new name")


@contextmanager
def restoring(database: Path, file: Path) -> Iterator[Restoring]:
    """Check a backup and copy it beside the database, which nobody may open meanwhile.

    Raises StoreError if a bot or a terminal is running on it, or if the backup is no good.
    """
    database = database.resolve()
    given, former = find(file), find(database)
    if not given or not stat.S_ISREG(given.st_mode):
        raise StoreError(f"{file}: no such file; allowed: one that `cordcall backup` wrote")
    if not given.st_size:
        raise StoreError(f"{file}: is empty; allowed: one that `cordcall backup` wrote")
    if former and os.path.samestat(given, former):
        raise StoreError(f"{file}: is the database itself; allowed: a backup of it")
    with _named(str(file)), file.open("rb"):
        pass
    new = former is None
    with ExitStack() as held:
        for role in ROLES:
            held.callback(keep_off(database, role).release)
        if new:
            held.callback(_remove_if_empty, database)
        own_log = log_of(file).exists() and not has_foreign_log(file)
        source = uri(file, "ro" if own_log else "ro&immutable=1")
        copy, contents = held.enter_context(_copied(source, str(file), database))
        _give_to_owner(copy, database)
        yield Restoring(database, copy, contents)


@contextmanager
def _copied(source: str, named: str, into: Path) -> Iterator[tuple[Path, Contents]]:
    """Copy a database to a file of its own, without a log, and check the copy."""
    with _named(str(into)):
        handle, name = tempfile.mkstemp(prefix=f".{into.name}.", dir=into.absolute().parent)
        os.close(handle)
    copy = Path(name)
    try:
        with _named(named), _with_room(into):
            with (
                closing(sqlite3.connect(source, uri=True, timeout=SECONDS_TO_WAIT)) as old,
                closing(sqlite3.connect(copy)) as new,
            ):
                old.backup(new)
                new.execute("PRAGMA journal_mode = DELETE")
                contents = _checked(new, named)
            _sync(copy)
        yield copy, contents
    finally:
        with suppress(FileNotFoundError):
            copy.unlink()


def _checked(connection: sqlite3.Connection, named: str) -> Contents:
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
    return _contents(connection)


def _contents(connection: sqlite3.Connection) -> Contents:
    row = connection.execute(
        "SELECT count(*), coalesce(sum(status <> 'closed'), 0), max(touched_at) FROM cases"
    ).fetchone()
    return Contents(*row)


def _say_contents(database: Path) -> str:
    """Say what is in a database as it is found, which may be damaged, empty or missing."""
    if not has_content(database, ""):
        lost = any(has_content(database, part) for part in PARTS)
        return "only the log of a lost database" if lost else "there is none yet"
    try:
        require_own_log(database)
        with closing(sqlite3.connect(uri(database, "ro"), uri=True)) as connection:
            return str(_contents(connection))
    except (sqlite3.Error, StoreError):
        return "cannot be read"


def _give_to_owner(copy: Path, database: Path) -> None:
    """Give a copy that root makes to whoever the database belongs to, or its folder."""
    if os.geteuid() == 0:
        like = (database if database.stat().st_size else database.parent).stat()
        os.chown(copy, like.st_uid, like.st_gid)


def _remove_if_empty(database: Path) -> None:
    if not database.stat().st_size:
        database.unlink()


def _sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def _with_room(into: Path) -> Iterator[None]:
    """Say that it is the copy for which there is no room."""
    try:
        yield
    except sqlite3.Error as error:
        if error.sqlite_errorcode not in NO_ROOM:
            raise
        raise StoreError(
            f"{into}: {error}; nothing was changed; allowed: a file on a disk with room"
        ) from error


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Say in one line which file failed, and why."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(
            f"{name}: {error}; nothing was changed; "
            "allowed: a sound CordCall database that no other program is using"
        ) from error
    except OSError as error:
        raise StoreError(say_refused(name, error)) from error
