"""Rows and records: one column per field, in field order."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MOST_REMEMBERED: Final = 512
R = TypeVar("R", bound="DataclassInstance")


@lru_cache(MOST_REMEMBERED)
def instant(moment: datetime) -> str:
    """Write a moment in UTC, so that text order is time order."""
    return moment.astimezone(UTC).isoformat()


def _parse(texts: Sequence[str]) -> list[Any]:
    """Parse a whole column at once, which takes a tenth of the time."""
    values: list[Any] = json.loads(f"[{','.join(texts)}]")
    if len(values) != len(texts):
        raise ValueError(f"{len(texts)} values were stored, {len(values)} can be read")
    return values


@dataclass(frozen=True, slots=True)
class Kind:
    """How a field is written to its column, and how a whole column is read."""

    write: Callable[[Any], object]
    read: Callable[[Sequence[Any]], Iterable[Any]]


MOMENT: Final = Kind(instant, lambda texts: map(datetime.fromisoformat, texts))
MOMENT_OR_NONE: Final = Kind(
    lambda moment: instant(moment) if moment else None,
    lambda texts: (datetime.fromisoformat(each) if each else None for each in texts),
)
JSON: Final = Kind(json.dumps, _parse)
FLAG: Final = Kind(int, lambda numbers: map(bool, numbers))


class Rows(Generic[R]):
    """The rows that keep one kind of record.

    `kinds` names the fields that SQLite cannot store directly; `elsewhere` the last fields,
    stored in other tables.
    """

    def __init__(self, record: type[R], *elsewhere: str, **kinds: Kind) -> None:
        names = [each.name for each in fields(record) if each.name not in elsewhere]
        self._record = record
        self._fields = [(name, kinds.get(name)) for name in names]
        self._kinds = [(place, kind) for place, (_, kind) in enumerate(self._fields) if kind]
        self.columns = ", ".join(names)
        self.marks = ", ".join("?" * len(names))

    def write(self, record: R) -> tuple[object, ...]:
        """Return the values of a record in the order of `columns`."""
        return tuple(
            kind.write(getattr(record, name)) if kind else getattr(record, name)
            for name, kind in self._fields
        )

    def read(self, rows: Iterable[Sequence[Any]], *elsewhere: Iterable[Any]) -> list[R]:
        """Return the records for rows of `columns`, with their parts from other tables."""
        columns = zip(*rows, strict=True)
        kept = [
            kind.read(column) if kind else column
            for (_, kind), column in zip(self._fields, columns, strict=False)
        ]
        return list(map(self._record, *kept, *elsewhere)) if kept else []

    def first(self, rows: Iterable[Sequence[Any]]) -> R | None:
        """Return the record of the first row; None if there is none."""
        row = next(iter(rows), None)
        return None if row is None else self.one(row)

    def one(self, row: Sequence[Any], *elsewhere: Any) -> R:
        """Return the record of a row, with its parts from other tables."""
        values = [*row]
        for place, kind in self._kinds:
            (values[place],) = kind.read((values[place],))
        return self._record(*values, *elsewhere)
