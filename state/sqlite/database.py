"""The open database: one connection, one transaction a turn."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from time import monotonic
from typing import Final, TypeVar

from state.key import Key
from state.sqlite import connection
from state.sqlite.asked import Asked
from state.sqlite.connection import connect, identity, require_same, why
from state.sqlite.engine import errors, is_busy, wrong_data
from state.sqlite.log_on_disk import LogOnDisk
from state.sqlite.moving import Moving
from state.sqlite.version import SCHEMA_VERSION
from state.store import StoreError

DURABILITY: Final = "FULL"
NOT_LASTING: Final = "NORMAL"
SECONDS_BETWEEN_LOOKS: Final = 0.01

T = TypeVar("T")


class Database:
    """An open database. Every change happens inside `turn()`."""

    def __init__(self, path: Path, *, key: Key | None = None, durability: str = DURABILITY) -> None:
        self.path = path
        self.moving = Moving(path, key)
        self._durability = self._synchronous = durability
        self._not_lasting = NOT_LASTING if durability == DURABILITY else durability
        try:
            self.connection = connect(path, durability, key)
            self._file = identity(path)
            self._log = LogOnDisk(path.with_name(f"{path.name}-wal"), self.moving.move_all)
        except errors(OSError) as error:
            raise StoreError(why(path, error)) from error
        self._asked = Asked()

    def close(self) -> None:
        self._log.close()
        self.moving.close()
        self.connection.close()

    def execute(self, sql: str, given: Sequence[object] = ()) -> sqlite3.Cursor:
        """Execute a statement.

        Raises StoreError outside a turn; inside, `turn` and `part` say what failed.
        """
        self._asked.note(sql)
        return self._execute(sql, given)

    def _execute(self, sql: str, given: Sequence[object]) -> sqlite3.Cursor:
        try:
            return self.connection.execute(sql, given)
        except errors() as error:
            if self.connection.in_transaction:
                raise
            raise StoreError(why(self.path, error)) from error

    def execute_many(self, sql: str, given: Iterable[Sequence[object]]) -> None:
        """Execute a statement once for each row of values, inside a turn."""
        self._asked.note(sql)
        self.connection.executemany(sql, given)

    def once(
        self,
        tables: str,
        sql: str,
        given: tuple[object, ...],
        read: Callable[[sqlite3.Cursor], T],
    ) -> T:
        """Read what a question about some tables returns; a turn asks it only once.

        It is asked anew after one of the tables was changed, and always outside of a turn.
        """
        if not self.connection.in_transaction:
            return read(self._execute(sql, given))
        return self._asked.once(tables, (sql, given), lambda: read(self._execute(sql, given)))

    @contextmanager
    def turn(self, *, lasting: bool = True) -> Iterator[None]:
        """Run one turn: committed as a whole at the end, or rolled back as a whole.

        One that is not `lasting` does not wait for the disk: it survives a kill, but a power cut
        before the next lasting one may undo it.

        Raises StoreError if the database is locked, full or cannot be written.
        """
        self._begin(self._durability if lasting else self._not_lasting)
        with self._begun():
            yield
            self.execute("COMMIT")
        if lasting:
            self._log.note_sync()
        self.moving.scrub_if_asked()
        self.moving.move_soon()

    def require_writable(self) -> None:
        """Write the number of the schema again: a page goes to the log, and nothing changes.

        Raises StoreError if the database is locked, full or cannot be written.
        """
        with self.turn(lasting=False):
            self.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    @asynccontextmanager
    async def turn_beside(self, *, lasting: bool = True) -> AsyncIterator[None]:
        """Run one turn like `turn()`, committed at the end; it lasts after `wait_for_disk()`.

        While another process writes, the event loop continues. Nothing may be awaited inside.

        Raises StoreError as `turn()` does.
        """
        await self._begin_beside()
        with self._begun():
            yield
            self.execute("COMMIT")
        if lasting:
            self._log.note_commit()
        if self.moving.scrubs_next:
            import asyncio

            loop = asyncio.get_running_loop()
            await asyncio.shield(loop.run_in_executor(None, self.moving.scrub_if_asked))
        self.moving.move_soon()

    async def wait_for_disk(self) -> None:
        """Wait until every turn committed by now, that is to last, would survive a power cut.

        Whoever waits at the same time waits for the same sync; meanwhile others write.

        Raises StoreError if it cannot be synced.
        """
        if self._durability != DURABILITY:
            return
        try:
            await self._log.wait()
        except errors(OSError) as error:
            raise StoreError(why(self.path, error, "what was changed last may be lost")) from error

    async def wait_for_others(self) -> None:
        """Wait until no other process is writing; meanwhile the event loop continues.

        Raises StoreError if one still is after `BUSY_SECONDS`.
        """
        await self._begin_beside()
        self.execute("ROLLBACK")

    def is_held(self) -> bool:
        """Return whether another process is writing; what else is wrong a turn will say."""
        try:
            free = self._begins_at_once()
        except StoreError:
            return False
        if free:
            self.execute("ROLLBACK")
        return not free

    def _begin(self, durability: str) -> None:
        require_same(self.path, self._file)
        try:
            self._wait_for_disk_in_commits(durability)
            self.connection.execute("BEGIN IMMEDIATE")
        except errors() as error:
            raise StoreError(why(self.path, error)) from error

    async def _begin_beside(self) -> None:
        """Begin a transaction when no other process is writing."""
        until = 0.0
        while not self._begins_at_once():
            import asyncio

            until = until or monotonic() + connection.BUSY_SECONDS
            if monotonic() >= until:
                raise StoreError(why(self.path, sqlite3.OperationalError("database is locked")))
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    def _begins_at_once(self) -> bool:
        """Begin a transaction, whose commit does not wait for the disk; False if that must wait."""
        require_same(self.path, self._file)
        try:
            self._wait_for_disk_in_commits(self._not_lasting)
            self.connection.execute("PRAGMA busy_timeout = 0")
            try:
                self.connection.execute("BEGIN IMMEDIATE")
            finally:
                waits_ms = int(connection.BUSY_SECONDS * 1000)
                self.connection.execute(f"PRAGMA busy_timeout = {waits_ms}")
        except errors() as error:
            if is_busy(error):
                return False
            raise StoreError(why(self.path, error)) from error
        return True

    def _wait_for_disk_in_commits(self, durability: str) -> None:
        if durability != self._synchronous:
            self.connection.execute(f"PRAGMA synchronous = {durability}")
            self._synchronous = durability

    @contextmanager
    def _begun(self) -> Iterator[None]:
        """Roll a transaction back as a whole if its body fails."""
        self._asked.forget()
        try:
            try:
                yield
            except BaseException:
                if self.connection.in_transaction:
                    self.execute("ROLLBACK")
                raise
        except errors() as error:
            raise StoreError(why(self.path, error)) from error

    @contextmanager
    def part(self) -> Iterator[None]:
        """Run a part of a turn that can fail alone: it is rolled back, the turn continues.

        Raises StoreError if the database itself fails.
        """
        self.execute("SAVEPOINT part")
        try:
            yield
            self.execute("RELEASE part")
        except StoreError:
            raise
        except BaseException as error:
            if isinstance(error, errors()) and not isinstance(error, wrong_data()):
                raise StoreError(why(self.path, error)) from error
            self.execute("ROLLBACK TO part")
            self.execute("RELEASE part")
            raise
