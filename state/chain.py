"""The hash chain of the audit: how a row is hashed, and which row breaks the chain. No SQL."""

import hmac
import json
from functools import lru_cache
from hashlib import sha256
from typing import Final

from bot.refusal import Refusal
from state.topics.audit import Anchor, Audited, Trail

BEGINNING: Final = Anchor(0, "0" * 64)
PSEUDONYM_DIGITS: Final = 16
MOST_REMEMBERED: Final = 1024
_written: Final = json.JSONEncoder(separators=(",", ":"), default=repr).encode


class Broken(Refusal):
    """The audit is not what was written; the message names the first row that shows it."""


@lru_cache(MOST_REMEMBERED)
def pseudonym(secret: bytes, who: str) -> str:
    """Return what stands for a person: 16 hexadecimal digits of an HMAC-SHA-256 of their id."""
    return hmac.digest(secret, who.encode(), "sha256").hex()[:PSEUDONYM_DIGITS]


def hashed(
    previous: str,
    number: int,
    at: str,
    who: str,
    code: str | None,
    what: str,
    about: str | None,
    role: str | None,
    ruleset: str,
) -> str:
    """Return the SHA-256 of the hash before, a line break, and the row as a JSON array."""
    text = _written([number, at, who, code, what, about, role, ruleset])
    return sha256(f"{previous}\n{text}".encode()).hexdigest()


def follows(row: Audited, last: Anchor) -> bool:
    """Return whether a row is as it was written, right after this one."""
    return row.hash == hashed(
        last.hash, row.number, row.at, row.who, row.code, row.what, row.about, row.role,
        row.ruleset,
    )  # fmt: skip


def verify(trail: Trail, anchor: Anchor | None = None) -> Anchor:
    """Read an audit from start to end, and return its last row.

    Raises Broken at the first row that was changed, removed, moved or put in, or if the row of the
    anchor has another hash.
    """
    last = trail.start
    _meet(anchor, last)
    for row in trail.rows:
        _require_next(row.number, last)
        if not follows(row, last):
            raise Broken(
                f"audit: row {row.number} does not follow from row {last.number}: changed, moved "
                "or put in; allowed: rows as they were written"
            )
        last = Anchor(row.number, row.hash)
        _meet(anchor, last)
    if last.number < trail.newest:
        raise Broken(f"audit: {_rows(last.number + 1, trail.newest)} missing at the end; {_ALL}")
    if anchor and anchor.number > last.number:
        raise Broken(
            f"audit: row {anchor.number} of the anchor is missing: the last is row {last.number}; "
            f"{_ALL}"
        )
    if anchor and anchor.number < trail.start.number:
        raise Broken(
            f"audit: row {anchor.number} of the anchor is older than what is kept; allowed: an "
            f"anchor from row {trail.start.number} on"
        )
    return last


def _require_next(number: int, last: Anchor) -> None:
    if number > last.number + 1:
        raise Broken(f"audit: {_rows(last.number + 1, number - 1)} missing; {_ALL}")
    if number <= last.number:
        raise Broken(
            f"audit: row {number} was put in before the first, {last.number + 1}; "
            "allowed: rows as they were written"
        )


def _meet(anchor: Anchor | None, reached: Anchor) -> None:
    if anchor and anchor.number == reached.number and anchor.hash != reached.hash:
        raise Broken(
            f"audit: row {reached.number} has another hash than the anchor: it or an earlier row "
            "was written anew; allowed: rows as they were written"
        )


def _rows(first: int, last: int) -> str:
    return f"row {first} is" if first == last else f"rows {first} to {last} are"


_ALL: Final = "allowed: every row"
