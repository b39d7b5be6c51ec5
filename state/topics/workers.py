"""The interface of the store's workers."""

from collections.abc import Sequence
from typing import Protocol

Word = str | int | float


class Hears(Protocol):
    """What a worker does when something changes among the workers."""

    def queued(self, chat: str) -> None:
        """Something was queued for a chat by another one."""

    def told(self, words: Sequence[Word]) -> None:
        """Another one has told the others something."""

    def missed(self) -> None:
        """Others may have told something that this one has not heard."""

    def gained(self) -> None:
        """This one sends to more chats than before, or to the same ones after a break."""

    async def left(self) -> None:
        """This one no longer sends to some chats: return when nothing is under way to them."""


class Workers(Protocol):
    """The processes that work on one store together.

    Each chat is sent to by one of them, and one leads. If one is gone, the others take its place.
    """

    @property
    def count(self) -> int:
        """Return how many there are, this one included, as far as is known."""

    @property
    def leads(self) -> bool:
        """Return whether this one does what only one may do, such as reminding."""

    @property
    def is_cut_off(self) -> bool:
        """Return whether this one has lost the store, and so cannot know which of them leads."""

    def sends_to(self, chat: str) -> bool:
        """Return whether this one, and no other, may send to a chat now."""

    def tell(self, *words: Word) -> None:
        """Tell the others something that does not matter if it is lost."""

    async def run(self, hears: Hears, version: str) -> None:
        """Work together with the others until cancelled.

        Only workers of the same `version` work at one time: this one waits for others to end.
        """

    @property
    def works(self) -> bool:
        """Return whether this one works together with the others, and waits for no version."""

    async def joined(self) -> None:
        """Wait until this one works together with the others."""

    async def begins_to_lead(self) -> None:
        """Wait until this one leads."""

    async def stops_leading(self) -> None:
        """Wait until this one no longer leads."""
