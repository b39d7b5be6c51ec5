"""Copies every row of a database into an empty one, whatever the engine of either, and compares."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, Protocol

from state.chain import verify
from state.store import StoreError
from state.topics.audit import Anchor, Audited, Trail

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table by its names: its columns, and those of them that are its key."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    def select(self) -> str:
        """Return what reads it in the order of its key, which is the same on each engine."""
        return f"SELECT {', '.join(self.columns)} FROM {self.name} ORDER BY {', '.join(self.key)}"


AUDIT: Final = Table("audit", tuple(Audited.__dataclass_fields__), ("number",))
AUDIT_START: Final = Table("audit_start", ("number", "hash"), ("id",))


class Whole(Protocol):
    """A database as a whole, in one transaction."""

    def __str__(self) -> str:
        """Name it without a password."""

    def rows(self, table: Table) -> Iterator[Row]:
        """Read a table while it is iterated, in the order of its key."""

    def add(self, table: Table, rows: Iterable[Row]) -> None:
        """Add rows, however many, to a table; to the start of the audit in place of its own."""

    def newest(self) -> Mapping[str, int]:
        """Return the highest number that a row ever had, for each table that numbers them."""

    def go_on_after(self, newest: Mapping[str, int]) -> None:
        """Let each table that numbers its rows give only higher numbers from now on."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied: how many rows of how many tables; between which rows the audit is."""

    rows: int
    tables: int
    audit_start: Anchor
    audit_end: Anchor


class _Tally:
    """Counts rows as they pass, and hashes them with their order and the type of each value."""

    def __init__(self) -> None:
        self.count = 0
        self._hash = blake2b()

    def over(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self._hash.update(repr(row).encode())
            self.count += 1
            yield row

    def result(self) -> tuple[int, bytes]:
        return self.count, self._hash.digest()


def copy_whole(source: Whole, target: Whole, tables: Sequence[Table]) -> Copied:
    """Copy tables in this order, and read the copy back: each row must be the same.

    Raises Broken if the audit of either is not as it was written, StoreError if a table is not the
    same in both.
    """
    _verify_audit(source)
    target.go_on_after(source.newest())
    count = 0
    for table in tables:
        given, kept = _Tally(), _Tally()
        target.add(table, given.over(source.rows(table)))
        for _ in kept.over(target.rows(table)):
            pass
        if given.result() != kept.result():
            raise StoreError(
                f"{target}: {table.name} has {kept.count} rows, and is not the same as in "
                f"{source}, which has {given.count}; nothing was changed; allowed: values of the "
                "kinds that CordCall writes"
            )
        count += given.count
    return Copied(count, len(tables), *_verify_audit(target))


def _verify_audit(whole: Whole) -> tuple[Anchor, Anchor]:
    """Return the start of the audit and its last row. Raises Broken if it is not as written."""
    ((number, own),) = whole.rows(AUDIT_START)
    start = Anchor(number, _in_digits(own))
    rows = (Audited(*map(_in_digits, row)) for row in whole.rows(AUDIT))
    return start, verify(Trail(start, rows, whole.newest()[AUDIT.name]))


def _in_digits(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value
