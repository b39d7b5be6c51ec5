"""The key of an encrypted database: 32 random bytes as hex digits, in a file of its own."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot.database_address import Address
from bot.private_file import say_shared
from state.store import StoreError

BYTES: Final = 32
ALLOWED: Final = f"a file with {2 * BYTES} hex digits, which `cordcall key new FILE` writes"
NOT_ON_POSTGRESQL: Final = (
    "CORDCALL_KEY_FILE: set, but PostgreSQL is encrypted by whoever runs it; "
    "allowed: unset, with CORDCALL_PLAINTEXT=accept if its disks are encrypted"
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key, and the file that it came from; its digits are never shown."""

    file: Path
    digits: str = field(repr=False)


def read_key(
    file: Path | None, database: Path | Address, named: str = "CORDCALL_KEY_FILE"
) -> Key | None:
    """Read a key; None if no file is named.

    Raises StoreError if it is no key, if others can read it, or if it is beside the database. Also
    if that is on PostgreSQL, which needs none.
    """
    if file is None:
        return None
    if not isinstance(database, Path):
        raise StoreError(NOT_ON_POSTGRESQL)
    _require_apart(file, database, named)
    if shared := say_shared(file):
        raise StoreError(f"{named}: {shared}")
    try:
        digits = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "no key in it"
        raise StoreError(f"{named}: {file}: {reason}; allowed: {ALLOWED}") from None
    if not re.fullmatch(rf"[0-9A-Fa-f]{{{2 * BYTES}}}", digits):
        raise StoreError(f"{named}: {file}: no key in it; allowed: {ALLOWED}")
    return Key(file, digits.lower())


def write_new_key(file: Path, database: Path) -> None:
    """Write a random key into a new file that only its owner can read.

    Raises StoreError if there is a file of that name, or if it would be beside the database.
    """
    _require_apart(file, database, "key new")
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(opened, "w") as new:
            new.write(f"{os.urandom(BYTES).hex()}\n")
            new.flush()
            os.fsync(new.fileno())
    except FileExistsError:
        raise StoreError(f"{file}: already exists; allowed: a new name") from None
    except OSError as error:
        raise StoreError(
            f"{file}: {error.strerror}; allowed: a new file in a writable folder"
        ) from error


def _require_apart(file: Path, database: Path, named: str) -> None:
    if file.resolve().parent == database.resolve().parent:
        raise StoreError(
            f"{named}: {file} is in the folder of the database, {database}; allowed: another "
            "folder, so that no copy of the data holds its key"
        )
