"""What a look at a database finds, on either engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from state.sql.cases import UNDER_WAY
from state.sql.database import Result
from state.sql.version import SCHEMA_VERSION

_OWNERS: Final = (
    f"SELECT owner, count(*) FROM cases WHERE {UNDER_WAY} AND chat <> 'terminal' GROUP BY owner"
)
_OLDEST_CLOSED: Final = "SELECT min(touched_at) FROM cases WHERE status = 'closed'"


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


def look_into(execute: Callable[[str], Result]) -> Looked:
    """Say what is in a database of ours that has this program's schema."""

    def one(sql: str) -> Any:
        return execute(sql).fetchone()[0]

    return Looked(
        is_ours=True,
        schema=SCHEMA_VERSION,
        open_cases=dict(execute(_OWNERS).fetchall()),
        members=dict(execute("SELECT who, role FROM members").fetchall()),
        oldest_closed=_moment(one(_OLDEST_CLOSED)),
        polled_at=_moment(one("SELECT max(polled_at) FROM poll")),
        jumped_at=_moment(one("SELECT max(jumped_at) FROM clock")),
        out_of_use=bool(why_out_of_use(execute)),
    )


def why_out_of_use(execute: Callable[[str], Result]) -> str:
    """Return why an owner took CordCall out of use; "" if nobody did."""
    row = execute("SELECT reason FROM out_of_use").fetchone()
    return str(row[0]) if row else ""


def _moment(kept: str | None) -> datetime | None:
    return datetime.fromisoformat(kept) if kept else None
