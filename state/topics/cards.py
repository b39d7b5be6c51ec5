"""The interface of the store's cards."""

from collections.abc import Sequence
from typing import Protocol

from state.records import Card


class Cards(Protocol):
    """Which message shows a case in each chat, in each of its roles."""

    def find(self, code: str, role: str, chat: str) -> Card | None:
        """Return the message of a chat that shows a case in a role."""

    def keep(self, card: Card) -> None:
        """Record which message of a chat shows a case now."""

    def of(self, codes: Sequence[str]) -> list[Card]:
        """Return every message that shows one of these cases."""

    def of_group(self, group: str, chat: str) -> list[Card]:
        """Return the messages of a chat that show cases of a group."""

    def drop(self, code: str, role: str, chat: str) -> None:
        """Forget a message that is gone."""
