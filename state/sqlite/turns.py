"""A part of a turn on SQLite; a turn itself is that of `state/sql/turns.py`."""

from types import TracebackType

from state.sqlite.connection import why
from state.sqlite.database import Database
from state.sqlite.engine import errors, wrong_data
from state.store import StoreError


class Part:
    """A part of a turn that can fail alone: it is rolled back, the turn continues.

    Before it nothing may have changed: then its transaction is rolled back and another one begins.
    """

    __slots__ = ("_begins", "_database", "_is_first")

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._is_first = not self._database.has_changed
        if not self._is_first:
            self._database.execute("SAVEPOINT part")
        self._begins = self._database.memory.begin_part()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Keep the part, or roll it back. Raises StoreError if the database itself fails."""
        if isinstance(error, StoreError):
            return
        path = self._database.path
        if isinstance(error, errors()) and not isinstance(error, wrong_data()):
            raise StoreError(why(path, error)) from error
        try:
            if error is not None:
                self._roll_back()
            elif not self._is_first:
                self._database.execute("RELEASE part")
        except errors() as failed:
            raise StoreError(why(path, failed)) from failed

    def _roll_back(self) -> None:
        if self._is_first:
            self._database.begin_anew()
        else:
            self._database.execute("ROLLBACK TO part")
            self._database.execute("RELEASE part")
        self._database.memory.roll_back(self._begins)
