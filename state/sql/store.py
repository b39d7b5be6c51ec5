"""The topics of a store and its turns, over one open database of either engine."""

from collections.abc import Callable, Iterable
from typing import Generic, Protocol, Self, TypeVar

from state.sql.audit import Audit
from state.sql.boards import Boards
from state.sql.buttons import Buttons
from state.sql.cards import Cards
from state.sql.cases import Cases
from state.sql.chats import Chats
from state.sql.clock import Clock
from state.sql.database import Database
from state.sql.groups import Groups
from state.sql.handovers import HandOvers
from state.sql.inbox import Inbox
from state.sql.members import Invitations, Members
from state.sql.offers import Offers
from state.sql.out_of_use import OutOfUse
from state.sql.outbox import Outbox
from state.sql.ownership import Ownership
from state.sql.people import People
from state.sql.read_lines import ReadLines
from state.sql.readers import Readers
from state.sql.redraws import Redraws
from state.sql.reminders import Reminders
from state.sql.requests import Requests
from state.sql.turns import Turn, TurnBeside, Turns


class OpenDatabase(Database, Turns, Protocol):
    """An open database, as a store uses it."""

    async def wait_for_disk(self) -> None: ...

    async def wait_for_others(self) -> None: ...

    def is_held(self) -> bool: ...

    def close(self) -> None: ...


D = TypeVar("D", bound=OpenDatabase)
T = TypeVar("T")


class SqlStore(Generic[D]):
    """What the stores of both engines have in common; `state.store.Store` says what it does."""

    def __init__(self, database: D) -> None:
        self.database = database
        self.boards = Boards(database)
        self.chats = Chats(database)
        self.cases = Cases(database, self.chats)
        self.groups = Groups(database, self.cases)
        self.handovers = HandOvers(database)
        self.inbox = Inbox(database)
        self.offers = Offers(database)
        self.outbox = Outbox(database)
        self.ownership = Ownership(database)
        self.cards = Cards(database)
        self.buttons = Buttons(database, self.cases)
        self.redraws = Redraws(database)
        self.reminders = Reminders(database)
        self.requests = Requests(database)
        self.read_lines = ReadLines(database)
        self.readers = Readers(database)
        self.clock = Clock(database)
        self.audit = Audit(database)
        self.members = Members(database)
        self.invitations = Invitations(database)
        self.people = People(database, self.audit.pseudonym)
        self.out_of_use = OutOfUse(database)

    def turn(self, *, lasting: bool = True) -> Turn[Self]:
        return Turn(self.database, self, lasting=lasting)

    def turn_beside(self, *, lasting: bool = True) -> TurnBeside[Self]:
        return TurnBeside(self.database, self, lasting=lasting)

    async def beside(self, do: Callable[[], T], *, lasting: bool = True) -> T:
        async with self.turn_beside(lasting=lasting):
            return do()

    async def wait_for_disk(self) -> None:
        await self.database.wait_for_disk()

    async def wait_for_others(self) -> None:
        await self.database.wait_for_others()

    def is_held(self) -> bool:
        return self.database.is_held()

    def scrub(self) -> None:
        self.database.erasing.scrub()

    def expect(self, tokens: Iterable[str]) -> None:
        """Read nothing: to ask for one thing after another costs no journey."""

    def close(self) -> None:
        self.database.close()
