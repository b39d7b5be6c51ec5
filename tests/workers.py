"""Has a store work together with others, without a bot over it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

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


def count_two(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    """Let a store say that another worker works on it, whatever is seen of it."""
    two = property(lambda _: 2, lambda *_: None)
    monkeypatch.setattr(type(store.workers), "count", two, raising=False)
