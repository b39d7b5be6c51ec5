"""The interface of the store's cases."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from state.records import OpenCase, Place, StoredCase


class Cases(Protocol):
    """The cases, and which of them each chat is working on."""

    def find(self, code: str) -> StoredCase | None:
        """Return a case with all its answers."""

    def active(self, chat: str) -> StoredCase | None:
        """Return the case that a chat is working on."""

    def active_code(self, chat: str) -> str | None:
        """Return the code of the case that a chat is working on."""

    def activate(self, chat: str, code: str | None) -> None:
        """Make a case the one that a chat is working on; None leaves it without one."""

    def listed(self, chat: str, closed_since: datetime) -> list[StoredCase]:
        """Return a chat's cases, last touched first; closed ones only if closed recently."""

    def codes_open(self, chat: str) -> list[str]:
        """Return a chat's open cases, untouched ones too, last touched first."""

    def codes_under_way(self, chat: str) -> list[str]:
        """Return a chat's open cases in which something stands, last touched first.

        An answer, a note, or what was read from a line and waits to be confirmed.
        """

    def codes_to_remind(self, since: datetime, only: str) -> list[str]:
        """Return a chat's open cases touched since then, if it can be reached."""

    def open_after(self, place: Place, most: int) -> list[OpenCase]:
        """Return the next cases that are not closed after a place, last touched first."""

    def open_levels(self, *, besides: str = "") -> dict[str, int]:
        """Count the open cases that have an answer by the level last said; "" if none was.

        `besides` leaves one chat out.
        """

    def shown_after(self, code: str, chat: str, until: datetime) -> list[str]:
        """Return a chat's other open cases shown after this one, newest first.

        A case is shown when it is looked at, reminded of or asked about. What was shown of them
        after `until` does not count.
        """

    def add(self, case: StoredCase) -> None:
        """Store a new case."""

    def save(self, case: StoredCase, before: StoredCase) -> StoredCase:
        """Save a changed case, and return it as stored: with the next version.

        Answers and time line only grow: what `before` had is not rewritten.
        Raises Conflict if the stored case no longer has the version of `before`.
        """

    def touch(self, case: StoredCase, before: StoredCase) -> StoredCase:
        """Record when a case was last looked at, and what was said of it.

        Its version, and so its buttons, stay valid.
        """

    def to_forget(self, before: datetime, most: int) -> list[str]:
        """Return the cases that `forget` erases."""

    def erase(self, codes: Sequence[str]) -> None:
        """Erase cases with everything belonging to them, whatever their state."""

    def forget(self, before: datetime, most: int) -> int:
        """Erase the first `most` cases not touched since, with everything belonging to them.

        Only closed ones and those without an answer or a note; returns how many.
        """

    def codes_to_ask_about(self, before: datetime, most: int, *, besides: str = "") -> list[str]:
        """Return the first open cases not touched since then, whose owner was not asked since then.

        They have an answer or a note, and their chat, other than `besides`, can be reached.
        """

    def note_asked(self, code: str, at: datetime) -> None:
        """Record that the owner of a case was asked whether to keep it."""
