"""Compares what a store knows with what is in its database."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol
from unittest.mock import patch

from state.sql.database import Reads
from state.store import StoreError


class Closes(Reads, Protocol):
    def close(self) -> None: ...


def require_known_to_be_so(database: Reads, *errors: type[Exception]) -> None:
    """Fail if anything known of a database is not what it would answer now, to the letter."""
    with suppress(StoreError, *errors):
        database.memory.look()
        for known in database.memory.all:
            for key, answer in [*known.answers.items()]:
                assert repr(answer) == repr(known.ask(key)), f"{key} is not so any more"


@contextmanager
def compared_when_closed(
    engine: type[Closes], errors: Callable[[], Iterable[type[Exception]]]
) -> Iterator[None]:
    """Compare whenever a store of an engine is closed, as far as it can still be read."""
    close = engine.close

    def compare_and_close(database: Closes) -> None:
        try:
            require_known_to_be_so(database, *errors())
        finally:
            close(database)

    with patch.object(engine, "close", compare_and_close):
        yield
