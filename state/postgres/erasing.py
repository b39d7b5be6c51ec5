"""Overwrites what was erased, as far as PostgreSQL does."""

from contextlib import closing
from threading import Lock

import structlog

from bot.database_address import Address
from state.postgres import opening
from state.postgres.failures import Failed, why
from state.postgres.schema import tables
from state.store import StoreError

log = structlog.get_logger()


class Erasing:
    """Frees the places of erased rows; `scrubs_next` is set in a turn whose traces are to go."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self.scrubs_next = False
        self._scrubbing = Lock()

    def scrub(self) -> None:
        """Take out of the tables and indexes what was erased; others go on meanwhile.

        While this process is at it already, this is left for the end of the next turn.

        PostgreSQL only marks a row as erased: this frees its place, which the next rows overwrite.
        What is in the server's log, on replicas and in copies goes when those do.

        Raises StoreError if the server cannot be reached, or if others hold some of it.
        """
        if not self._scrubbing.acquire(blocking=False):
            self.scrubs_next = True
            return
        try:
            self._scrub()
        finally:
            self._scrubbing.release()

    def _scrub(self) -> None:
        with closing(opening.connect(self._address)) as link:
            try:
                link.run("SET statement_timeout = 0")
                link.run(f"VACUUM (SKIP_LOCKED, INDEX_CLEANUP ON) {', '.join(tables())}")
                if link.warnings:
                    raise Failed("", link.warnings[0])
            except Failed as error:
                raise StoreError(why(self._address, error)) from error

    def scrub_if_asked(self) -> None:
        """Scrub after the commit that asked for it; if that fails, the next hour does."""
        if self.scrubs_next:
            self.scrubs_next = False
            try:
                self.scrub()
            except StoreError as error:
                log.warning("the database still holds what was erased", why=str(error))
