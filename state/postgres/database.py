"""The open database on PostgreSQL: one connection, one transaction a turn, one turn at a time."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from time import monotonic
from typing import Any, Final, TypeVar

from bot.database_address import Address
from state.postgres import changes, opening
from state.postgres.erasing import Erasing
from state.postgres.failures import LOCKED, Failed, why
from state.postgres.link import Link
from state.postgres.opening import ALONE, BEGIN, WRITING
from state.postgres.reading import Reading
from state.postgres.results import Awaited, Result
from state.postgres.schema import QUEUED
from state.postgres.waiting import Waiting
from state.sql.known import Memory
from state.store import CommitUnknown, StoreError

FREE: Final = f"SELECT pg_try_advisory_xact_lock_shared({WRITING})"
ALONE_AT_ONCE: Final = (
    f"SELECT set_config('cordcall.alone', pg_try_advisory_xact_lock({WRITING})::text, true)"
)
IF_ALONE: Final = " WHERE current_setting('cordcall.alone') = 'true'"
MAY_BE_LOST: Final = "what was changed last may be lost"
_READS: Final = re.compile(r"\s*(SELECT|WITH)\b")

T = TypeVar("T")


class Database(Reading):
    """An open database. Every change happens inside a turn (`state/sql/turns.py`).

    The turns of all workers follow each other: each holds one lock from its beginning to its end.
    Each that changes something is counted, so that `memory` knows when others have.
    """

    def __init__(self, address: Address, *, alone: bool = False) -> None:
        super().__init__(address, alone=alone)
        self.is_new = self.connected.is_new
        self._changes = False
        self._turns = self._renewed = self._version = 0
        self.memory = Memory(self._look)
        self._queued = dict[str, None]()  # the chats for which something was queued in this turn
        self.others_work: Callable[[], bool] = lambda: False
        self.sends_to: Callable[[str], bool] = lambda chat: False
        self.erasing = Erasing(address)
        self._waiting = Waiting(lambda: opening.connect(address))

    def close(self) -> None:
        self._waiting.close()
        self.connected.close()

    def execute(
        self, sql: str, given: Sequence[object] = (), about: str | None = None
    ) -> Result | Awaited:
        """Execute a statement; `about` names the key of its table that it changes, if only one.

        In a turn one that changes something waits for the next, or until it is asked for what it
        returns, and fails then.

        Raises StoreError outside a turn; inside, the turn and the part say what failed.
        """
        if _READS.match(sql):
            return self._read(sql, given)
        self.memory.note_change(sql, about)
        self._changes = True
        try:
            if self._turn:
                return self._turn.later(sql, given)
            return self.connection.execute(sql, given)
        except Failed as error:
            if self._turn:
                raise
            raise StoreError(why(self.address, error)) from error

    def execute_many(
        self, sql: str, given: Iterable[Sequence[object]], about: str | None = None
    ) -> None:
        """Execute a statement once for each row of values, inside a turn."""
        for each in given:
            self.execute(sql, each, about)

    def note_queued(self, chat: str) -> None:
        self._queued[chat] = None

    def begin(self, *, lasting: bool) -> None:
        """Begin a turn; whoever writes is waited for.

        One that is not `lasting` does not wait for the disk at its end: it survives a kill of this
        process, but a crash of the server before the next lasting one may undo it.

        Raises StoreError if the database cannot be reached, or another worker writes for too long.
        """
        with self._said():
            self._require_no_turn()
            since, given = self._turns_since()
            link, turns = self._begin(BEGIN, ALONE, since, given=given)
            self._begun(link, turns.fetchone())

    async def begin_beside(self) -> None:
        """Begin a turn; while another worker writes, the event loop continues.

        Raises StoreError as `begin` does.
        """
        await self._wait_until(self._begins_at_once)

    def commit(self) -> None:
        """Commit a turn, or roll it back.

        Raises StoreError if the database has failed; CommitUnknown if it was lost meanwhile.
        """
        assert self._turn
        try:
            self.connected.commit(self._turn, self._notes() if self._changes else ())
        except BaseException as error:
            self.roll_back(error)
            raise
        self._turns += self._changes
        self.memory.end_turn()
        self._turn = None

    def roll_back(self, failed: BaseException) -> None:
        """Roll a turn back as a whole. Raises StoreError if it is the database that has failed."""
        assert self._turn
        self.memory.roll_back()
        self.memory.end_turn()
        self._turn.roll_back()
        self._turn = None
        if isinstance(failed, Failed):
            raise StoreError(why(self.address, failed)) from failed

    def committed(self, *, lasting: bool) -> None:
        """Wait for the disk after the commit of a lasting turn; others go on meanwhile.

        Raises CommitUnknown if it is not known whether that was reached.
        """
        if lasting:
            self.connected.disk.note_commit()
            try:
                self.connected.disk.wait_now()
            except Failed as error:
                raise CommitUnknown(why(self.address, error, MAY_BE_LOST)) from error
        self.erasing.scrub_if_asked()

    async def committed_beside(self, *, lasting: bool) -> None:
        """Do what follows the commit of a turn that does not wait for the disk."""
        if lasting:
            self.connected.disk.note_commit()
        if self.erasing.scrubs_next:
            import asyncio

            loop = asyncio.get_running_loop()
            await asyncio.shield(loop.run_in_executor(None, self.erasing.scrub_if_asked))

    async def wait_for_disk(self) -> None:
        """Wait until every turn committed by now, that is to last, would survive a power cut.

        Also one of the server, and the loss of it if a replica must confirm what is committed.

        Raises StoreError if that cannot be said.
        """
        try:
            await self.connected.disk.wait()
        except Failed as error:
            raise StoreError(why(self.address, error, MAY_BE_LOST)) from error

    async def wait_for_others(self) -> None:
        """Wait until no other worker is writing; meanwhile the event loop continues.

        Raises StoreError if one still is after `LOCK_SECONDS`.
        """
        await self._wait_until(self._is_free)

    def is_held(self) -> bool:
        """Return whether another worker is writing; what else is wrong a turn will say."""
        try:
            return not self._is_free()
        except StoreError:
            return False

    def _begun(self, link: Link, turns: Any) -> None:
        self._turn, self._changes = link, False
        self._queued.clear()
        self._note(turns)
        self.memory.begin_turn()

    async def _wait_until(self, done: Callable[[], bool]) -> None:
        """Wait until no other worker is in the way; connect in a thread if that is needed."""
        import asyncio

        until = monotonic() + opening.LOCK_SECONDS
        if not self.connected.link.is_open:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, self.connected.renew)
        tried = not self._waiting.is_waiting
        if tried and done():
            return
        async with self._waiting.in_line():
            while tried or not done():
                tried = False
                left = until - monotonic()
                if left <= 0:
                    raise StoreError(why(self.address, Failed(LOCKED, "")))
                await self._waiting.wait(left)

    def _begins_at_once(self) -> bool:
        """Begin a turn; False if it must wait."""
        with self._said():
            self._require_no_turn()
            since, given = self._turns_since()
            link, turns = self._begin(BEGIN, ALONE_AT_ONCE, since + IF_ALONE, given=given)
            count = turns.fetchone()
            if count is None:
                link.roll_back()
                return False
            self._begun(link, count)
            return True

    def _is_free(self) -> bool:
        with self._said():
            return self.connected.begin(lambda link: link.run(FREE)).fetchone() == (True,)

    def _turns_since(self) -> tuple[str, tuple[int, ...]]:
        """Return what reads how many turns there were, and what those since then have changed."""
        if self.others_work():
            return changes.SINCE, (self._turns, self._turns)
        return changes.TURNS, ()

    def _notes(self) -> Iterator[tuple[str, Sequence[object]]]:
        """Note at the end of a turn what it has changed, unless its traces are to go.

        Who sends what it has queued is told. If that is this worker it knows: nobody can take its
        chats while this turn goes on.
        """
        yield changes.COUNT_TURN, ()
        if self.erasing.scrubs_next:
            yield changes.FORGET_TURNS, ()
        elif self.others_work():
            yield changes.NOTE, changes.note(self._turns + 1, self.memory)
        for told in changes.told([chat for chat in self._queued if not self.sends_to(chat)]):
            yield changes.TELL, (QUEUED, told)

    def _look(self) -> int:
        """Return a number that is another one once it is not known what others have changed."""
        if not self._turn:
            self._note(self._read(*self._turns_since()).fetchone())
        return self._version

    def _note(self, turns: Any) -> None:
        """Note how many turns there were, and forget what others among them have changed.

        What is read of it and shown is to be on the disk before, as if it were of this one.
        """
        count, self.connected.takings, told = turns
        before, renewed = self._turns, self.connected.renewed
        if (count, renewed) == (before, self._renewed):
            return
        self.connected.disk.note_commit()
        self._turns, self._renewed, was_renewed = count, renewed, renewed != self._renewed
        if was_renewed or not changes.forget(self.memory, told, count - before):
            self._version += 1
