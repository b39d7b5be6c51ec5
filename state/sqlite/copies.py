"""Backs a database up beside a running program, and puts a backup in its place."""

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from state.beginning import begins_new, find
from state.key import Key
from state.sqlite.connection import BESIDE
from state.sqlite.copying import (
    Contents,
    Replacing,
    Source,
    copied,
    locked,
    naming,
    remove_if_empty,
    replacing,
    sync,
    tables,
)
from state.sqlite.engine import Mode, is_plain, open_file
from state.sqlite.fitting import require_fitting
from state.sqlite.look import why_out_of_use
from state.sqlite.soundness import (
    has_foreign_log,
    has_journal,
    log_of,
    require_own_log,
    require_sound,
)
from state.store import StoreError


def backup(database: Path, file: Path, *, key: Key | None = None) -> Contents:
    """Copy a database into a new file under the same key, while others use it.

    The database is only read: whoever may write to it moves its log into it when he leaves.

    Raises StoreError if the file exists or cannot be written, if the database is damaged or lost,
    or if the key is not its own.
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
    with naming(named):
        require_fitting(database, key, named)
        source = Source(database, _mode_to_copy(database.resolve(), key), key, named)
    with copied(source, file, key) as (copy, contents), naming(str(file)):
        _reserve(file)
        copy.rename(file)
        sync(file.absolute().parent)
    return contents


def _mode_to_copy(database: Path, key: Key | None) -> Mode:
    """Choose how to read a database without changing it, unless SQLite must undo a change first.

    Raises StoreError if its log is not its own, or if undoing would damage it.
    """
    if has_journal(database):
        require_sound(database, key)
        return "rw"
    require_own_log(database, key)
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
def restoring(database: Path, file: Path, *, key: Key | None = None) -> Iterator[Replacing]:
    """Check a backup and copy it beside the database, which nobody may open meanwhile.

    With a key the copy is encrypted, even if the backup is not.

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
    with naming(str(file)):
        opened_with = None if is_plain(file) else key
        require_fitting(file, opened_with, str(file))
    with ExitStack() as held:
        held.enter_context(locked(database))
        if former is None:
            held.callback(remove_if_empty, database)
        own_log = log_of(file).exists() and not has_foreign_log(file, opened_with)
        source = Source(file, "ro" if own_log else "ro&immutable=1", opened_with, str(file))
        ready = held.enter_context(replacing(source, database, key, key))
        with naming(str(database)):
            _go_on(database, ready.copy, key)
        yield ready


def _go_on(database: Path, copy: Path, key: Key | None) -> None:
    """Leave a copy no invitation, which may have been used since, and keep CordCall out of use."""
    why = ""
    with suppress(StoreError):
        why = why_out_of_use(database, key)
    with closing(open_file(copy, key)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        known = tables(connection)
        if "invitations" in known:
            connection.execute("DELETE FROM invitations")
        if why and "out_of_use" not in known:
            raise StoreError(
                f"{database}: out of use, which this backup is too old to keep; nothing was "
                "changed; allowed: a newer one, or CORDCALL_OUT_OF_USE set and this database moved "
                "away"
            )
        if why:
            connection.execute(
                "INSERT INTO out_of_use (id, reason, told) VALUES (1, ?, '') "
                "ON CONFLICT (id) DO UPDATE SET reason = excluded.reason",
                (why,),
            )
    sync(copy)
