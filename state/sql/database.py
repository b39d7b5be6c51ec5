"""An open database, as the topics use it; each engine has its own."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from state.sql.known import Memory


class Result(Protocol):
    """What a statement returned: rows, each read once, and how many rows it changed."""

    @property
    def rowcount(self) -> int: ...

    @property
    def description(self) -> Iterable[Sequence[Any]]:
        """The columns, each with its name first."""

    def __iter__(self) -> Iterator[Any]: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...


class Reads(Protocol):
    """What reads a database."""

    @property
    def memory(self) -> Memory: ...

    def execute(self, sql: str, given: Sequence[object] = ()) -> Result: ...

    def reading(self) -> AbstractContextManager[None]:
        """Read several times from one state of the database, outside of a turn.

        Raises StoreError if it cannot be read.
        """

    def each(self, sql: str, given: Sequence[object] = ()) -> Iterator[Any]:
        """Return rows while they are read, however many, inside `reading()` or a turn."""

    def newest_audited(self) -> int:
        """Return the highest number that a row of the audit ever had, even if it was erased."""


class Erasing(Protocol):
    """What takes traces of what was erased off the disk.

    `scrubs_next` is set in a turn whose traces are to go at its end.
    """

    scrubs_next: bool

    def scrub(self) -> None:
        """Take them off now, as far as others allow it. Raises StoreError if that fails."""


class Database(Reads, Protocol):
    """An open database. Every change happens inside a turn."""

    @property
    def erasing(self) -> Erasing: ...

    @property
    def in_turn(self) -> bool: ...

    def execute(self, sql: str, given: Sequence[object] = (), about: str | None = None) -> Result:
        """Execute a statement; `about` names the key of its table that it changes, if only one.

        It is NO_ANSWER if what is changed is in no answer, or who executes it says in which.

        Raises StoreError outside a turn; inside, the turn and the part say what failed.
        """

    def execute_many(
        self, sql: str, given: Iterable[Sequence[object]], about: str | None = None
    ) -> None:
        """Execute a statement once for each row of values, inside a turn."""

    def note_queued(self, chat: str) -> None:
        """Note that something is queued for a chat: whoever sends to it is told after the turn."""
