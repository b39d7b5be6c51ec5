"""Makes what was committed last through a power cut: one flush of the log for all who wait."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Final

from state.postgres.failures import Failed
from state.postgres.link import Link
from state.store import StoreError

if TYPE_CHECKING:
    import asyncio

FLUSH_SECONDS: Final = 10
UNDONE: Final = "the server was restarted or cut off before it had confirmed the last changes"
NOT_CONFIRMED: Final = f"the server's disk or a replica has not confirmed within {FLUSH_SECONDS} s"
FLUSH: Final = "SELECT pg_logical_emit_message(true, 'cordcall', '')"


class Disk:
    """What was committed without waiting for the server's disk, as far as it is there.

    PostgreSQL writes its log in order: when a later transaction has waited for the disk, and for
    the replicas that the server wants to be waited for, all before it are there too. That later one
    is made here, on a connection and in a thread of their own. It says nothing of what was
    committed before a crash of the server, which ends every connection: so this one must have been
    open all the time since.

    A server may wait for a replica for ever; whoever waits here is told after `FLUSH_SECONDS`.
    While that goes on, whoever comes later is told at once: theirs comes after it in the log.
    """

    def __init__(self, connect: Callable[[], Link]) -> None:
        self._connect = connect
        self._link = connect()
        self._thread = ThreadPoolExecutor(1, "disk")
        self._committed = self._lasting = self._in_doubt = 0
        self._under_way: asyncio.Task[None] | None = None
        self._flushing_since: float | None = None  # by monotonic()

    def close(self) -> None:
        if self._flushing_since is not None:
            self._link.cancel()
        self._thread.shutdown(cancel_futures=True)
        self._link.close()

    def note_commit(self) -> None:
        """Note a commit that is meant to last."""
        self._committed += 1

    def stay_connected(self) -> None:
        """Connect anew if the server has ended the connection.

        What is committed before that is in doubt, so it should be done before the next commit.
        """
        if self._flushing_since is None:
            self._thread.submit(self._look).result()

    async def wait(self) -> None:
        """Wait until all that was committed by now lasts.

        Raises Failed if that cannot be said; what is committed later can be waited for again.
        """
        number = self._committed
        if self._lasting >= number:
            return
        import asyncio

        try:
            async with asyncio.timeout(self._seconds_left()):
                while self._lasting < number:
                    if self._under_way is None:
                        self._under_way = asyncio.create_task(self._flush())
                        self._under_way.add_done_callback(_is_retrieved)
                    await asyncio.shield(self._under_way)
        except TimeoutError:
            raise Failed("", NOT_CONFIRMED) from None

    def wait_now(self) -> None:
        """Wait until the turn that was committed last lasts, and do nothing else meanwhile.

        Raises Failed if that cannot be said.
        """
        number = self._committed
        flushing = self._thread.submit(self._flush_in_thread)
        try:
            flushing.result(self._seconds_left())
        except TimeoutError:
            flushing.cancel()
            raise Failed("", NOT_CONFIRMED) from None
        if number <= self._in_doubt:
            raise Failed("", UNDONE)
        if self._in_doubt <= self._lasting:
            self._lasting = max(self._lasting, number)

    def _seconds_left(self) -> float:
        """Return how long to wait: what is being flushed may have taken some of it already."""
        since = self._flushing_since
        return FLUSH_SECONDS if since is None else max(0.0, since + FLUSH_SECONDS - monotonic())

    async def _flush(self) -> None:
        """Flush for all who wait; that a crash may have undone something is said here, once."""
        import asyncio

        try:
            number = self._committed
            if self._lasting < number:
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(self._thread, self._flush_in_thread)
                self._require_no_doubt()
                self._lasting = max(self._lasting, number)
        except Failed as error:
            if error.lost:
                self._lasting = max(self._lasting, number)
            raise
        finally:
            self._under_way = None

    def _require_no_doubt(self) -> None:
        if self._lasting < self._in_doubt:
            self._lasting = self._in_doubt
            raise Failed("", UNDONE)

    def _flush_in_thread(self) -> None:
        if not self._link.is_open:
            self._connect_anew()
        self._link.warnings.clear()
        self._flushing_since = monotonic()
        try:
            self._link.run(FLUSH)
        except Failed as error:
            if error.lost:
                with suppress(Failed):
                    self._connect_anew()
            raise
        finally:
            self._flushing_since = None
        if self._link.warnings:
            raise Failed("", self._link.warnings[0])

    def _look(self) -> None:
        try:
            self._link.run("SELECT 1")
        except Failed:
            self._connect_anew()

    def _connect_anew(self) -> None:
        self._link.close()
        try:
            self._link = self._connect()
        except StoreError as error:
            raise Failed("", "the connection was lost", lost=True) from error
        self._in_doubt = self._committed


def _is_retrieved(flush: "asyncio.Task[None]") -> None:
    """Take note of a failure that nobody waits for any more: the next who waits tries again."""
    if not flush.cancelled():
        flush.exception()
