"""The store on SQLite."""

from pathlib import Path

from state.key import Key
from state.sql.store import SqlStore
from state.sql.version import SCHEMA_VERSION
from state.sqlite.database import DURABILITY, Database
from state.sqlite.turns import Part
from state.sqlite.workers import Workers


class SqliteStore(SqlStore[Database]):
    """A `state.store.Store` in one file. Raises StoreError if it cannot be opened."""

    def __init__(self, path: Path, *, key: Key | None = None, durability: str = DURABILITY) -> None:
        super().__init__(Database(path, key=key, durability=durability))
        self.path = path
        self.workers = Workers()

    @property
    def is_served(self) -> bool:
        return False

    def part(self) -> Part:
        return Part(self.database)

    def require_writable(self) -> None:
        """Write the number of the schema again: a page goes to the log, and nothing changes."""
        with self.turn(lasting=False):
            self.database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
