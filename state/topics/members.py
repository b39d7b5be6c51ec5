"""The interface of the store's members and their invitations."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from state.people import Invitation, Member


class Members(Protocol):
    """The people who may use this, besides the owners in the settings."""

    def in_turn(self) -> bool:
        """Return whether what is read may still be rolled back."""

    def role_of(self, who: str) -> str | None:
        """Return the role of a person; None if they are no member."""

    def find(self, who: str) -> Member | None:
        """Return a member."""

    def listed(self) -> list[Member]:
        """Return every member, in the order in which they joined."""

    def keep(self, member: Member) -> None:
        """Add a member, or store what has changed of one."""

    def remove(self, who: str) -> None:
        """Erase a member."""

    def owners(self) -> set[str]:
        """Return the owners of whom `keep_owners` was last told."""

    def keep_owners(self, people: Iterable[str]) -> None:
        """Store who the owners are, in place of those before."""


class Invitations(Protocol):
    """Invitations that can still be used, each by the hash of its token alone."""

    def add(self, invitation: Invitation) -> None:
        """Store a new invitation."""

    def find(self, hashed: str) -> Invitation | None:
        """Return an invitation, even one that has ended."""

    def of(self, maker: str) -> list[Invitation]:
        """Return the invitations that a person has made."""

    def use(self, hashed: str) -> None:
        """Use an invitation once; after the last time it is erased."""

    def withdraw(self, hashed: str) -> None:
        """Erase an invitation."""

    def withdraw_of(self, maker: str) -> None:
        """Erase the invitations that a person has made."""

    def forget(self, before: datetime) -> None:
        """Erase the invitations that ended before a moment."""
