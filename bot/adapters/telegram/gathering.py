"""Takes together what comes one by one: whatever comes while others are taken is next."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Gathering(Generic[T]):
    """Hands on what has come, in order, once what came before is done."""

    def __init__(self, take: Callable[[list[T]], Awaitable[None]]) -> None:
        self._take = take
        self._taking = asyncio.Lock()
        self._came = list[T]()
        self._next: asyncio.Task[None] | None = None

    async def take(self, each: list[T]) -> None:
        """Return once these are taken. Raises whatever those raise that are taken with them."""
        self._came += each
        if self._next is None:
            self._next = asyncio.create_task(self._take_next())
            self._next.add_done_callback(_is_retrieved)
        await asyncio.shield(self._next)

    async def _take_next(self) -> None:
        async with self._taking:
            came, self._came, self._next = self._came, [], None
            await self._take(came)


def _is_retrieved(taking: "asyncio.Task[None]") -> None:
    """Take note of a failure for which nobody waits any more."""
    if not taking.cancelled():
        taking.exception()
