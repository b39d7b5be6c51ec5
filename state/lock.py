"""One process per role on a database: two terminals, or two pollers, would mix up patients."""

import fcntl
import os
from pathlib import Path

from state.store import StoreError


class Lock:
    """A lock released when the process ends, even if it is killed."""

    def __init__(self, database: Path, role: str) -> None:
        path = database.with_name(f"{database.name}.{role}.lock")
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(
                f"CORDCALL_DATABASE: {path}: {error.strerror}; allowed: a writable folder"
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            raise StoreError(
                f"CORDCALL_DATABASE: {database} is in use by another {role}; "
                "allowed: one at a time, or another database"
            ) from error

    def release(self) -> None:
        os.close(self._file)
