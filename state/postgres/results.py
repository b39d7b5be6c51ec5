"""What statements return on PostgreSQL, with what callers use of a sqlite3.Cursor."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from state.postgres.failures import Failed

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult


class Result:
    """What a statement has returned."""

    __slots__ = ("_names", "_rows", "rowcount")

    def __init__(
        self, rows: list[tuple[Any, ...]], count: int, names: Callable[[], list[str]]
    ) -> None:
        self._rows = iter(rows)
        self._names = names
        self.rowcount = count

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self._rows

    def fetchone(self) -> tuple[Any, ...] | None:
        return next(self._rows, None)

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self._rows)

    @property
    def description(self) -> list[tuple[str]]:
        """Name the columns, each in a tuple of its own."""
        return [(name,) for name in self._names()]


class Awaited:
    """What a statement will return that is executed with the next one, or when it is asked."""

    __slots__ = ("_send", "said")

    def __init__(self, send: Callable[[], object]) -> None:
        self._send = send
        self.said: Result | None = None

    def _now(self) -> Result:
        if self.said is None:
            self._send()
        if self.said is None:
            raise Failed("", "it was taken back")
        return self.said

    @property
    def rowcount(self) -> int:
        return self._now().rowcount

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._now())

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._now().fetchone()

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._now().fetchall()

    @property
    def description(self) -> list[tuple[str]]:
        return self._now().description


def names(result: "PGresult") -> list[str]:
    return [(result.fname(place) or b"").decode() for place in range(result.nfields)]
