"""Looks at a database of PostgreSQL without opening it for work: nothing is made or changed."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final

from bot.database_address import Address
from state.postgres import opening
from state.postgres.failures import Failed, why
from state.postgres.link import Link
from state.postgres.reading import AUDITED, SNAPSHOT
from state.postgres.results import Result
from state.postgres.schema import NEWEST
from state.postgres.server import Server, examine
from state.sql import looked
from state.sql.audit import Audit
from state.sql.known import Memory
from state.sql.looked import Looked
from state.store import StoreError

READ_ONLY: Final = """
    SET default_transaction_read_only = on; SET idle_in_transaction_session_timeout = 0;
    SET statement_timeout = '60s'
"""


class Looking:
    """A connection that only reads, as `state.sql.database.Reads`."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.memory = Memory(lambda: 0)  # what is asked again is read from one snapshot

    def execute(self, sql: str, given: Sequence[object] = ()) -> Result:
        return self.link.execute(sql, given)

    @contextmanager
    def reading(self) -> Iterator[None]:
        self.link.begin(SNAPSHOT)
        try:
            yield
        finally:
            self.link.roll_back()

    def each(self, sql: str, given: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        return self.link.each(sql, given)

    def newest_audited(self) -> int:
        (number,) = self.link.run(AUDITED).fetchall()[0]
        return int(number)


@contextmanager
def looking(address: Address) -> Iterator[Looking]:
    """Connect for reading alone, to a standby if there is no server that takes changes.

    Raises StoreError if there is none at all, or if reading fails.
    """
    try:
        link = opening.connect(address)
    except StoreError as refused:
        try:
            link = opening.connect(address, of_any_kind=True)
        except StoreError:
            raise refused from None
    with closing(link):
        try:
            link.run(READ_ONLY)
            yield Looking(link)
        except Failed as error:
            raise StoreError(why(address, error)) from error


def why_out_of_use(address: Address) -> str:
    """Return why an owner took CordCall out of use; "" if nobody did, or there is nothing yet.

    Raises StoreError if that cannot be read.
    """
    with looking(address) as found:
        version = opening.schema_of(found.link, address)
        return looked.why_out_of_use(found.execute) if version else ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A server, and what is in the database there: None if nothing is yet, or with the problem."""

    server: Server
    looked: Looked | None = None
    problem: str = ""


def look(address: Address) -> Seen:
    """Say what there is. Raises StoreError if no server can be asked."""
    with looking(address) as found:
        server = examine(found.link)
        try:
            version = opening.schema_of(found.link, address)
            if not version:
                return Seen(server)
            if version != NEWEST:
                return Seen(server, Looked(True, version))
            return Seen(server, looked.look_into(found.execute))
        except StoreError as error:
            return Seen(server, problem=str(error))
        except Failed as error:
            return Seen(server, problem=why(address, error))


@contextmanager
def reading(address: Address) -> Iterator[Audit]:
    """Open the audit of a database for reading alone: nothing is migrated.

    Raises StoreError if it cannot be read, if there is none, or if it has another schema.
    """
    with looking(address) as found:
        opening.identity(found.link, address)
        yield Audit(found)
