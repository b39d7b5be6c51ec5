"""Refuses a key that does not fit a file, before anything is changed."""

from contextlib import closing
from pathlib import Path
from typing import Final

from state.key import Key
from state.sqlite.engine import Mode, errors, is_damage, is_plain, open_file
from state.store import StoreError

PAGE: Final = 4096  # bytes, SQLCipher's own default
WAYS: Final[tuple[Mode, ...]] = ("ro&immutable=1", "ro")  # without its log, which may be another's


def require_fitting(path: Path, key: Key | None, named: str) -> None:
    """Check that a file opens with this key, or without one.

    Raises StoreError, which names the file as given, if it does not. A wrong key and a damaged
    first page cannot be told apart.
    """
    if key is None and _may_be_encrypted(path):
        raise StoreError(
            f"{named}: is encrypted, or no database; CORDCALL_KEY_FILE is not set; nothing was "
            "changed; allowed: CORDCALL_KEY_FILE with its key"
        )
    if key is None or not path.stat().st_size:
        return
    if is_plain(path):
        raise StoreError(
            f"{named}: is not encrypted, but CORDCALL_KEY_FILE is set; nothing was changed; "
            "allowed: `cordcall key encrypt`, which encrypts it, or CORDCALL_KEY_FILE unset"
        )
    try:
        fits = opens(path, key)
    except errors():
        return  # what else is wrong is said where it is opened to be used
    if not fits:
        raise StoreError(
            f"{named}: {key.file} is not its key, or the file is damaged; nothing was changed; "
            "allowed: CORDCALL_KEY_FILE with the key it was encrypted with; if it is damaged, "
            "`cordcall restore FILE` with a backup that is not"
        )


def _may_be_encrypted(path: Path) -> bool:
    """Return whether a file is made of whole pages that do not begin as SQLite's do."""
    return not is_plain(path) and path.stat().st_size % PAGE == 0


def opens(path: Path, key: Key) -> bool:
    """Return whether a key opens a file that is not empty.

    Raises one of `errors()` if that cannot be said.
    """
    for mode in WAYS:
        try:
            with closing(open_file(path, key, mode)) as connection:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except errors() as error:
            if not is_damage(error):
                raise
        else:
            return True
    return False
