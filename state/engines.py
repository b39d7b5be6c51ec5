"""Opens a store on the engine that its place needs; only that engine is loaded."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from bot.database_address import Address
from state.beginning import begins_new
from state.key import NOT_ON_POSTGRESQL, Key
from state.lock import TERMINAL, Lock
from state.store import Store, StoreError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from state.postgres.store import PostgresStore
    from state.sql.audit import Audit


@dataclass(frozen=True, slots=True)
class Opened:
    """A store that a bot or a terminal works on; `is_new` if this start has begun it."""

    store: Store
    is_new: bool
    _lock: Lock | None = None

    def close(self) -> None:
        self.store.close()
        if self._lock:
            self._lock.release()


def open_store(database: Path | Address, key: Key | None = None) -> Store:
    """Open the store in a file, or at an address of PostgreSQL.

    Raises StoreError if it cannot be opened, if its engine is not installed, or if there is a key
    that it cannot use.
    """
    if isinstance(database, Path):
        from state.sqlite.store import SqliteStore

        return SqliteStore(database, key=key)
    return _open_address(database, key)


def open_as(role: str, database: Path | Address, key: Key | None = None) -> Opened:
    """Open the store for a bot or a terminal.

    One of each may work on a file. On PostgreSQL any number of bots may, whose turns follow each
    other, and one terminal.

    Raises StoreError as `open_store` does, if it is in use, or if one has been lost in its place.
    """
    if isinstance(database, Path):
        is_new = begins_new(database)
        lock = Lock(database, role)
        return Opened(open_store(database, key), is_new, lock)
    store = _open_address(database, key, alone=role == TERMINAL)
    return Opened(store, store.is_new)


def why_out_of_use(database: Path | Address, key: Key | None = None) -> str:
    """Return why an owner took CordCall out of use; "" if nobody did, or there is no database.

    Raises StoreError if that cannot be read.
    """
    if isinstance(database, Path):
        from state.sqlite import look as at_file

        return at_file.why_out_of_use(database, key)
    require_extra(database)
    from state.postgres import look as at_address

    return at_address.why_out_of_use(database)


def reading_audit(
    database: Path | Address, key: Key | None = None
) -> "AbstractContextManager[Audit]":
    """Open the audit of a database for reading alone: nothing is migrated.

    Raises StoreError if it cannot be read, or has another schema.
    """
    if isinstance(database, Path):
        from state.sqlite import audit as at_file

        return at_file.reading(database, key)
    require_extra(database)
    from state.postgres import look as at_address

    return at_address.reading(database)


def require_extra(address: Address) -> None:
    """Raise StoreError if what PostgreSQL needs is not installed."""
    if find_spec("psycopg") is None:
        raise StoreError(
            f"CORDCALL_DATABASE: {address}: it needs the extra postgres; "
            "allowed: cordcall[postgres], or the path of a file"
        )


def _open_address(address: Address, key: Key | None, *, alone: bool = False) -> "PostgresStore":
    if key is not None:
        raise StoreError(NOT_ON_POSTGRESQL)
    require_extra(address)
    from state.postgres.store import PostgresStore

    return PostgresStore(address, alone=alone)
