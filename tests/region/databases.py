"""The databases of a region: a primary, and a replica that has everything that is confirmed."""

import asyncio
from pathlib import Path
from typing import Final, Self

from tests.postgres.server import Place, Server, Stop

NAME: Final = "cordcall"
FOLLOWS_SOON: Final = {"wal_retrieve_retry_interval": "500ms"}


class Databases:
    """Two servers in a folder of their own; the second one follows the first.

    What the first confirms is on the disk of the second too.
    """

    def __init__(self) -> None:
        self._place = Place()
        try:
            self._first = Server.begun(self._place, **FOLLOWS_SOON).start()
            self._first.sql(f"CREATE ROLE {NAME} LOGIN")
            self._first.sql(f"CREATE DATABASE {NAME} OWNER {NAME}")
            self._second = self._first.replica()
            self._first.configure(synchronous_standby_names="*")
        except BaseException:
            self._place.close()
            raise
        self.primary = self._first

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._place.close()

    @property
    def folder(self) -> Path:
        return self._place.folder

    @property
    def url(self) -> str:
        """The address of whichever server takes changes."""
        hosts = ",".join(f"127.0.0.1:{each.port}" for each in (self._first, self._second))
        return f"postgresql://{NAME}@{hosts}/{NAME}?target_session_attrs=read-write"

    async def restarts(self, how: Stop) -> None:
        """Stop the primary, as one does or as in a crash, and start it again."""
        await asyncio.to_thread(self.primary.restart, how)

    async def fails_over(self) -> None:
        """Lose the primary for good, and let the replica take changes instead."""
        await asyncio.to_thread(self._first.stop, "immediate")
        await asyncio.to_thread(self._second.promote)
        self.primary = self._second
