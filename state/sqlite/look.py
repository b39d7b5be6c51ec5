"""Looks at a database without opening it for work: nothing is written, not even beside it."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from state.key import Key
from state.sql.cases import UNDER_WAY
from state.sqlite.connection import why
from state.sqlite.engine import errors, open_file
from state.sqlite.fitting import require_fitting
from state.sqlite.soundness import damage, log_of
from state.sqlite.version import APPLICATION_ID, SCHEMA_VERSION
from state.store import StoreError


@dataclass(frozen=True, slots=True)
class Looked:
    """What is in a database: of one that is damaged, foreign or of another version only that.

    `open_cases` counts those under way by their owner, the terminal's left out; `members` names the
    role of each member.
    """

    is_ours: bool
    schema: int
    damage: str = ""
    open_cases: Mapping[str, int] = field(default_factory=dict)
    members: Mapping[str, str] = field(default_factory=dict)
    oldest_closed: datetime | None = None
    polled_at: datetime | None = None
    jumped_at: datetime | None = None
    out_of_use: bool = False

    @property
    def is_read(self) -> bool:
        """Return whether more is known than that it is damaged, foreign or of another version."""
        return self.is_ours and self.schema == SCHEMA_VERSION and not self.damage


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
        row = connection.execute("SELECT reason FROM out_of_use").fetchone()
    return str(row[0]) if row else ""


def look(path: Path, key: Key | None) -> Looked:
    """Check a whole database and say what is in it. Raises StoreError if it cannot be read."""
    with looking(path, key) as connection:
        if found := damage(connection, "integrity_check"):
            return Looked(is_ours=True, schema=0, damage=found)
        is_ours = _one(connection, "PRAGMA application_id") == APPLICATION_ID
        schema = int(_one(connection, "PRAGMA user_version"))
        if not is_ours or schema != SCHEMA_VERSION:
            return Looked(is_ours, schema)
        owners = connection.execute(
            "SELECT owner, count(*) FROM cases "
            f"WHERE {UNDER_WAY} AND chat <> 'terminal' GROUP BY owner"
        )
        oldest = "SELECT min(touched_at) FROM cases WHERE status = 'closed'"
        return Looked(
            is_ours,
            schema,
            open_cases=dict(owners.fetchall()),
            members=dict(connection.execute("SELECT who, role FROM members").fetchall()),
            oldest_closed=_moment(_one(connection, oldest)),
            polled_at=_moment(_one(connection, "SELECT max(polled_at) FROM poll")),
            jumped_at=_moment(_one(connection, "SELECT max(jumped_at) FROM clock")),
            out_of_use=bool(_one(connection, "SELECT max(reason) FROM out_of_use")),
        )


def _one(connection: sqlite3.Connection, sql: str) -> Any:
    return connection.execute(sql).fetchone()[0]


def _moment(kept: str | None) -> datetime | None:
    return datetime.fromisoformat(kept) if kept else None
