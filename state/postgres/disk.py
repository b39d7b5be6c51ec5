"""Makes what was committed last through a power cut: one flush of the log for all who wait."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from state.postgres.failures import Failed
from state.postgres.link import Link

if TYPE_CHECKING:
    import asyncio

FLUSH: Final = "SELECT pg_logical_emit_message(true, 'cordcall', '')"


class Disk:
    """What was committed without waiting for the server's disk, as far as it is there.

    PostgreSQL writes its log in order: when a later transaction has waited for the disk, and for
    the replicas that the server wants to be waited for, all before it are there too. That later one
    is made here, on a connection and in a thread of their own. It says nothing of what was
    committed before a crash of the server, which ends every connection: so this one must have been
    open all the time since.
    """

    def __init__(self, connect: Callable[[], Link]) -> None:
        self._connect = connect
        self._link = connect()
        self._thread = ThreadPoolExecutor(1, "disk")
        self._committed = self._lasting = 0
        self._under_way: asyncio.Task[None] | None = None
        self._in_doubt = False

    def close(self) -> None:
        self._thread.shutdown()
        self._link.close()

    def note_commit(self) -> None:
        """Note a commit that is meant to last."""
        self._committed += 1

    def note_flush(self) -> None:
        """Note a commit that has waited for the disk, and so for all before it."""
        if not self._in_doubt:
            self._lasting = self._committed

    def stay_connected(self) -> None:
        """Connect anew if the server has ended the connection, before anything is committed."""
        self._thread.submit(self._look).result()

    async def wait(self) -> None:
        """Wait until all that was committed by now lasts.

        Raises Failed or StoreError if that cannot be said; what is committed later can be waited
        for again.
        """
        number = self._committed
        if self._lasting >= number:
            return
        import asyncio

        while self._lasting < number:
            if self._under_way is None:
                self._under_way = asyncio.create_task(self._flush())
                self._under_way.add_done_callback(_is_retrieved)
            await asyncio.shield(self._under_way)

    async def _flush(self) -> None:
        import asyncio

        try:
            number = self._committed
            if self._lasting < number:
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(self._thread, self._flush_in_thread)
                self._lasting = max(self._lasting, number)
        finally:
            self._under_way = None

    def _flush_in_thread(self) -> None:
        if not self._link.is_open:
            self._connect_anew()
        if self._in_doubt:
            self._in_doubt = False
            self._lasting = self._committed  # nobody else is told of what is in doubt
            raise Failed("", "the server was restarted or cut off before it had reached the disk")
        self._link.warnings.clear()
        self._link.run(FLUSH)
        if self._link.warnings:
            raise Failed("", self._link.warnings[0])

    def _look(self) -> None:
        try:
            self._link.run("SELECT 1")
        except Failed:
            self._connect_anew()

    def _connect_anew(self) -> None:
        self._link.close()
        self._in_doubt = self._lasting < self._committed
        self._link = self._connect()


def _is_retrieved(flush: "asyncio.Task[None]") -> None:
    """Take note of a failure that nobody waits for any more: the next who waits tries again."""
    if not flush.cancelled():
        flush.exception()
