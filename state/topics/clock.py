"""The interface of the store's clock."""

from typing import Protocol

from state.records import Seen


class Clock(Protocol):
    """The clock, as this program last saw it, so that a jump is noticed over a restart."""

    def seen(self) -> Seen | None:
        """Return what the clock last said; None if it was never looked at."""

    def keep(self, seen: Seen) -> None:
        """Store what the clock says now."""
