"""What was understood of a typed line that nobody has confirmed yet, as a frozen value."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ReadLine:
    """What a typed line says of a case, until somebody says whether it counts: never its words.

    `fields` is a case in its JSON form; `left_out` are the items that were taken off it, and
    `denied` what was denied without settling a field. `mark` is that of its buttons, `version` that
    of the case when it was offered; `at` is when the first line was typed. It is reminded of once,
    at `remind_at` if that is given. `due_at` is the MRI deadline of the emergency that it would
    make of its case, None if it would make none.
    """

    code: str
    mark: str
    at: datetime
    version: int
    fields: dict[str, Any]
    denied: list[str]
    unread: int
    doubts: list[str]
    left_out: list[str]
    remind_at: datetime | None
    due_at: datetime | None = None
