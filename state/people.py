"""What is stored of people, as frozen values: what they chose, their right, invitations."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reader:
    """What a person has chosen: a role, an IANA time zone; None if not chosen."""

    who: str
    role: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A person who may use this: their role, how they are recognised, and since when.

    `name` is the Telegram user name that they had when they joined, or "". `invited_by` is a person
    too.
    """

    who: str
    role: str
    name: str
    invited_by: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation by the hash of its token, which is kept nowhere.

    `name` is the only Telegram user name that may use it, in lower case, or "".
    """

    hashed: str
    role: str
    uses_left: int
    name: str
    maker: str
    ends_at: datetime
