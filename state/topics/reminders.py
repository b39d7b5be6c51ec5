"""The interface of the store's reminders."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from state.records import Reminder, Wanted


class Reminders(Protocol):
    """The reminders of each case; each is claimed once, when it is sent."""

    def set(
        self, code: str, wanted: Iterable[Wanted], *, renewed_at: datetime | None = None
    ) -> None:
        """Store the reminders a case needs now, and drop those it no longer needs.

        One already stored, sent or not, stays as it is; one that is renewed before it is
        due gets its new time, unless that counts from now. One without `due_at` is not added, but
        stays if somebody postponed it.
        """

    def put_off(self, code: str, kind: str, deadline: datetime, until: datetime) -> None:
        """Postpone a reminder, even if one of its kind was sent before."""

    def pending(self, code: str) -> list[Reminder]:
        """Return what a case will be reminded of, in order."""

    def find(self, id: int) -> Reminder | None:
        """Return a reminder, whether it was sent or not."""

    def first(self, *, only: str | None = None, besides: str = "") -> Reminder | None:
        """Return the reminder due first, of one chat or of every chat besides one."""

    def count_due(self, now: datetime, *, besides: str = "") -> int:
        """Return how many reminders are due and not claimed; `besides` leaves a chat out."""

    def claim(self, code: str, now: datetime, clock: str = "") -> Reminder | None:
        """Claim everything due for a case, and return the newest; None if there is none.

        With a `clock`, the start of their kinds, only what is about it.
        """

    def together(self, id: int) -> list[Reminder]:
        """Return a claimed reminder and what was claimed together with it, by their times."""

    def forget(self, id: int) -> None:
        """Forget a claimed reminder that was not sent, and what was claimed together with it.

        They are set again if the case needs them again.
        """

    def release(self, now: datetime, claimed_after: datetime) -> None:
        """Set again what was claimed after a moment, but is due only after `now`."""
