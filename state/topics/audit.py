"""The interface of the store's audit."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Audited:
    """One row of the audit: who did what, in which case if any, under which rules.

    `about` is whom it was done to or by whose invitation; `role` what they were let in as or were,
    or both, as "clinician to viewer". `who` and `about` are pseudonyms, `at` a moment in UTC in
    ISO 8601, and `hash` covers the row and the hash of the row before it.
    """

    number: int
    at: str
    who: str
    code: str | None
    what: str
    about: str | None
    role: str | None
    ruleset: str
    hash: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A row's number and its hash: kept elsewhere, it proves everything up to that row."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}-{self.hash}"


@dataclass(frozen=True, slots=True)
class Trail:
    """The whole audit at one moment: what it follows, its rows in order, the last number given."""

    start: Anchor
    rows: Iterator[Audited]
    newest: int


class Audit(Protocol):
    """Who did what and when: rows that are only added, each bound to the one before."""

    def add(
        self,
        who: str,
        what: str,
        code: str | None,
        ruleset: str,
        at: datetime,
        *,
        about: str | None = None,
        role: str | None = None,
    ) -> None:
        """Add a row, in the current turn; `who` and `about` are stored as pseudonyms."""

    def pseudonym(self, who: str) -> str:
        """Return what stands for a person in this audit: always the same, and not their id."""

    def last(self) -> Anchor:
        """Return the newest row, or what the first one follows."""

    def cut(self, before: datetime, most: int) -> int:
        """Erase the oldest rows, at most so many, that are all from before a moment.

        The last one erased is kept as the start of the chain. Returns how many.
        """

    def trail(self) -> AbstractContextManager[Trail]:
        """Read everything as it is at one moment, beside others who write.

        Raises StoreError if the store fails.
        """
