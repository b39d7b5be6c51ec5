"""What is stored of groups, as frozen values: who enrolled each, its colleagues, its own ways.

A case whose chat is a group stands in that group; its owner works on it in private.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from state.records import Value

REPEAT_MIN: Final = 10
GROUP: Final = "-"  # Telegram's ids of groups begin with it, and of nothing else

Closes = Literal["owner", "clinician"]
Asks = Literal["signs", "all", "none"]


@dataclass(frozen=True, slots=True)
class Group:
    """An enrolled group: who enrolled it and when, and its own ways.

    `closes` is who may close a case besides the admins. `asks` is which questions are answered in
    the group: the cord signs and yes or no, all, or none. `call` is its own number to call. An
    alarm is repeated after `repeat_min` minutes. `quiet` are hours of its day such as "22-07", in
    which nothing but an emergency sounds. `zone` is an IANA time zone; "" is the hospital's.
    """

    chat: str
    enrolled_by: str
    enrolled_at: datetime
    closes: Closes = "owner"
    asks: Asks = "signs"
    call: str = ""
    repeat_min: int = REPEAT_MIN
    quiet: str = ""
    zone: str = ""

    def is_quiet_at(self, hour: int) -> bool:
        """Return whether an hour of its day is quiet: from 22 on, before 7, with "22-07"."""
        if not self.quiet:
            return False
        begins, ends = map(int, self.quiet.split("-"))
        if begins <= ends:
            return begins <= hour < ends
        return hour >= begins or hour < ends


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who acts in a group: the name that the group sees, and when they acted last."""

    chat: str
    who: str
    name: str
    seen_at: datetime

    @property
    def initials(self) -> str:
        """Return the first letter of the first and of the last word of the name."""
        words = self.name.split()
        return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:]))


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody on call for a group: in which role, by which name they are called, until when."""

    chat: str
    role: str
    who: str
    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Answering:
    """Who said last that they answer a case, and when; `told` wanted to as well, and was told."""

    code: str
    who: str
    at: datetime
    told: str = ""


@dataclass(frozen=True, slots=True)
class AskedBack:
    """Who is asked whether the cord signs that their answer took away are still there.

    The answer is `value`; it does not count yet. The question is open while the case has the same
    `version`.
    """

    code: str
    who: str
    at: datetime
    version: int
    value: Value


def is_group(chat: str) -> bool:
    """Return whether a chat is a group."""
    return chat[:1] == GROUP
