"""Compares what a store knows with what is in its database."""

from contextlib import suppress

from state.sqlite.database import Database
from state.sqlite.engine import errors
from state.store import StoreError


def require_known_to_be_so(database: Database) -> None:
    """Fail if anything known of a database is not what it would answer now, to the letter."""
    with suppress(StoreError, *errors()):
        database.memory.look()
        for known in database.memory.all:
            for key, answer in [*known.answers.items()]:
                assert repr(answer) == repr(known.ask(key)), f"{key} is not so any more"
