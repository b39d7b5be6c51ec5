"""Reads a database: in its turn, outside of one, or several times from one state."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from bot.database_address import Address
from state.postgres.connected import Connected
from state.postgres.failures import Failed, why
from state.postgres.link import Link
from state.postgres.results import Result
from state.postgres.values import HoldsNul, without_nul
from state.store import StoreError

AUDITED: Final = "SELECT audited FROM engine"
SNAPSHOT: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class Reading:
    """What a process is connected by to one database, as far as it only reads."""

    def __init__(self, address: Address, *, alone: bool) -> None:
        self.address = address
        self.connected = Connected(address, alone=alone)
        self._turn: Link | None = None  # the connection of the one that is under way

    @property
    def connection(self) -> Link:
        return self._turn or self.connected.link

    @property
    def in_turn(self) -> bool:
        return self._turn is not None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read several times from one state of the database, outside of a turn.

        Raises StoreError if it cannot be read.
        """
        with self._said():
            self._require_no_turn()
            self._turn, _ = self._begin(SNAPSHOT)
        try:
            with self._said():
                yield
                self._turn.send()
        finally:
            self._turn.roll_back()
            self._turn = None

    def each(self, sql: str, given: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """Return rows while they are read, however many, inside `reading()` or a turn."""
        return self.connection.each(sql, given)

    def newest_audited(self) -> int:
        (number,) = self._read(AUDITED).fetchone() or (0,)
        return int(number)

    def _read(self, sql: str, given: Sequence[object] = ()) -> Result:
        """Read something; a text with a NUL is found nowhere, as nothing kept has one."""
        try:
            if self._turn:
                return self._turn.execute(sql, given)
            return self.connected.begin(lambda link: link.execute(sql, given))
        except HoldsNul:
            return self._read(sql, [*map(without_nul, given)])
        except Failed as error:
            if self._turn:
                raise
            raise StoreError(why(self.address, error)) from error

    def _require_no_turn(self) -> None:
        if self._turn:
            raise Failed("", "a turn is under way in this process")

    def _begin(self, *statements: str, given: Sequence[object] = ()) -> tuple[Link, Result]:
        return self.connected.begin(lambda link: (link, link.begin(*statements, given=given)))

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Say in one line what failed."""
        try:
            yield
        except Failed as error:
            raise StoreError(why(self.address, error)) from error
