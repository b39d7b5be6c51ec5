"""Moves the log of an open database into its file, beside whoever reads and writes."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Final

import structlog

from state.key import Key
from state.sqlite.connection import why
from state.sqlite.engine import errors, open_file
from state.store import StoreError

SECONDS_BETWEEN_MOVES: Final = 1.0

log = structlog.get_logger()


class Moving:
    """Moves the log with a connection and a thread of its own: a commit would wait for it.

    `scrubs_next` is set in a turn whose traces on the disk must go at its end.
    """

    def __init__(self, path: Path, key: Key | None) -> None:
        self._path = path
        self._key = key
        self._thread = ThreadPoolExecutor(1, "log")
        self._moves_from = 0.0
        self.scrubs_next = False
        self._left_in_log = False

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)

    def move_soon(self) -> None:
        """Move what can be moved, once a second; nobody waits for it."""
        now = monotonic()
        if now >= self._moves_from:
            self._moves_from = now + SECONDS_BETWEEN_MOVES
            self._thread.submit(self._move, "PASSIVE")

    def move_all(self) -> bool:
        """Move and empty the log; return whether nobody was in the way of the last pass."""
        return self._thread.submit(self._move, "PASSIVE", "TRUNCATE").result()

    def scrub(self) -> None:
        """Checkpoint the log into the file, so that no trace remains of what was erased.

        Nobody is waited for, and few wait for this: most is moved in a first pass, beside which
        others write. While somebody reads or writes, traces remain; then the next turn tries again.
        """
        try:
            done = self.move_all()
        except errors() as error:
            raise StoreError(why(self._path, error)) from error
        if not done:
            self.scrubs_next = True

    def scrub_if_asked(self) -> None:
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

    def _move(self, *how: str) -> bool:
        busy = 0
        with closing(open_file(self._path, self._key, timeout=0)) as connection:
            for each in how:
                busy, *_ = connection.execute(f"PRAGMA wal_checkpoint({each})").fetchone()
        return not busy
