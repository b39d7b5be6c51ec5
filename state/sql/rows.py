"""Rows and records: one column per field, in field order."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from state.sql.database import Result

MOST_REMEMBERED: Final = 512
R = TypeVar("R", bound="DataclassInstance")


@lru_cache(MOST_REMEMBERED)
def instant(moment: datetime) -> str:
    """Write a moment in UTC, so that text order is time order."""
    return moment.astimezone(UTC).isoformat()


@dataclass(frozen=True, slots=True)
class Kind:
    """How a value is written to its column, and how it is read."""

    write: Callable[[Any], object]
    read: Callable[[Any], Any]


MOMENT: Final = Kind(instant, datetime.fromisoformat)
MOMENT_OR_NONE: Final = Kind(
    lambda moment: instant(moment) if moment else None,
    lambda text: datetime.fromisoformat(text) if text else None,
)
JSON: Final = Kind(json.dumps, json.loads)
FLAG: Final = Kind(int, bool)


def in_digits(kept: object) -> str:
    """Write bytes in hexadecimal digits; what somebody put in their place gives others."""
    return (kept if isinstance(kept, bytes) else str(kept).encode()).hex()


class Rows(Generic[R]):
    """The rows that keep one kind of record, of at least two fields.

    `kinds` names the fields that SQLite cannot store directly; `elsewhere` the last fields,
    stored in other tables.
    """

    def __init__(self, record: type[R], *elsewhere: str, **kinds: Kind) -> None:
        names = [each.name for each in fields(record) if each.name not in elsewhere]
        self._record = record
        self._values = attrgetter(*names)
        self._kinds = [(names.index(name), kind) for name, kind in kinds.items()]
        self.columns = ", ".join(names)
        self.marks = ", ".join("?" * len(names))

    def write(self, record: R) -> list[object]:
        """Return the values of a record in the order of `columns`."""
        values: list[object] = [*self._values(record)]
        for place, kind in self._kinds:
            values[place] = kind.write(values[place])
        return values

    def read(self, rows: Iterable[Sequence[Any]]) -> list[R]:
        """Return the records for rows of `columns`."""
        return [self.one(row) for row in rows]

    def first(self, rows: "Result") -> R | None:
        """Return the record of the first row; None if there is none."""
        row = rows.fetchone()
        return None if row is None else self.one(row)

    def one(self, row: Sequence[Any], *elsewhere: Any) -> R:
        """Return the record of a row, with its parts from other tables."""
        values = [*row]
        for place, kind in self._kinds:
            values[place] = kind.read(values[place])
        return self._record(*values, *elsewhere)
