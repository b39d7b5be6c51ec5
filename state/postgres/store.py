"""The store on PostgreSQL, composed of the topics of `state/sqlite` over one open database."""

from typing import Self

from bot.database_address import Address
from state.postgres.database import Database
from state.postgres.turns import Part
from state.postgres.workers import Workers
from state.sqlite.audit import Audit
from state.sqlite.boards import Boards
from state.sqlite.buttons import Buttons
from state.sqlite.cards import Cards
from state.sqlite.cases import Cases
from state.sqlite.chats import Chats
from state.sqlite.clock import Clock
from state.sqlite.groups import Groups
from state.sqlite.handovers import HandOvers
from state.sqlite.inbox import Inbox
from state.sqlite.members import Invitations, Members
from state.sqlite.offers import Offers
from state.sqlite.out_of_use import OutOfUse
from state.sqlite.outbox import Outbox
from state.sqlite.ownership import Ownership
from state.sqlite.people import People
from state.sqlite.read_lines import ReadLines
from state.sqlite.readers import Readers
from state.sqlite.redraws import Redraws
from state.sqlite.reminders import Reminders
from state.sqlite.requests import Requests
from state.sqlite.turns import Turn, TurnBeside


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
        self.workers = Workers(address, database.connected)

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
