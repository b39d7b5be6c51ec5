"""A database of PostgreSQL as a whole: one to read, or an empty one that is filled."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import chain, islice
from typing import Final

from bot.database_address import Address
from state.postgres import opening
from state.postgres.failures import Failed, why
from state.postgres.link import Link
from state.postgres.reading import SNAPSHOT
from state.postgres.schema import NEWEST, tables
from state.sql.whole_copy import AUDIT, AUDIT_START, Row, Table
from state.store import CommitUnknown, StoreError

ROWS_IN_A_STATEMENT: Final = 100_000  # the server keeps in memory what it is to check at its end
PATIENT: Final = (
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL idle_in_transaction_session_timeout = 0",
)
NUMBERED: Final = """
    SELECT relname, attname, pg_get_serial_sequence(quote_ident(relname), attname)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE attidentity <> '' AND relnamespace = current_schema()::regnamespace
"""


class WholeDatabase:
    """What is at an address, in one transaction."""

    def __init__(self, address: Address, link: Link) -> None:
        self._address = address
        self._link = link
        self._numbered = link.run(NUMBERED).fetchall()

    def __str__(self) -> str:
        return str(self._address)

    def rows(self, table: Table) -> Iterator[Row]:
        return self._link.each(table.select())

    def add(self, table: Table, rows: Iterable[Row]) -> None:
        if table.name == AUDIT_START.name:
            self._link.run(f"DELETE FROM {table.name}")
        statement = f"COPY {table.name} ({', '.join(table.columns)}) FROM STDIN"
        left = iter(rows)
        for first in left:
            try:
                self._link.copy(statement, chain((first,), islice(left, ROWS_IN_A_STATEMENT - 1)))
            except Failed as error:
                raise error.about(table.name) from error

    def newest(self) -> Mapping[str, int]:
        (audited,) = self._link.run("SELECT audited FROM engine").fetchall()[0]
        given = {AUDIT.name: int(audited)}
        for name, column, sequence in self._numbered:
            (given[name],) = self._link.run(
                f"SELECT greatest(last_value - (NOT is_called)::int, "
                f"(SELECT max({column}) FROM {name})) FROM {sequence}"
            ).fetchall()[0]
        return given

    def go_on_after(self, newest: Mapping[str, int]) -> None:
        """Note the numbers; that of the audit before its rows, each of which would change it."""
        self._link.execute("UPDATE engine SET audited = ?", (newest.get(AUDIT.name, 0),))
        for name, column, _ in self._numbered:
            self._link.run(
                f"ALTER TABLE {name} ALTER COLUMN {column} RESTART WITH {newest.get(name, 0) + 1}"
            )

    def require_nothing_in(self) -> None:
        """Raise StoreError if there is anything in it, or was before an audit was cut."""
        for name in sorted(tables(), key="engine".__eq__):
            begun = {
                AUDIT_START.name: "WHERE number > 0",
                "engine": "WHERE audited > 0",
            }.get(name, "")
            if self._link.run(f"SELECT 1 FROM {name} {begun} LIMIT 1").fetchone():
                raise StoreError(
                    f"{self}: has something in it already ({name}); nothing was changed; "
                    "allowed: an empty database"
                )

    def finish(self) -> None:
        """Commit what was added, and wait for the disk.

        Raises CommitUnknown if the connection is lost before the server says whether it has.
        """
        try:
            self._link.commit()
        except Failed as error:
            if not error.lost:
                raise
            raise CommitUnknown(
                f"{self}: {error}; whether everything was kept or nothing is not known; "
                "allowed: the same again, which is refused if everything was"
            ) from error


@contextmanager
def reading_whole(address: Address) -> Iterator[WholeDatabase]:
    """Read a database that nobody uses, in one state, and leave it as it is.

    Raises StoreError if it cannot be reached, if CordCall is running on it, or if it has another
    schema.
    """
    with _alone(address) as link:
        link.begin(SNAPSHOT, *PATIENT)
        version = opening.schema_of(link, address)
        if version != NEWEST:
            said = f"has schema {version}" if version else "has nothing in it"
            brought = f", schema {NEWEST}, to which a start of the bot brings an older one"
            raise StoreError(
                f"{address}: {said}; nothing was changed; allowed: a CordCall database{brought}"
            )
        yield WholeDatabase(address, link)


@contextmanager
def filling_whole(address: Address) -> Iterator[WholeDatabase]:
    """Fill a database that nobody uses and that has nothing in it; without a commit it stays so.

    Raises StoreError if it cannot be reached or written, or if it has something in it.
    """
    with _alone(address) as link:
        opening.begin_alone(link, *PATIENT)
        opening.make_tables(link, address)
        whole = WholeDatabase(address, link)
        whole.require_nothing_in()
        yield whole


@contextmanager
def _alone(address: Address) -> Iterator[Link]:
    """Connect, and let nobody else while that lasts."""
    with closing(opening.connect(address)) as link:
        try:
            opening.require_nobody_else(link, address)
            yield link
        except Failed as error:
            raise StoreError(why(address, error)) from error
