"""The connections of a process, made anew when they are lost: one to work on, one for the disk."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from threading import Lock
from time import monotonic
from typing import Final, TypeVar

from bot.database_address import Address
from state.postgres import opening
from state.postgres.disk import Disk
from state.postgres.failures import Failed, why
from state.postgres.link import Link
from state.postgres.schema import TELLS
from state.store import CommitUnknown, StoreError

SECONDS_BETWEEN_TRIES: Final = 1.0
NOT_WAITING: Final = "SET synchronous_commit = off"  # what is to last waits afterwards: disk.py

T = TypeVar("T")


class Connected:
    """What a process is connected by to one database. Raises StoreError if that is impossible.

    One that is `alone` is so on each of its connections, or has none. `is_new` is whether it has
    created the tables.
    """

    def __init__(self, address: Address, *, alone: bool = False) -> None:
        self._address = address
        self._alone = alone
        self._renewing = Lock()
        self._tried_at = 0.0
        self._failed = ""
        self._is_closed = False
        self.renewed = 0  # how often it was connected anew
        self.takings = 0  # how often workers had taken shares of the chats by the last turn
        self.link = opening.connect(address)
        try:
            self.is_new = opening.bring_up_to_date(self.link, address)
            self._identity = opening.identity(self.link, address)
            self._prepare(self.link)
            self.disk = Disk(lambda: opening.connect(address))
        except Failed as error:
            self.link.close()
            raise StoreError(why(address, error)) from error
        except BaseException:
            self.link.close()
            raise

    def close(self) -> None:
        self._is_closed = True
        self.disk.close()
        self.link.close()

    def begin(self, begin: Callable[[Link], T]) -> T:
        """Begin something, on a new connection if that was lost which was there."""
        if self.link.is_open:
            try:
                return begin(self.link)
            except Failed as error:
                if not error.lost:
                    raise
        self.renew()
        return begin(self.link)

    def tell(self, channel: str, said: str) -> None:
        """Tell whoever listens on a channel, outside of a turn; that may fail, and be lost."""
        with suppress(Failed, StoreError):
            self.begin(lambda link: link.execute("SELECT pg_notify(?, ?)", (channel, said)))

    def renew(self) -> None:
        """Connect again, unless another thread has; after a failure not again within a second.

        Raises StoreError if that fails, if it leads to another database, or once this is closed.
        """
        if self._is_closed:
            raise StoreError(why(self._address, Failed("", "it was closed")))
        with self._renewing:
            if self.link.is_open:
                return
            if self._failed and monotonic() < self._tried_at + SECONDS_BETWEEN_TRIES:
                raise StoreError(self._failed)
            try:
                self.link, self._failed = self._connect(), ""
                self.renewed += 1
            except StoreError as error:
                self._tried_at, self._failed = monotonic(), str(error)
                raise

    def _connect(self) -> Link:
        link = opening.connect(self._address)
        try:
            if opening.identity(link, self._address) == self._identity:
                self._prepare(link)
                self.disk.stay_connected()
                return link
        except Failed as error:
            link.close()
            raise StoreError(why(self._address, error)) from error
        except StoreError:
            link.close()
            raise
        link.close()
        raise StoreError(
            f"CORDCALL_DATABASE: {self._address} leads to another database than at the start; "
            "allowed: the same one from start to end, or one of its replicas"
        )

    def _prepare(self, link: Link) -> None:
        link.run(NOT_WAITING, TELLS)
        if self._alone:
            opening.require_alone(link, self._address)

    def commit(self, link: Link, last: Iterable[tuple[str, Sequence[object]]]) -> None:
        """Commit the transaction of a connection, with last statements before that.

        Raises CommitUnknown if it is lost before the server says whether it has.
        """
        if not link.is_open:
            raise Failed("", "the connection was lost", lost=True)
        for statement, given in last:
            link.later(statement, given)
        try:
            link.commit()
        except Failed as error:
            if not error.lost:
                raise
            left = "whether the turn was kept is not known"
            raise CommitUnknown(why(self._address, error, left)) from error
