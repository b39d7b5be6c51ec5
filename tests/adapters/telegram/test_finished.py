"""What was shown is taken out of the outbox, also after all had to be taken out at once."""

import asyncio

from bot.adapters.telegram.outbox.finished import SECONDS_TO_FLUSH, Finished
from state.sqlite.store import SqliteStore
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
