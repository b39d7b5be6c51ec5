"""Makes what was committed last through a power cut: one sync of the log for all who wait."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import asyncio

SYNC: Final = getattr(os, "fdatasync", os.fsync)  # as SQLite itself does


class LogOnDisk:
    """The log of an open database, as far as it is on the disk.

    SQLite only writes a commit to its log; the sync that makes it last is made here, in a thread,
    so that neither the event loop nor the next commit waits for it. It is SQLite's own sync of
    `synchronous=FULL`, later. `move` moves the whole log into the file, and syncs both.
    """

    def __init__(self, log: Path, move: Callable[[], bool]) -> None:
        self._file = log.open("rb", buffering=0)
        self._move = move
        self._thread = ThreadPoolExecutor(1, "disk")
        self._syncing = Lock()
        self._written = self._synced = 0
        self._under_way: asyncio.Task[None] | None = None
        self._in_doubt = False

    def close(self) -> None:
        self._thread.shutdown()
        self._file.close()

    def note_commit(self) -> None:
        """Note a commit that is meant to last."""
        self._written += 1

    def sync_at_once(self) -> None:
        """Sync what was committed before; SQLite does it only in a commit that writes something.

        A failure leaves the log in doubt: who waits for it moves it.
        """
        if self._synced >= self._written:
            return
        number = self._written
        with self._syncing, suppress(OSError):
            if not self._in_doubt:
                self._sync_file()
                self._synced = number

    async def wait(self) -> None:
        """Wait until all that was committed by now lasts.

        Raises OSError, or what SQLite raises.
        """
        number = self._written
        if self._synced >= number:
            return
        import asyncio

        while self._synced < number:
            if self._under_way is None:
                self._under_way = asyncio.create_task(self._sync())
                self._under_way.add_done_callback(_is_retrieved)
            await asyncio.shield(self._under_way)

    async def _sync(self) -> None:
        """Sync the log; whoever commits in the round of the loop before this begins is in it."""
        import asyncio

        try:
            number = self._written
            if self._synced >= number:
                return
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._thread, self._sync_in_thread)
            self._synced = max(self._synced, number)
        finally:
            self._under_way = None

    def _sync_in_thread(self) -> None:
        """Sync; after a failure the kernel may forget what it could not write, so move it."""
        with self._syncing:
            if not self._in_doubt:
                self._sync_file()
                return
        if not self._move():
            raise OSError("somebody reads the log of the database, of which a part may be lost")
        with self._syncing:
            self._sync_file()

    def _sync_file(self) -> None:
        self._in_doubt = True
        SYNC(self._file.fileno())
        self._in_doubt = False


def _is_retrieved(sync: "asyncio.Task[None]") -> None:
    """Take note of a failure that nobody waits for any more: the next who waits tries again."""
    if not sync.cancelled():
        sync.exception()
