"""Looks at a database without opening it for work: nothing is written, not even beside it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from state.sqlite.connection import why
from state.sqlite.soundness import log_of, uri
from state.store import StoreError


@contextmanager
def looking(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database that others may be using, for reading alone.

    Raises StoreError if it cannot be read.
    """
    path = path.resolve()
    in_use = log_of(path).exists()
    try:
        source = uri(path, "ro" if in_use else "ro&immutable=1")
        with closing(sqlite3.connect(source, uri=True)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise StoreError(why(path, error)) from error


def why_out_of_use(path: Path) -> str:
    """Return why an owner took CordCall out of use; "" if nobody did, or there is no database.

    Raises StoreError if that cannot be read.
    """
    if not path.exists() or not path.stat().st_size:
        return ""
    with looking(path) as connection:
        known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'out_of_use'"
        if connection.execute(known).fetchone() is None:
            return ""
        row = connection.execute("SELECT reason FROM out_of_use").fetchone()
    return str(row[0]) if row else ""
