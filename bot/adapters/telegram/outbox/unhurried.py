"""Who pauses before trying again to get what nobody waits for: one after another, in a line."""

import asyncio
from typing import Final

from bot.adapters.telegram.outbox.pace import CALLS_A_SECOND, nap

MOST_FOR_MORE: Final = 10
LONGEST_WAIT: Final = 30.0
LOOK_AGAIN: Final = 0.02


class Unhurried:
    """The chats in line: if all tried at once, they would hold up whoever is waiting."""

    def __init__(self) -> None:
        self._chats = set[str]()
        self._ends = 0.0

    async def nap(self, chat: str, woken: asyncio.Event, seconds: float) -> None:
        """Pause, and then for as long as the line is, but no longer than until woken."""
        now = _now()
        begins = max(self._ends, now)
        self._ends = begins + 1 / CALLS_A_SECOND
        self._chats.add(chat)
        try:
            await nap(woken, seconds + begins - now)
        finally:
            self._chats.discard(chat)

    async def has_room(self) -> None:
        """Wait, but not for ever, until more may be queued that nobody waits for."""
        ends = _now() + LONGEST_WAIT
        while len(self._chats) >= MOST_FOR_MORE and _now() < ends:
            await asyncio.sleep(LOOK_AGAIN)


def _now() -> float:
    return asyncio.get_running_loop().time()
