"""The interface of the store's outbox."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from state.records import Priority, Queued


class Outbox(Protocol):
    """Outgoing screens waiting to be sent to each chat."""

    def enqueue(
        self,
        *,
        chat: str,
        code: str | None,
        screens: list[str],
        token: str | None,
        query: str | None,
        tapped: int | None,
        anew: bool,
        priority: Priority,
        at: datetime,
        thread: int | None = None,
        reminder: int | None = None,
    ) -> None:
        """Put a turn's output into the outbox, to be sent after the commit."""

    def queued(self, chat: str | None = None) -> list[Queued]:
        """Return what is waiting for a chat, or for all chats, in order."""

    def pressing(self, chat: str, most: int) -> list[Queued]:
        """Return the most urgent rows of a chat, and all those of the same cases, in order."""

    def chats_waiting(self) -> list[str]:
        """Return the chats that have something waiting, the most urgent first."""

    def waiting(self, *, besides: str = "") -> tuple[int, datetime | None]:
        """Return how many rows wait, and since when the oldest; `besides` leaves one chat out."""

    def note_sending(self, row: Queued, said: int, *, sending: bool) -> str | None:
        """Record how many messages of a row were sent, and whether the next is under way.

        Return the chat it is for by now, or None if the row has been dropped.
        """

    def sent(self, queued: Iterable[int]) -> None:
        """Remove what has been shown, by the ids of its rows."""

    def drop_all(self, chat: str) -> None:
        """Drop all that is waiting for a chat."""

    def drop(self, chat: str, up_to: int) -> None:
        """Drop what is waiting for a chat, up to and including a row."""
