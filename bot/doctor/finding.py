"""What a check has found, in one line."""

from dataclasses import dataclass
from typing import Final, Literal

from bot.refusal import Refusal

Result = Literal["ok", "warn", "fail"]
NO_TOKEN: Final = "not asked: there is no token"
UNREAD: Final = "not known: the database is not read"
STATUS: Final[dict[Result, int]] = {"ok": 0, "warn": 1, "fail": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """A result, what was found, and what to do about it; "" if nothing is to be done."""

    result: Result
    said: str
    do: str = ""


def ok(said: str) -> Finding:
    """Return a finding that needs nothing."""
    return Finding("ok", said)


def warn(said: str, do: str) -> Finding:
    """Return a finding that somebody should look at; CordCall works all the same."""
    return Finding("warn", said, do)


def refused(error: Refusal) -> Finding:
    """Return a finding for what stops the start: its line says what is allowed."""
    wrong, _, allowed = str(error).partition("; allowed: ")
    return fail(wrong, f"allowed: {allowed}")


def fail(said: str, do: str) -> Finding:
    """Return a finding with which CordCall does not start, or must not be relied on."""
    return Finding("fail", said, do)
