"""Goes on behind others: what they have begun reaches the network first."""

import asyncio
from typing import Final

from state.store import Store

STEPS_TO_WRITE: Final = 3


async def let_others_write() -> None:
    """Let what others have begun be written to the network."""
    for _ in range(STEPS_TO_WRITE):
        await asyncio.sleep(0)


async def wait_behind_senders(store: Store) -> None:
    """Wait for the disk; whoever shows what was done before goes on first, up to the network.

    Raises StoreError.
    """
    await asyncio.sleep(0)
    await store.wait_for_disk()
    await let_others_write()
