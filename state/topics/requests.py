"""The interface of the store's requests."""

from typing import Protocol

from state.requests import Request


class Requests(Protocol):
    """Which question of a case each colleague is asked: one at a time for a case."""

    def find(self, code: str, whom: str) -> Request | None:
        """Return what somebody is asked of a case."""

    def of(self, code: str) -> list[Request]:
        """Return what is asked of a case, the oldest first."""

    def of_person(self, who: str) -> list[Request]:
        """Return what somebody is asked or has asked, of any case, the oldest first."""

    def ask(self, request: Request) -> None:
        """Record what somebody is asked, in place of what they were asked of the case before.

        From now on it is known of them whether they can be reached.
        """

    def end(self, code: str, whom: str) -> None:
        """Record that somebody is asked nothing of a case any more."""

    def first(self) -> Request | None:
        """Return what was asked first, and is still open."""

    def first_unreachable(self) -> Request | None:
        """Return what was asked first of somebody who cannot be reached."""
