"""Reads vertebral levels and roots: T9, D9, Th9, L2-4, T9/10, LWK 3."""

from collections.abc import Sequence
from typing import Final

from bot.reading.tokens import Token

_LETTERS: Final = {
    "c": "C", "t": "T", "d": "T", "l": "L", "s": "S", "th": "T", "hwk": "C", "bwk": "T",
    "lwk": "L", "swk": "S",
}  # fmt: skip
_MOST: Final = {"C": 8, "T": 12, "L": 5, "S": 5}
_ALONE: Final = frozenset(("t", "th", "hwk", "bwk", "lwk", "swk", "l"))
_STAGED: Final = (("t", "pt", "ct", "ypt"), ("n", "m", "pn", "cn", "pm", "cm"))
_STAGES: Final = ("0", "1", "2", "3", "4")
_TIME: Final = frozenset((
    "d", "h", "w", "m", "y", "hr", "hrs", "hour", "hours", "day", "days", "wk", "wks",
    "week", "weeks", "month", "months", "mo", "mth", "yr", "yrs", "year", "years",
))  # fmt: skip


def level_at(
    tokens: Sequence[Token], words: Sequence[str], n: int
) -> tuple[int, tuple[str, ...]] | None:
    """Return the levels named at a token, with the end of their words; None if there are none."""
    letter = _LETTERS.get(words[n])
    if letter is None or n + 1 >= len(tokens) or tokens[n].kind != "word":
        return None
    if tokens[n].glued and n and tokens[n - 1].kind != "sign":
        return None
    if not tokens[n + 1].glued and (words[n] not in _ALONE or _is_time(words, n + 2)):
        return None
    first = tokens[n + 1]
    if first.kind == "fraction" and first.glued:
        below = first.text.split("/")
        if all(_is_level(letter, each) for each in below) and not (
            letter == "L" and int(below[-1]) > _MOST["L"]
        ):
            return _unless_glued(tokens, n + 2, tuple(f"{letter}{each}" for each in below))
        return None
    if first.kind != "number" or not _is_level(letter, first.text):
        return None
    levels, end = [f"{letter}{first.text}"], n + 2
    while end + 1 < len(tokens) and words[end] in ("-", "/") and tokens[end].glued:
        other = tokens[end + 1]
        if not (other.glued and other.kind == "number" and _is_level(letter, other.text)):
            break
        if _is_time(words, end + 2):
            break
        levels.append(f"{letter}{other.text}")
        end += 2
    return _unless_glued(tokens, end, tuple(levels))


def stage_at(tokens: Sequence[Token], words: Sequence[str], n: int) -> int:
    """Return the end of a tumour stage, "T3b", "pT2N1M0", "T3 N1"; 0 if there is none."""
    end, parts = n, 0
    while (
        end + 1 < len(tokens)
        and words[end] in _STAGED[parts > 0]
        and tokens[end + 1].glued
        and words[end + 1] in _STAGES
    ):
        end, parts = end + 2, parts + 1
        if end < len(tokens) and tokens[end].glued and words[end] in ("a", "b", "c", "d"):
            end, parts = end + 1, parts + 1
    return end if parts > 1 else 0


def _is_time(words: Sequence[str], n: int) -> bool:
    return n < len(words) and words[n] in _TIME


def _is_level(letter: str, number: str) -> bool:
    return (
        number.isdigit()
        and len(number) < 3
        and (1 <= int(number) <= _MOST[letter] or (letter == "C" and number == "0"))
    )


def _unless_glued(
    tokens: Sequence[Token], end: int, levels: tuple[str, ...]
) -> tuple[int, tuple[str, ...]] | None:
    """Return levels unless letters follow at once, as in T2DM and T3N1."""
    if end < len(tokens) and tokens[end].glued and tokens[end].kind == "word":
        return None
    return end, levels
