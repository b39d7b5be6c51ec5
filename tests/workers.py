"""Has a store work together with others, without a bot over it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from state.store import Store
from state.topics.workers import Word


class Idle:
    """Does nothing about what it hears."""

    def queued(self, chat: str) -> None: ...

    def told(self, words: Sequence[Word]) -> None: ...

    def missed(self) -> None: ...

    def gained(self) -> None: ...

    async def left(self) -> None: ...


@asynccontextmanager
async def joined(store: Store) -> AsyncIterator[None]:
    """Be one of the workers on a store, and so the one that sends to every chat."""
    working = asyncio.create_task(store.workers.run(Idle(), ""))
    await store.workers.joined()
    yield
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
