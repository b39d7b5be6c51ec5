"""The only worker on a file: its lock lets no second bot run."""

import asyncio
from typing import Final

from state.topics.workers import Hears, Word


class Workers:
    """One worker, which sends to every chat, and leads."""

    count: Final = 1
    leads: Final = True
    works: Final = True
    is_cut_off: Final = False

    def sends_to(self, chat: str) -> bool:
        return True

    def tell(self, *words: Word) -> None:
        """Tell nobody."""

    async def run(self, hears: Hears, version: str) -> None:
        """Have nothing to hear."""

    async def joined(self) -> None:
        """Return at once."""

    async def begins_to_lead(self) -> None:
        """Return at once."""

    async def stops_leading(self) -> None:
        await asyncio.Event().wait()
