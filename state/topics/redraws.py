"""The interface of the store's redraws."""

from typing import Protocol

from state.records import Place


class Redraws(Protocol):
    """How far the open cards have been redrawn after an absence."""

    def place(self) -> Place | None:
        """Return the place after which cards are still to be redrawn; None if all are."""

    def keep(self, place: Place | None) -> None:
        """Record it."""
