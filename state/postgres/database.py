"""The open database on PostgreSQL: one connection, one transaction a turn, one turn at a time."""

import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from time import monotonic
from typing import Any, Final, TypeVar

import structlog

from state.postgres import opening
from state.postgres.address import Address
from state.postgres.connected import Connected
from state.postgres.failures import LOCKED, Failed, why
from state.postgres.link import Link, Result
from state.postgres.opening import BEGIN, WRITING
from state.postgres.schema import tables
from state.sqlite.asked import Asked
from state.store import CommitUnknown, StoreError

ALONE: Final = f"SELECT pg_advisory_xact_lock({WRITING})"
ALONE_AT_ONCE: Final = f"SELECT pg_try_advisory_xact_lock({WRITING})"
SNAPSHOT: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
MAY_BE_LOST: Final = "what was changed last may be lost"
SECONDS_BETWEEN_LOOKS: Final = 0.001
_READS: Final = re.compile(r"\s*(SELECT|WITH)\b")

T = TypeVar("T")
log = structlog.get_logger()


class Database:
    """An open database. Every change happens inside `turn()`.

    The turns of all workers follow each other: each holds one lock from its beginning to its end.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self._connected = Connected(address)
        self._asked = Asked()
        self._turn: Link | None = None  # on which one is under way: it keeps no other's place
        self.scrubs_next = False  # set in a turn whose traces must go at its end

    @property
    def connection(self) -> Link:
        return self._turn or self._connected.link

    @property
    def in_turn(self) -> bool:
        return self._turn is not None

    def close(self) -> None:
        self._connected.close()

    def execute(self, sql: str, given: Sequence[object] = ()) -> Result:
        """Execute a statement.

        Raises StoreError outside a turn; inside, `turn` and `part` say what failed.
        """
        self._asked.note(sql)
        return self._execute(sql, given)

    def _execute(self, sql: str, given: Sequence[object]) -> Result:
        if self._turn:
            return self._turn.execute(sql, given)
        with self._said():
            if _READS.match(sql):
                return self._connected.begin(lambda link: link.execute(sql, given))
            return self.connection.execute(sql, given)

    def execute_many(self, sql: str, given: Iterable[Sequence[object]]) -> None:
        """Execute a statement once for each row of values, inside a turn."""
        self._asked.note(sql)
        for each in given:
            self.connection.execute(sql, each)

    def once(
        self, tables: str, sql: str, given: tuple[object, ...], read: Callable[[Result], T]
    ) -> T:
        """Read what a question about some tables returns; a turn asks it only once.

        It is asked anew after one of the tables was changed, and always outside of a turn.
        """
        if not self._turn:
            return read(self._execute(sql, given))
        return self._asked.once(tables, (sql, given), lambda: read(self._execute(sql, given)))

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read several times from one state of the database, outside of a turn.

        Raises StoreError if it cannot be read.
        """
        with self._said():
            self._require_no_turn()
            link, _ = self._begin(SNAPSHOT)
        with self._begun(link):
            yield
            link.run("ROLLBACK")

    def each(self, sql: str, given: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """Return rows while they are read, however many, inside `reading()` or a turn."""
        return self.connection.each(sql, given)

    @contextmanager
    def turn(self, *, lasting: bool = True) -> Iterator[None]:
        """Run one turn: committed as a whole at the end, or rolled back as a whole.

        A `lasting` one then waits for the disk, while others go on. One that is not survives a kill
        of this process, but a crash of the server before the next lasting one may undo it.

        Raises StoreError if the database cannot be reached or written, or if another worker writes
        for too long; CommitUnknown if it is lost during the commit or before it is on the disk.
        """
        with self._said():
            self._require_no_turn()
            link, _ = self._begin(BEGIN, ALONE)
        with self._begun(link):
            yield
            self._connected.commit(link)
        if lasting:
            self._connected.disk.note_commit()
            try:
                self._connected.disk.wait_now()
            except Failed as error:
                raise CommitUnknown(why(self.address, error, MAY_BE_LOST)) from error
        self._scrub_if_asked()

    @asynccontextmanager
    async def turn_beside(self, *, lasting: bool = True) -> AsyncIterator[None]:
        """Run one turn like `turn()`, committed at the end; it lasts after `wait_for_disk()`.

        While another worker writes, the event loop continues. Nothing may be awaited inside.

        Raises StoreError as `turn()` does.
        """
        link = await self._wait_for(self._begin_at_once)
        with self._begun(link):
            yield
            self._connected.commit(link)
        if lasting:
            self._connected.disk.note_commit()
        if self.scrubs_next:
            import asyncio

            loop = asyncio.get_running_loop()
            await asyncio.shield(loop.run_in_executor(None, self._scrub_if_asked))

    async def wait_for_disk(self) -> None:
        """Wait until every turn committed by now, that is to last, would survive a power cut.

        Also one of the server, and the loss of it if a replica must confirm what is committed.

        Raises StoreError if that cannot be said.
        """
        try:
            await self._connected.disk.wait()
        except Failed as error:
            raise StoreError(why(self.address, error, MAY_BE_LOST)) from error

    async def wait_for_others(self) -> None:
        """Wait until no other worker is writing; meanwhile the event loop continues.

        Raises StoreError if one still is after `LOCK_SECONDS`.
        """
        await self._wait_for(self._is_free)

    def is_held(self) -> bool:
        """Return whether another worker is writing; what else is wrong a turn will say."""
        try:
            return not self._is_free()
        except StoreError:
            return False

    def require_writable(self) -> None:
        """Write the number of the schema again, to find out whether that is possible.

        Raises StoreError if it is not.
        """
        with self.turn(lasting=False):
            self.execute("UPDATE engine SET version = version")

    def scrub(self) -> None:
        """Take out of the tables and indexes what was erased; others go on meanwhile.

        PostgreSQL only marks a row as erased: this frees its place, which the next rows overwrite.
        What is in the server's log, on replicas and in copies goes when those do.

        Raises StoreError if the server cannot be reached, or if others hold some of it.
        """
        with closing(opening.connect(self.address)) as link, self._said():
            link.run("SET statement_timeout = 0")
            link.run(f"VACUUM (SKIP_LOCKED, INDEX_CLEANUP ON) {', '.join(tables())}")
            if link.warnings:
                raise Failed("", link.warnings[0])

    def _scrub_if_asked(self) -> None:
        if self.scrubs_next:
            self.scrubs_next = False
            try:
                self.scrub()
            except StoreError as error:
                log.warning("the database still holds what was erased", why=str(error))

    @contextmanager
    def part(self) -> Iterator[None]:
        """Run a part of a turn that can fail alone: it is rolled back, the turn continues.

        Raises StoreError if the database itself fails.
        """
        self.connection.run("SAVEPOINT part")
        try:
            yield
            self.connection.run("RELEASE part")
        except StoreError:
            raise
        except BaseException as error:
            if isinstance(error, Failed) and not error.is_of_what_was_given:
                raise StoreError(why(self.address, error)) from error
            self._asked.forget()
            self.connection.run("ROLLBACK TO part; RELEASE part")
            raise

    def _require_no_turn(self) -> None:
        if self._turn:
            raise Failed("", "a turn is under way in this process")

    def _begin(self, *statements: str) -> tuple[Link, Result]:
        return self._connected.begin(lambda link: (link, link.begin("; ".join(statements))))

    async def _wait_for(self, do: Callable[[], T | None]) -> T:
        """Wait until no other worker is in the way; connect in a thread if that is needed."""
        import asyncio

        until = monotonic() + opening.LOCK_SECONDS
        if not self._connected.link.is_open:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, self._connected.renew)
        while not (done := do()):
            if monotonic() >= until:
                raise StoreError(why(self.address, Failed(LOCKED, "")))
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        return done

    def _begin_at_once(self) -> Link | None:
        """Begin a transaction; None if it must wait."""
        with self._said():
            self._require_no_turn()
            link, alone = self._begin(BEGIN, ALONE_AT_ONCE)
            if alone.fetchone() == (True,):
                return link
            link.run("ROLLBACK")
            return None

    def _is_free(self) -> bool:
        with self._said():
            return self._connected.begin(lambda link: link.run(ALONE_AT_ONCE)).fetchone() == (True,)

    @contextmanager
    def _begun(self, link: Link) -> Iterator[None]:
        """Roll a transaction back as a whole if its body fails."""
        self._asked.forget()
        self._turn = link
        with self._said():
            try:
                yield
            except BaseException:
                link.roll_back()
                raise
            finally:
                self._turn = None

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Say in one line what failed."""
        try:
            yield
        except Failed as error:
            raise StoreError(why(self.address, error)) from error
