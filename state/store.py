"""The interface of a store: its topics, and turns that are all or nothing.

`state/sqlite` and `state/postgres` implement it, with the topics of `state/sql`.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Protocol, Self, TypeVar

from bot.refusal import Refusal
from state.topics.audit import Audit
from state.topics.boards import Boards
from state.topics.buttons import Buttons
from state.topics.cards import Cards
from state.topics.cases import Cases
from state.topics.chats import Chats
from state.topics.clock import Clock
from state.topics.groups import Groups
from state.topics.handovers import HandOvers
from state.topics.inbox import Inbox
from state.topics.members import Invitations, Members
from state.topics.offers import Offers
from state.topics.out_of_use import OutOfUse
from state.topics.outbox import Outbox
from state.topics.ownership import Ownership
from state.topics.people import People
from state.topics.read_lines import ReadLines
from state.topics.readers import Readers
from state.topics.redraws import Redraws
from state.topics.reminders import Reminders
from state.topics.requests import Requests
from state.topics.workers import Workers

T = TypeVar("T")


class StoreError(Refusal):
    """The store cannot be used; the message names it and says why in one line."""


class CommitUnknown(StoreError):
    """A connection was lost during a commit, or before it had reached the disk.

    Whether the turn was kept is not known; it was kept or undone as a whole, and what it was to
    change says which, when it is read again.
    """


class Conflict(Exception):
    """The case was changed by somebody else since it was read; nothing was saved."""


class Store(Protocol):
    """An open store. Every change happens inside a turn.

    A topic raises StoreError outside a turn if the store fails; inside, the turn or the part
    around it does.
    """

    @property
    def boards(self) -> Boards: ...

    @property
    def cases(self) -> Cases: ...

    @property
    def chats(self) -> Chats: ...

    @property
    def groups(self) -> Groups: ...

    @property
    def handovers(self) -> HandOvers: ...

    @property
    def inbox(self) -> Inbox: ...

    @property
    def offers(self) -> Offers: ...

    @property
    def outbox(self) -> Outbox: ...

    @property
    def ownership(self) -> Ownership: ...

    @property
    def cards(self) -> Cards: ...

    @property
    def buttons(self) -> Buttons: ...

    @property
    def redraws(self) -> Redraws: ...

    @property
    def reminders(self) -> Reminders: ...

    @property
    def requests(self) -> Requests: ...

    @property
    def read_lines(self) -> ReadLines: ...

    @property
    def readers(self) -> Readers: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def audit(self) -> Audit: ...

    @property
    def members(self) -> Members: ...

    @property
    def invitations(self) -> Invitations: ...

    @property
    def people(self) -> People: ...

    @property
    def workers(self) -> Workers: ...

    @property
    def out_of_use(self) -> OutOfUse: ...

    @property
    def is_served(self) -> bool:
        """Return whether a server keeps it: if that is away, a new start does not bring it back."""

    def turn(self, *, lasting: bool = True) -> AbstractContextManager[Self]:
        """Run one turn: committed as a whole at the end, or rolled back as a whole.

        One that is not `lasting` does not wait for the disk: it survives a kill, but a power cut
        before the next lasting one may undo it.

        Raises StoreError if the store is locked, full or cannot be written.
        """

    def turn_beside(self, *, lasting: bool = True) -> AbstractAsyncContextManager[Self]:
        """Run one turn like `turn()`, but wait for other processes without holding up the loop.

        It is committed at the end, and survives a kill; a power cut it survives, if it is
        `lasting`, once `wait_for_disk()` has returned. Nothing may be awaited inside.

        Raises StoreError as `turn()` does.
        """

    async def beside(self, do: Callable[[], T], *, lasting: bool = True) -> T:
        """Do something in a turn beside the event loop, maybe together with what others ask for.

        Each is rolled back alone if it fails. Raises what it raises, and StoreError as a turn does.
        """

    async def wait_for_disk(self) -> None:
        """Wait until all lasting turns committed by now would survive a power cut.

        What they say must not leave this machine before. Whoever waits at the same time waits
        together, and others go on writing.

        Raises StoreError if the disk fails: then what was changed last may be lost.
        """

    async def wait_for_others(self) -> None:
        """Wait until no other process is writing, without holding up the event loop.

        Raises StoreError if one still is after a while.
        """

    def is_held(self) -> bool:
        """Return whether another process is writing, for which a turn would wait."""

    def expect(self, tokens: Iterable[str]) -> None:
        """Read at once what taps on these buttons will need, if that is quicker.

        Raises StoreError.
        """

    def part(self) -> AbstractContextManager[None]:
        """Run a part of a turn that can fail alone: it is rolled back, the turn continues.

        Raises StoreError if the store itself fails.
        """

    def require_writable(self) -> None:
        """Write, without changing anything that is kept, to find out whether that is possible.

        Raises StoreError if it is not.
        """

    def scrub(self) -> None:
        """Make sure that what was erased can no longer be read from the disk.

        It waits for nobody: if another process is reading, this is left for the next time. It may
        be called in a thread of its own.
        """

    def close(self) -> None:
        """Close the store; nothing can be read or changed any more."""
