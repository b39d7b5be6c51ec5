"""The interface of the ownership of cases."""

from datetime import datetime
from typing import Protocol

from state.records import StoredCase


class Ownership(Protocol):
    """Whose each case is: every case has one owner at any moment."""

    def owners(self, *, besides: str = "") -> list[str]:
        """Return the owners of the cases that are not closed; `besides` leaves one chat out."""

    def under_way_of(self, owner: str, *, besides: str = "", shared: bool = True) -> list[str]:
        """Return a person's open cases with an answer or a note that stands, last touched first.

        `besides` leaves one chat out; without `shared` those in groups are left out. Those in
        groups that the person has left are left out at any rate.
        """

    def open_in_groups(self, owner: str) -> list[str]:
        """Return a person's open cases in groups where they act, group by group, oldest first."""

    def has_worked(self, who: str) -> bool:
        """Return whether a person owns a case, or has answered in one."""

    def move(self, case: StoredCase, chat: str, owner: str, at: datetime | None) -> StoredCase:
        """Move a case to another chat and owner, and return it as stored: with the next version.

        Its time line says so, unless `at` is None. Its reminders go with it; its messages, their
        buttons and what waits to be sent do not.

        Raises Conflict as `Cases.save` does.
        """

    def without_one(self, chat: str) -> list[str]:
        """Return the open cases of a group whose owner acts there no more, first begun first."""

    def take(
        self, case: StoredCase, owner: str, at: datetime, *, read_back: bool = False
    ) -> StoredCase:
        """Give a case of a group to another owner, and return it; its time line says so.

        With `read_back` it also says who has handed it over.
        It stays in its group, and its version, and so its buttons, stay valid.
        """
