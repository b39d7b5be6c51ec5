"""The store on PostgreSQL, composed of the topics of `state/sql` over one open database."""

from typing import Self

from bot.database_address import Address
from state.postgres.database import Database
from state.postgres.turns import Part
from state.postgres.workers import Workers
from state.sql.audit import Audit
from state.sql.boards import Boards
from state.sql.buttons import Buttons
from state.sql.cards import Cards
from state.sql.cases import Cases
from state.sql.chats import Chats
from state.sql.clock import Clock
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
from state.sql.turns import Turn, TurnBeside


class PostgresStore:
    """A `state.store.Store` at an address. Raises StoreError if it cannot be opened.

    `is_new` is whether this has created its tables. One that is `alone` lets no other such one in.
    """

    def __init__(self, address: Address, *, alone: bool = False) -> None:
        self.address = address
        self.database = database = Database(address, alone=alone)
        self.is_new = database.is_new
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
        self.workers = workers = Workers(address, database.connected, database.memory.look_anew)
        database.others_work = lambda: workers.count > 1

    @property
    def is_served(self) -> bool:
        return True

    def turn(self, *, lasting: bool = True) -> Turn[Self]:
        return Turn(self.database, self, lasting=lasting)

    def turn_beside(self, *, lasting: bool = True) -> TurnBeside[Self]:
        return TurnBeside(self.database, self, lasting=lasting)

    async def wait_for_disk(self) -> None:
        await self.database.wait_for_disk()

    async def wait_for_others(self) -> None:
        await self.database.wait_for_others()

    def is_held(self) -> bool:
        return self.database.is_held()

    def part(self) -> Part:
        return Part(self.database)

    def require_writable(self) -> None:
        """Write the number of the schema again: a row is replaced, and nothing changes."""
        with self.turn(lasting=False):
            self.database.execute("UPDATE engine SET version = version")

    def scrub(self) -> None:
        self.database.moving.scrub()

    def close(self) -> None:
        self.database.close()
