"""The interface of the store's hand-overs."""

from datetime import datetime
from typing import Protocol

from state.handovers import HandOver


class HandOvers(Protocol):
    """The cases that their owners offer to colleagues; each is offered to one person at a time."""

    def of(self, code: str) -> HandOver | None:
        """Return the hand-over of a case."""

    def of_offer(self, offer: str) -> list[HandOver]:
        """Return what is left of an offer, in the order in which it was made."""

    def of_person(self, who: str) -> list[HandOver]:
        """Return what somebody gives or is to receive, oldest first."""

    def all(self) -> list[HandOver]:
        """Return every hand-over that is not finished, oldest first."""

    def lost(self) -> set[str]:
        """Return the codes of those that cannot be finished any more.

        The case is closed, not the giver's or not in the group any more, or the receiver is not.
        """

    def keep(self, handover: HandOver) -> None:
        """Record a hand-over, in place of an earlier one of the same case."""

    def end(self, code: str) -> None:
        """Forget the hand-over of a case."""

    def next_due(self) -> datetime | None:
        """Return when somebody is reminded next."""

    def first_due(self, now: datetime) -> HandOver | None:
        """Return the hand-over that was first due to be reminded of; None if none is."""
