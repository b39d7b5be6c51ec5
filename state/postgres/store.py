"""The store on PostgreSQL."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TypeVar

from bot.database_address import Address
from state.postgres.database import Database
from state.postgres.expecting import Expecting
from state.postgres.failures import Failed, why
from state.postgres.turns import Part
from state.postgres.workers import Workers
from state.sql.store import SqlStore
from state.sql.together import Together
from state.store import StoreError

T = TypeVar("T")


class PostgresStore(SqlStore[Database]):
    """A `state.store.Store` at an address. Raises StoreError if it cannot be opened.

    `is_new` is whether this has created its tables. One that is `alone` lets no other such one in.
    """

    def __init__(self, address: Address, *, alone: bool = False) -> None:
        super().__init__(Database(address, alone=alone))
        self.address = address
        self.is_new = self.database.is_new
        self.workers = workers = Workers(address, self.database.connected, self._expect_queued)
        self.database.others_work = lambda: workers.count > 1
        self.database.sends_to = workers.sends_to
        self._expecting = Expecting(self)
        self._together = Together(self.database, self.part)

    @property
    def is_served(self) -> bool:
        return True

    async def beside(self, do: Callable[[], T], *, lasting: bool = True) -> T:
        """Do something in a turn, with what others ask for by the time that it begins."""
        try:
            done: T = await self._together.do(do, lasting=lasting)
            return done
        except Failed as failed:
            raise StoreError(why(self.address, failed)) from failed

    def expect(self, tokens: Iterable[str]) -> None:
        self._expecting.read(tokens)

    def _expect_queued(self, chats: Iterable[str]) -> None:
        """Read what another worker has just queued, although this one may just have looked."""
        self.database.memory.look_anew()
        with suppress(StoreError):  # whoever sends it will find that out
            self._expecting.read_queued(chats)

    def part(self) -> Part:
        return Part(self.database)

    def require_writable(self) -> None:
        """Write the number of the schema again: a row is replaced, and nothing changes."""
        with self.turn(lasting=False):
            self.database.execute("UPDATE engine SET version = version")
