"""What a store promises: its topics, and turns that are whole or nothing.

`state/sqlite` keeps it; another engine could.
"""

from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Protocol, Self

from bot.refusal import Refusal
from state.topics import Buttons, Cards, Cases, Chats, Inbox, Outbox, Readers, Reminders


class StoreError(Refusal):
    """The store cannot be used; the text names it and says why in one line."""


class Conflict(Exception):
    """The case was changed by somebody else since it was read; nothing was saved."""


class Store(Protocol):
    """An open store. Every change happens inside a turn.

    A topic raises StoreError outside a turn when the store fails; inside, the turn or the part
    around it does.
    """

    @property
    def cases(self) -> Cases: ...

    @property
    def chats(self) -> Chats: ...

    @property
    def inbox(self) -> Inbox: ...

    @property
    def outbox(self) -> Outbox: ...

    @property
    def cards(self) -> Cards: ...

    @property
    def buttons(self) -> Buttons: ...

    @property
    def reminders(self) -> Reminders: ...

    @property
    def readers(self) -> Readers: ...

    def turn(self, *, lasting: bool = True) -> AbstractContextManager[Self]:
        """Run one turn: committed as a whole at the end, or undone as a whole.

        One that is not `lasting` does not wait for the disk: a kill leaves it, but a power cut
        before the next lasting one may take it back.

        Raises StoreError when the store is locked, full or cannot be written.
        """

    def turn_beside(self) -> AbstractAsyncContextManager[Self]:
        """Run one turn like `turn()`, but wait for the disk without holding up the event loop.

        Whoever needs the store meanwhile waits for the commit, which is seen through even when
        the task is cancelled. Nothing may be awaited inside.

        Raises StoreError as `turn()` does.
        """

    def part(self) -> AbstractContextManager[None]:
        """Run a part of a turn that can fail alone: what it did is undone, the turn goes on.

        Raises StoreError when it is the store that fails.
        """

    def scrub(self) -> None:
        """Make sure that what was erased can no longer be read from the disk.

        Another process that reads meanwhile leaves it for the next time.
        """

    def close(self) -> None:
        """Close the store; nothing can be read or changed any more."""
