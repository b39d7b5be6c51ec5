"""What is in the store of a test, whichever engine it is on."""

from state.sql.database import Database
from state.sqlite.store import SqliteStore
from state.store import Store


def database_of(store: Store) -> Database:
    """Return the database below a store, to change or ask what no topic does."""
    database: Database = store.database  # type: ignore[attr-defined]
    return database


def place_of(store: Store) -> str:
    """Return what CORDCALL_DATABASE is for a store."""
    if isinstance(store, SqliteStore):
        return str(store.path)
    return str(store.address.given)  # type: ignore[attr-defined]


def stored(store: Store) -> bytes:
    """Return all that is kept: each byte of a file and what is beside it, or each row."""
    if isinstance(store, SqliteStore):
        return b"".join(each.read_bytes() for each in store.path.parent.iterdir())
    from state.postgres.schema import tables

    ask = database_of(store).execute
    values = [each for table in tables() for row in ask(f"SELECT * FROM {table}") for each in row]
    return b"\n".join(each if isinstance(each, bytes) else str(each).encode() for each in values)
