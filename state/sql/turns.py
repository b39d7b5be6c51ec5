"""Turns: each is one transaction, all or nothing."""

from types import TracebackType
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


class Turns(Protocol):
    """An open database, as a turn uses it. Each of these raises StoreError if it fails."""

    def begin(self, *, lasting: bool) -> None: ...

    async def begin_beside(self) -> None: ...

    def commit(self) -> None: ...

    def roll_back(self, failed: BaseException) -> None: ...

    def committed(self, *, lasting: bool) -> None: ...

    async def committed_beside(self, *, lasting: bool) -> None: ...


class _Transaction(Generic[T]):
    """Committed at its end, or rolled back as a whole if it fails."""

    __slots__ = ("_database", "_given", "_lasting")

    def __init__(self, database: Turns, given: T, *, lasting: bool) -> None:
        self._database = database
        self._given = given
        self._lasting = lasting

    def _is_committed(self, error: BaseException | None) -> bool:
        if error is not None:
            self._database.roll_back(error)
            return False
        self._database.commit()
        return True


class Turn(_Transaction[T]):
    """One transaction, which waits for other processes, and at its end for the disk."""

    __slots__ = ()

    def __enter__(self) -> T:
        self._database.begin(lasting=self._lasting)
        return self._given

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._is_committed(error):
            self._database.committed(lasting=self._lasting)


class TurnBeside(_Transaction[T]):
    """One transaction, which waits for other processes beside the event loop, not for the disk."""

    __slots__ = ()

    async def __aenter__(self) -> T:
        await self._database.begin_beside()
        return self._given

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._is_committed(error):
            await self._database.committed_beside(lasting=self._lasting)
