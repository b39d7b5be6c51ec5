"""Opens a store on the engine that its place needs; only that engine is loaded."""

from importlib.util import find_spec
from pathlib import Path

from bot.database_address import Address
from state.key import Key
from state.store import Store, StoreError


def open_store(database: Path | Address, key: Key | None = None) -> Store:
    """Open the store in a file, or at an address of PostgreSQL.

    Raises StoreError if it cannot be opened, if its engine is not installed, or if there is a key
    that it cannot use.
    """
    if isinstance(database, Path):
        from state.sqlite.store import SqliteStore

        return SqliteStore(database, key=key)
    if key is not None:
        raise StoreError(
            "CORDCALL_KEY_FILE: set, but PostgreSQL is encrypted by whoever runs it; "
            "allowed: unset, with CORDCALL_PLAINTEXT=accept if its disks are encrypted"
        )
    require_installed(database)
    from state.postgres.store import PostgresStore

    return PostgresStore(database)


def require_installed(address: Address) -> None:
    """Raise StoreError if what connects to PostgreSQL is not installed."""
    if find_spec("psycopg") is None:
        raise StoreError(
            f"CORDCALL_DATABASE: {address}: it needs the extra postgres; "
            "allowed: cordcall[postgres], or the path of a file"
        )
