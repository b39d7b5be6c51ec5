"""Backs a database up beside a running program, and puts a backup in its place."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from state.key import Key
from state.sqlite.connection import BESIDE
from state.sqlite.copying import (
    Contents,
    Replacing,
    Source,
    copied,
    locked,
    naming,
    replacing,
    sync,
    tables,
)
from state.sqlite.engine import is_plain, open_file
from state.sqlite.fitting import require_fitting
from state.sqlite.look import why_out_of_use
from state.sqlite.soundness import has_foreign_log, log_of
from state.store import StoreError


def backup(database: Path, file: Path, *, key: Key | None = None) -> Contents:
    """Copy a database into a new file under the same key, while others use it.

    Raises StoreError if the file exists or cannot be written, if the database is damaged or the key
    is not its own.
    """
    if not database.exists():
        raise StoreError(f"CORDCALL_DATABASE: {database}: no such file; allowed: one to back up")
    beside = [database.resolve().with_name(f"{database.resolve().name}{end}") for end in BESIDE]
    if file.parent.resolve() / file.name in beside:
        raise StoreError(f"{file}: belongs to the database; allowed: another name")
    if os.path.lexists(file):
        raise _taken(file)
    source = Source(database, "rw", key, f"CORDCALL_DATABASE: {database}")
    with naming(source.named):
        require_fitting(database, key, source.named)
    with copied(source, file, key) as (copy, contents), naming(str(file)):
        _reserve(file)
        copy.rename(file)
        sync(file.absolute().parent)
    return contents


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
    if not file.is_file():
        raise StoreError(f"{file}: no such file; allowed: one that `cordcall backup` wrote")
    if database.exists() and file.samefile(database):
        raise StoreError(f"{file}: is the database itself; allowed: a backup of it")
    with naming(str(file)):
        opened_with = None if is_plain(file) else key
        require_fitting(file, opened_with, str(file))
    new = not database.exists()
    with ExitStack() as held:
        held.enter_context(locked(database))
        if new:
            held.callback(_remove_if_empty, database)
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


def _remove_if_empty(database: Path) -> None:
    if not database.stat().st_size:
        database.unlink()
