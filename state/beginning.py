"""Tells the first start from a lost database, in whose place none may silently begin anew."""

import os
from pathlib import Path
from typing import Final

from state.store import StoreError

LEFT_BEHIND: Final = ("-wal", "-journal")  # in which SQLite keeps what is not in the file yet
REPLACED: Final = ".replaced-"  # after it the time at which `cordcall restore` put a file aside


def begins_new(database: Path) -> bool:
    """Return whether a program would begin a new database under this name.

    Raises StoreError if one has been lost here: a link leads nowhere, or an empty or missing file
    has beside it what belonged to one. Also if the file has a second name, which has its own log.
    """
    there = find(database)
    if there and there.st_size:
        _require_one_name(database, there)
        return False
    if not there and database.is_symlink():
        raise StoreError(
            f"CORDCALL_DATABASE: {database}: is a link to {database.readlink()}, which is missing; "
            "nothing was changed; allowed: a link to a file, or a new name"
        )
    if left := _left_behind(database.resolve()):
        state = "is empty" if there else "is missing"
        raise StoreError(
            f"CORDCALL_DATABASE: {database}: {state}, but {left.name} is beside it, so there was "
            "one; nothing was changed; allowed: a backup in its place (`cordcall restore FILE`), "
            "or another folder"
        )
    return True


def find(file: Path) -> os.stat_result | None:
    """Look a file up; None if it is missing. Raises StoreError if its folder may not be read."""
    try:
        return file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StoreError(say_refused(str(file), error)) from error


def say_refused(named: str, error: OSError) -> str:
    """Say in one line which file the system refused, and what to do about it."""
    allowed = (
        "run it as root (sudo) or as the user whose files they are"
        if isinstance(error, PermissionError)
        else "a file in a writable folder"
    )
    return f"{named}: {error.strerror}; nothing was changed; allowed: {allowed}"


def replaced_by(database: Path) -> list[Path]:
    """List what restores have kept beside a database, or have begun to."""
    return sorted(
        each
        for each in database.parent.iterdir()
        if each.name.startswith(f"{database.name}{REPLACED}")
    )


def _left_behind(database: Path) -> Path | None:
    logs = [database.with_name(f"{database.name}{suffix}") for suffix in LEFT_BEHIND]
    with_content = [each for each in logs if (there := find(each)) and there.st_size]
    kept = replaced_by(database) if database.parent.is_dir() else []
    return next(iter(with_content + kept), None)


def _require_one_name(database: Path, there: os.stat_result) -> None:
    """Allow for the names that a restore which was killed has given it."""
    ours = [
        each
        for each in (replaced_by(database.resolve()) if there.st_nlink > 1 else ())
        if os.path.samestat(each.stat(), there)
    ]
    if there.st_nlink - len(ours) > 1:
        raise StoreError(
            f"CORDCALL_DATABASE: {database}: has {there.st_nlink} names (hard links), and a log "
            "beside each; nothing was changed; allowed: a file with one name"
        )
