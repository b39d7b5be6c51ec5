"""The interface of the store's inbox."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from state.records import LeftTap, Poll


class Inbox(Protocol):
    """Incoming updates: each once, those waiting, those set aside, and the polling position."""

    def receive(self, update_id: int, tap: str | None, at: datetime, *, again: bool) -> int:
        """Record an update to be handled, and return its attempts; 0 if it was handled before.

        A tap is stored whole, since Telegram soon forgets it. `again` means that this same process
        retries it, which is not counted.
        """

    def receive_all(
        self, updates: Iterable[tuple[int, str | None, bool]], at: datetime
    ) -> list[int]:
        """Record updates, each with its tap and whether it comes again, as `receive` does one."""

    def received(self, update_ids: Sequence[int]) -> set[int]:
        """Return which of some updates are recorded, whatever has become of them."""

    def note_handled(self, update_id: int, at: datetime) -> bool:
        """Record an update that is handled in the same turn; False if it was recorded before."""

    def take_back(self, update_ids: Iterable[int]) -> None:
        """Uncount an attempt at each update: the store failed, not the update."""

    def claim(self, update_id: int) -> bool:
        """Take an update out of the inbox to handle it; False if another has taken it."""

    def left_taps(self) -> list[LeftTap]:
        """Return the taps that were accepted but not handled, in order."""

    def park(self, update_id: int, tap: str | None, at: datetime) -> None:
        """Set aside an update that cannot be handled; it is counted, never logged."""

    def parked_count(self) -> int:
        """Return how many updates were set aside."""

    def poll(self) -> Poll | None:
        """Return the polling position; None before the first poll."""

    def keep_poll(self, poll: Poll) -> None:
        """Store the polling position."""

    def forget(self, before: datetime) -> None:
        """Erase updates received before a moment, and the taps of those that were set aside.

        A tap that is still waiting is kept: Telegram does not send it again.
        """
