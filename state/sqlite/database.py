"""The open database: one connection, one transaction a turn."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from time import monotonic
from typing import Final, TypeVar

import structlog

from state.key import Key
from state.sqlite import connection
from state.sqlite.asked import Asked
from state.sqlite.connection import connect, identity, require_same, why
from state.sqlite.engine import errors, is_busy, open_file, wrong_data
from state.sqlite.log_on_disk import LogOnDisk
from state.sqlite.version import SCHEMA_VERSION
from state.store import StoreError

DURABILITY: Final = "FULL"
NOT_LASTING: Final = "NORMAL"
SECONDS_BETWEEN_MOVES: Final = 1.0
SECONDS_BETWEEN_LOOKS: Final = 0.01

T = TypeVar("T")
log = structlog.get_logger()


class Database:
    """An open database. Every change happens inside `turn()`."""

    def __init__(self, path: Path, *, key: Key | None = None, durability: str = DURABILITY) -> None:
        self.path = path
        self._key = key
        self._durability = self._synchronous = durability
        self._not_lasting = NOT_LASTING if durability == DURABILITY else durability
        try:
            self.connection = connect(path, durability, key)
            self._file = identity(path)
            self._log = LogOnDisk(path.with_name(f"{path.name}-wal"), self._move_whole_log)
        except errors(OSError) as error:
            raise StoreError(why(path, error)) from error
        self._asked = Asked()
        self._moving = ThreadPoolExecutor(1, "log")
        self._moves_from = 0.0
        self.scrubs_next = False  # set in a turn whose traces on the disk must go at its end
        self._left_in_log = False

    def close(self) -> None:
        self._log.close()
        self._moving.shutdown(cancel_futures=True)
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
        self._scrub_if_asked()
        self._move_log_soon()

    def require_writable(self) -> None:
        """Write the number of the schema again: a page goes to the log, and nothing changes.

        Raises StoreError if the database is locked, full or cannot be written.
        """
        with self.turn(lasting=False):
            self.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def scrub(self) -> None:
        """Checkpoint the log into the file, so that no trace remains of what was erased.

        Nobody is waited for, and few wait for this: most is moved in a first pass, beside which
        others write. While somebody reads or writes, traces remain; then the next turn tries again.
        """
        try:
            done = self._move_whole_log()
        except errors() as error:
            raise StoreError(why(self.path, error)) from error
        if not done:
            self.scrubs_next = True

    def _move_log_soon(self) -> None:
        """Move the log into the file in a thread: in a commit, whoever writes would wait for it."""
        now = monotonic()
        if now >= self._moves_from:
            self._moves_from = now + SECONDS_BETWEEN_MOVES
            self._moving.submit(self._move_log, "PASSIVE")

    def _move_whole_log(self) -> bool:
        return self._moving.submit(self._move_log, "PASSIVE", "TRUNCATE").result()

    def _move_log(self, *how: str) -> bool:
        """Move the log into the file; return whether nobody was in the way of the last pass."""
        busy = 0
        with closing(open_file(self.path, self._key, timeout=0)) as connection:
            for each in how:
                busy, *_ = connection.execute(f"PRAGMA wal_checkpoint({each})").fetchone()
        return not busy

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
        if self.scrubs_next:
            import asyncio

            loop = asyncio.get_running_loop()
            await asyncio.shield(loop.run_in_executor(None, self._scrub_if_asked))
        self._move_log_soon()

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

    def _scrub_if_asked(self) -> None:
        """Scrub after the commit that asked for it; if that fails, after the next one."""
        if self.scrubs_next:
            self.scrubs_next = False
            try:
                self.scrub()
            except StoreError:
                self.scrubs_next = True
            if self.scrubs_next and not self._left_in_log:
                log.warning("the log of the database still holds what was erased")
            self._left_in_log = self.scrubs_next

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
