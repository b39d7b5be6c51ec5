"""What a turn has asked the database: each question is asked once, until its answer may change."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, TypeVar

_CHANGES: Final = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)")
_CHANGES_NOTHING: Final = re.compile(r"\s*(?:SELECT|SAVEPOINT|RELEASE)\b")
NOTHING: Final = ""
ANYTHING: Final = "*"
MOST_STATEMENTS: Final = 512

T = TypeVar("T")
Question = tuple[str, tuple[object, ...]]


class Asked:
    """The answers of one transaction, by statement and values, with the tables that each reads."""

    def __init__(self) -> None:
        self._answers = dict[Question, tuple[frozenset[str], Any]]()

    def once(self, tables: str, question: Question, ask: Callable[[], T]) -> T:
        """Return the answer to a question about some tables; `ask` it if it is not known."""
        known = self._answers.get(question)
        if known is None:
            known = self._answers[question] = frozenset(tables.split()), ask()
        answer: T = known[1]
        return answer

    def forget(self) -> None:
        self._answers.clear()

    def note(self, statement: str) -> None:
        """Forget the answers that a statement may change."""
        if not self._answers:
            return
        changed = _changed_by(statement)
        if changed == ANYTHING:
            self._answers.clear()
        elif changed:
            for question in [q for q, (tables, _) in self._answers.items() if changed in tables]:
                del self._answers[question]


@lru_cache(MOST_STATEMENTS)
def _changed_by(statement: str) -> str:
    """Name the table that a statement changes."""
    if found := _CHANGES.match(statement):
        return found[1]
    return NOTHING if _CHANGES_NOTHING.match(statement) else ANYTHING
