"""A part of a typed text, and what it says of a person."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "name", "birth_date", "number", "nhs", "bsn", "ihi", "pps", "ssn", "kvnr", "email", "phone",
    "address",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identifier:
    """What identifies a person, from `start` to before `end`, with the words that announce it."""

    start: int
    end: int
    kind: Kind
