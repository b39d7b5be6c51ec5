"""Looks at a database without opening it for work: nothing is written, not even beside it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from state.key import Key
from state.sql import looked
from state.sql.looked import Looked, look_into
from state.sql.version import APPLICATION_ID, SCHEMA_VERSION
from state.sqlite.connection import why
from state.sqlite.engine import errors, open_file
from state.sqlite.fitting import require_fitting
from state.sqlite.soundness import damage, log_of
from state.store import StoreError


@contextmanager
def looking(path: Path, key: Key | None) -> Iterator[sqlite3.Connection]:
    """Open a database that others may be using, for reading alone.

    Raises StoreError if it cannot be read, or if the key does not fit it.
    """
    path = path.resolve()
    require_fitting(path, key, f"CORDCALL_DATABASE: {path}")
    in_use = log_of(path).exists()
    try:
        with closing(open_file(path, key, "ro" if in_use else "ro&immutable=1")) as connection:
            yield connection
    except errors() as error:
        raise StoreError(why(path, error)) from error


def why_out_of_use(path: Path, key: Key | None) -> str:
    """Return why an owner took CordCall out of use; "" if nobody did, or there is no database.

    Raises StoreError if that cannot be read.
    """
    if not path.exists() or not path.stat().st_size:
        return ""
    with looking(path, key) as connection:
        known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'out_of_use'"
        if connection.execute(known).fetchone() is None:
            return ""
        return looked.why_out_of_use(connection.execute)


def look(path: Path, key: Key | None) -> Looked:
    """Check a whole database and say what is in it. Raises StoreError if it cannot be read."""
    with looking(path, key) as connection:
        if found := damage(connection, "integrity_check"):
            return Looked(is_ours=True, schema=0, damage=found)
        is_ours = _one(connection, "PRAGMA application_id") == APPLICATION_ID
        schema = int(_one(connection, "PRAGMA user_version"))
        if not is_ours or schema != SCHEMA_VERSION:
            return Looked(is_ours, schema)
        return look_into(connection.execute)


def _one(connection: sqlite3.Connection, sql: str) -> Any:
    return connection.execute(sql).fetchone()[0]
