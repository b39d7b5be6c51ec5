"""The open database: one connection, one transaction a turn."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from time import monotonic
from typing import Final

from state.key import Key
from state.sql.known import Memory
from state.sqlite import connection
from state.sqlite.connection import connect, identity, require_same, why
from state.sqlite.engine import errors, is_busy
from state.sqlite.log_on_disk import LogOnDisk
from state.sqlite.moving import Moving
from state.sqlite.reading import VERSION, Reading
from state.store import StoreError

DURABILITY: Final = "FULL"
NOT_LASTING: Final = "NORMAL"
SECONDS_BETWEEN_LOOKS: Final = 0.01


class Database(Reading):
    """An open database. Every change happens inside a turn (`state/sql/turns.py`).

    `memory` holds what was read from it: each statement that changes something goes through here.
    """

    def __init__(self, path: Path, *, key: Key | None = None, durability: str = DURABILITY) -> None:
        self.path = path
        self.moving = Moving(path, key)
        self._durability = self._synchronous = durability
        self._not_lasting = NOT_LASTING if durability == DURABILITY else durability
        self._waits = True
        self._changes_before = 0
        try:
            self.connection = connect(path, durability, key)
            self._file = identity(path)
            self._log = LogOnDisk(path.with_name(f"{path.name}-wal"), self.moving.move_all)
        except errors(OSError) as error:
            raise StoreError(why(path, error)) from error
        self.memory = Memory(self._version)

    @property
    def erasing(self) -> Moving:
        """What takes traces off the disk: whoever moves the log into the file."""
        return self.moving

    def note_queued(self, chat: str) -> None:
        """Tell nobody: no other worker sends."""

    def close(self) -> None:
        self._log.close()
        self.moving.close()
        self.connection.close()

    def execute(
        self, sql: str, given: Sequence[object] = (), about: str | None = None
    ) -> sqlite3.Cursor:
        """Execute a statement; `about` names the key of its table that it changes, if only one.

        It is NO_ANSWER if what is changed is in no answer, or who executes it says in which.

        Raises StoreError outside a turn; inside, the turn and the part say what failed.
        """
        self.memory.note_change(sql, about)
        return self._execute(sql, given)

    def execute_many(
        self, sql: str, given: Iterable[Sequence[object]], about: str | None = None
    ) -> None:
        """Execute a statement once for each row of values, inside a turn."""
        self.memory.note_change(sql, about)
        self.connection.executemany(sql, given)

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
        await self._wait_to_begin()
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

    def begin(self, *, lasting: bool) -> None:
        """Begin a turn; whoever writes is waited for.

        One that is not `lasting` does not wait for the disk at its end: it survives a kill, but a
        power cut before the next lasting one may undo it.

        Raises StoreError if the database is locked, full or cannot be written.
        """
        require_same(self.path, self._file)
        try:
            self._sync_in_commits(self._durability if lasting else self._not_lasting)
            self._patiently("BEGIN IMMEDIATE")
        except errors() as error:
            raise StoreError(why(self.path, error)) from error
        self._begun()

    async def begin_beside(self) -> None:
        """Begin a turn; while another process writes, the event loop continues.

        Raises StoreError as `begin` does.
        """
        await self._wait_to_begin()
        self._begun()

    def _begun(self) -> None:
        self.memory.begin_turn()
        self._changes_before = self.connection.total_changes

    @property
    def in_turn(self) -> bool:
        return self.connection.in_transaction

    @property
    def has_changed(self) -> bool:
        """Return whether anything was changed in this turn."""
        return self.connection.total_changes != self._changes_before

    def begin_anew(self) -> None:
        """Roll back what a turn has done so far, and go on with it."""
        self.execute("ROLLBACK")
        self._patiently("BEGIN IMMEDIATE")
        self.memory.look_anew()
        self._changes_before = self.connection.total_changes

    def commit(self) -> None:
        """Commit a turn, or roll it back. Raises StoreError if the database has failed."""
        try:
            self.execute("COMMIT")
        except BaseException as error:
            self.roll_back(error)
            raise
        self.memory.end_turn()

    def roll_back(self, failed: BaseException) -> None:
        """Roll a turn back as a whole. Raises StoreError if it is the database that has failed."""
        self.memory.roll_back()
        self.memory.end_turn()
        try:
            if self.connection.in_transaction:
                self.execute("ROLLBACK")
        except errors() as error:
            failed = error
        if isinstance(failed, errors()):
            raise StoreError(why(self.path, failed)) from failed

    def committed(self, *, lasting: bool) -> None:
        """Do what follows the commit of a turn."""
        if lasting:
            self._log.sync_at_once()
        self.moving.scrub_if_asked()
        self.moving.move_soon()

    async def committed_beside(self, *, lasting: bool) -> None:
        """Do what follows the commit of a turn that did not wait for the disk."""
        if lasting:
            self._log.note_commit()
        if self.moving.scrubs_next:
            import asyncio

            loop = asyncio.get_running_loop()
            await asyncio.shield(loop.run_in_executor(None, self.moving.scrub_if_asked))
        self.moving.move_soon()

    async def _wait_to_begin(self) -> None:
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
            self._sync_in_commits(self._not_lasting)
            self._wait_for_locks(False)
            self.connection.execute("BEGIN IMMEDIATE")
        except errors() as error:
            if is_busy(error):
                return False
            raise StoreError(why(self.path, error)) from error
        return True

    def _execute(self, sql: str, given: Sequence[object]) -> sqlite3.Cursor:
        if self.connection.in_transaction:
            return self.connection.execute(sql, given)
        try:
            return self._patiently(sql, given)
        except errors() as error:
            raise StoreError(why(self.path, error)) from error

    def _patiently(self, sql: str, given: Sequence[object] = ()) -> sqlite3.Cursor:
        """Execute a statement, for which locks of other processes are waited for."""
        try:
            return self.connection.execute(sql, given)
        except errors() as error:
            if self._waits or not is_busy(error):
                raise
        self._wait_for_locks(True)
        return self.connection.execute(sql, given)

    def _wait_for_locks(self, waits: bool) -> None:
        if waits != self._waits:
            seconds = connection.BUSY_SECONDS if waits else 0
            self.connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
            self._waits = waits

    def _sync_in_commits(self, durability: str) -> None:
        if durability != self._synchronous:
            self.connection.execute(f"PRAGMA synchronous = {durability}")
            self._synchronous = durability

    def _version(self) -> int:
        """Return a number that is another one after each commit of another connection."""
        (version,) = self._execute(VERSION, ()).fetchone()
        return int(version)
