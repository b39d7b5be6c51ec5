"""What was shown is taken out of the outbox, also after all had to be taken out at once."""

import asyncio
from collections.abc import Iterable

import pytest

from bot.adapters.telegram.outbox import finished as module
from bot.adapters.telegram.outbox.finished import SECONDS_TO_FLUSH, Finished
from state.sqlite.store import SqliteStore
from state.store import StoreError
from tests.state.contract.values import put


async def test_rows_are_removed_after_all_had_to_be_removed_at_once(store: SqliteStore) -> None:
    with store.turn():
        put(store, "first")
        put(store, "second")
    first, second = store.outbox.queued()
    finished = Finished(store)
    finished.add(first.id)
    finished.end()
    assert store.outbox.queued() == [second]
    finished.add(second.id)
    await asyncio.sleep(SECONDS_TO_FLUSH * 3)
    assert store.outbox.queued() == []
    assert finished.ids == set()


async def test_rows_that_are_finished_while_others_are_removed_are_next(store: SqliteStore) -> None:
    with store.turn():
        put(store, "first")
        put(store, "second")
    first, second = store.outbox.queued()
    finished = Finished(store)
    finished.add(first.id)
    await asyncio.sleep(SECONDS_TO_FLUSH)
    await asyncio.sleep(0)
    finished.add(second.id)
    await asyncio.sleep(SECONDS_TO_FLUSH * 3)
    assert store.outbox.queued() == [] and finished.ids == set()


async def test_rows_that_cannot_be_removed_are_removed_later(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS_TO_RETRY", 0.01)
    with store.turn():
        put(store, "first")
    finished, refused = Finished(store), [StoreError("it is away"), StoreError("it is away")]
    sent = store.outbox.sent

    def refuses(queued: Iterable[int]) -> None:
        if refused:
            raise refused.pop()
        sent(queued)

    monkeypatch.setattr(store.outbox, "sent", refuses)
    finished.add(store.outbox.queued()[0].id)
    await asyncio.sleep(SECONDS_TO_FLUSH * 4)
    assert store.outbox.queued() == [] and finished.ids == set()
