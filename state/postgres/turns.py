"""A part of a turn on PostgreSQL; a turn itself is that of `state/sql/turns.py`."""

from types import TracebackType

from state.postgres.database import Database
from state.postgres.failures import Failed, why
from state.store import StoreError


class Part:
    """A part of a turn that can fail alone: it is rolled back, the turn continues."""

    __slots__ = ("_begins", "_database", "_link", "_savepoint")

    def __init__(self, database: Database) -> None:
        self._database = database
        self._link = database.connection

    def __enter__(self) -> None:
        try:
            if self._link.owes:
                self._link.send()
            self._savepoint = self._link.later("SAVEPOINT part", can_fail=False)
        except Failed as failed:
            raise StoreError(why(self._database.address, failed)) from failed
        self._begins = self._database.memory.begin_part()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Keep the part, or roll it back. Raises StoreError if the database itself fails.

        A statement of the part may fail only now: then it is rolled back, and that failure raised.
        """
        if isinstance(error, StoreError):
            return
        try:
            if error is None:
                if self._link.owes:
                    self._link.send()
                self._link.later("RELEASE part", can_fail=False)
                return
        except Failed as failed:
            error = failed
            raise
        finally:
            if error is not None:
                self._roll_back(error)

    def _roll_back(self, error: BaseException) -> None:
        begun = self._savepoint.said is not None
        self._link.take_back(self._savepoint)
        try:
            if isinstance(error, Failed) and not error.is_of_what_was_given:
                raise error
            if begun:
                self._link.run("ROLLBACK TO part", "RELEASE part")
        except Failed as failed:
            raise StoreError(why(self._database.address, failed)) from failed
        self._database.memory.roll_back(self._begins)
