"""Waits until no other worker writes, beside the event loop."""

from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

from state.postgres.failures import Failed
from state.postgres.link import Link
from state.postgres.opening import NEXT, WRITING
from state.store import StoreError

if TYPE_CHECKING:
    import asyncio

BE_NEXT: Final = f"SELECT pg_advisory_lock({NEXT})"
WAIT: Final = f"SELECT pg_advisory_xact_lock_shared({WRITING})"  # given back with the statement
LET_NEXT: Final = f"SELECT pg_advisory_unlock({NEXT})"
SECONDS_TO_TRY_AGAIN: Final = 0.1


class Waiting:
    """The place of this process in the line of all, on a connection and in a thread of its own.

    Asking again and again, often enough to be quick, would cost more than the turns do.
    """

    def __init__(self, connect: Callable[[], Link]) -> None:
        self._connect = connect
        self._link: Link | None = None
        self._thread = ThreadPoolExecutor(1, "waits")
        self._line: asyncio.Lock | None = None
        self._is_next = False

    def close(self) -> None:
        if self._link:
            self._link.cancel()
        self._thread.shutdown(cancel_futures=True)
        if self._link:
            self._link.close()

    @property
    def is_waiting(self) -> bool:
        """Return whether somebody in this process is in line."""
        return self._line is not None and self._line.locked()

    @asynccontextmanager
    async def in_line(self) -> AsyncIterator[None]:
        """Be in line: others of this process come afterwards, in order."""
        import asyncio

        if self._line is None:
            self._line = asyncio.Lock()
        async with self._line:
            try:
                yield
            finally:
                self._thread.submit(self._let_next)

    async def wait(self, seconds: float) -> None:
        """Wait in line until nobody writes, so long at most.

        If that cannot be said, it returns after a moment.
        """
        import asyncio

        loop = asyncio.get_running_loop()
        waiting = loop.run_in_executor(self._thread, self._has_waited)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                if not await asyncio.shield(waiting):
                    await asyncio.sleep(SECONDS_TO_TRY_AGAIN)

    def _has_waited(self) -> bool:
        try:
            if self._link is None or not self._link.is_open:
                self._link, self._is_next = self._connect(), False
            self._link.run(*(() if self._is_next else (BE_NEXT,)), WAIT)
        except (Failed, StoreError):
            return False
        self._is_next = True
        return True

    def _let_next(self) -> None:
        if self._link:
            with suppress(Failed):
                self._link.run(LET_NEXT)
            self._link.warnings.clear()  # it may not have been the next one
        self._is_next = False
