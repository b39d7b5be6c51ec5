"""The open database: one connection, one thread, one transaction a turn."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from state.connection import StoreError, connect, why

DURABILITY: Final = "FULL"

_WRONG_DATA: Final = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError)


class Database:
    """An open database. Every change happens inside `turn()`."""

    def __init__(self, path: Path, *, durability: str = DURABILITY) -> None:
        self.path = path
        self._durability = durability
        try:
            self._connection = connect(path, durability)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(why(path, error)) from error
        self._file = _identity(path)

    def close(self) -> None:
        self._connection.close()

    def _execute(self, sql: str, given: Sequence[object] = ()) -> sqlite3.Cursor:
        """Execute a statement.

        Raises StoreError outside a turn; inside, `turn` and `part` tell what failed.
        """
        try:
            return self._connection.execute(sql, given)
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                raise
            raise StoreError(why(self.path, error)) from error

    @contextmanager
    def turn(self, *, lasting: bool = True) -> Iterator[Self]:
        """Run one turn: committed as a whole at the end, or undone as a whole.

        One that is not `lasting` does not wait for the disk: a kill leaves it, but a power cut
        before the next lasting one may take it back.

        Raises StoreError when the database is locked, full or cannot be written.
        """
        if _identity(self.path) != self._file:
            raise StoreError(
                f"CORDCALL_DATABASE: {self.path} was removed or replaced while it was in use; "
                "allowed: the same file from start to end"
            )
        try:
            if not lasting:
                self._execute("PRAGMA synchronous = NORMAL")
            self._execute("BEGIN IMMEDIATE")
            try:
                yield self
                self._execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._execute("ROLLBACK")
                raise
            finally:
                if not lasting:
                    self._execute(f"PRAGMA synchronous = {self._durability}")
        except sqlite3.Error as error:
            raise StoreError(why(self.path, error)) from error

    @contextmanager
    def part(self) -> Iterator[None]:
        """Run a part of a turn that can fail alone: what it did is undone, the turn goes on.

        Raises StoreError when it is the database that fails.
        """
        self._execute("SAVEPOINT part")
        try:
            yield
            self._execute("RELEASE part")
        except BaseException as error:
            if isinstance(error, sqlite3.Error) and not isinstance(error, _WRONG_DATA):
                raise StoreError(why(self.path, error)) from error
            self._execute("ROLLBACK TO part")
            self._execute("RELEASE part")
            raise


def _identity(path: Path) -> tuple[int, int] | None:
    """Tell a file from another that has taken its name; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def instant(moment: datetime) -> str:
    """Write a moment in UTC, so that the order of the text is the order of time."""
    return moment.astimezone(UTC).isoformat()
