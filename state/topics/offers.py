"""The interface of the store's offers."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol


class Offers(Protocol):
    """Who has been told of which case that its owner can no longer see."""

    def told(self, who: str) -> set[str]:
        """Return the cases that a person has been told of."""

    def note(self, codes: Iterable[str], who: str, at: datetime) -> None:
        """Record that a person is told of cases."""

    def withdraw(self, owner: str) -> None:
        """Forget who was told of a person's cases: they see them again."""
