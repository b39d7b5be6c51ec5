"""The interface of the store's readers."""

from datetime import datetime
from typing import Protocol

from state.people import Reader


class Readers(Protocol):
    """What each person has chosen."""

    def get(self, who: str) -> Reader:
        """Return what a person has chosen; a Reader with no choices if nothing is stored."""

    def keep(self, reader: Reader, at: datetime) -> None:
        """Store what a person has chosen."""

    def forget(self, before: datetime) -> None:
        """Erase choices made before a moment by people of whom nothing else is left."""
