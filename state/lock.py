"""One process per role on a database: two terminals, or two pollers, would mix up patients."""

import errno
import os
import struct
import sys
from pathlib import Path
from typing import Final

from state.beginning import say_refused
from state.store import StoreError

BOT: Final = "Telegram bot"
TERMINAL: Final = "terminal"
ROLES: Final = (BOT, TERMINAL)
HOW_TO_STOP: Final = {BOT: "systemctl stop cordcall", TERMINAL: "/quit or Ctrl-D"}
FIRST_BYTE: Final = 1 << 40  # far behind the bytes that SQLite locks
TAKEN: Final = (errno.EACCES, errno.EAGAIN)


class InUse(StoreError):
    """Another process has the role on this database."""


class Lock:
    """A lock released when the process ends, even if it is killed.

    It is on the file itself, so a symbolic or hard link to it is locked as well. Release it after
    the store is closed: closing a file drops every lock that SQLite has on it in this process.
    """

    def __init__(self, database: Path, role: str) -> None:
        if not sys.platform.startswith("linux"):
            raise StoreError(f"this system: {sys.platform} cannot lock a database; allowed: Linux")
        try:
            self._file = os.open(database, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(say_refused(f"CORDCALL_DATABASE: {database}", error)) from error
        try:
            _lock_byte(self._file, FIRST_BYTE + ROLES.index(role))
            if not os.path.samestat(os.fstat(self._file), database.stat()):
                raise FileNotFoundError(errno.ENOENT, "replaced during the start")
        except OSError as error:
            os.close(self._file)
            kind, reason = (
                (InUse, f"is in use by another {role}")
                if error.errno in TAKEN
                else (StoreError, f"cannot be locked: {error.strerror}")
            )
            raise kind(
                f"CORDCALL_DATABASE: {database} {reason}; "
                "allowed: one at a time, or another database"
            ) from error

    def release(self) -> None:
        os.close(self._file)


def is_held(database: Path, role: str) -> bool:
    """Return whether a process of this role is at work on a database, without locking anything.

    False if that cannot be found out.
    """
    import fcntl

    asked = _asked(FIRST_BYTE + ROLES.index(role))
    try:
        file = os.open(database, os.O_RDONLY)
    except OSError:
        return False
    try:
        found = fcntl.fcntl(file, fcntl.F_OFD_GETLK, asked)
    except OSError:
        return False
    finally:
        os.close(file)
    return bool(struct.unpack("hhqqi", found)[0] != fcntl.F_UNLCK)


def keep_off(database: Path, role: str) -> Lock:
    """Keep a bot or a terminal off a database. Raises StoreError if one is running on it."""
    try:
        return Lock(database, role)
    except InUse as error:
        raise StoreError(
            f"CORDCALL_DATABASE: {database} is in use by a {role}; nothing was changed; allowed: "
            f"one that is stopped ({HOW_TO_STOP[role]})"
        ) from error


def _lock_byte(file: int, byte: int) -> None:
    """Lock one byte for this open file; unlike a POSIX lock, other files of ours do not drop it."""
    import fcntl

    fcntl.fcntl(file, fcntl.F_OFD_SETLK, _asked(byte))


def _asked(byte: int) -> bytes:
    import fcntl

    return struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, byte, 1, 0)
