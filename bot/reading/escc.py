"""Reads the grades of epidural compression: "T7 ESCC 3, T10 1b", "ESCC 3 at T7 and 1b at T10"."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from bot.reading.line import Line
from bot.reading.marks import Mark
from bot.reading.scales import is_asked

_WHOLE: Final = ("0", "2", "3")
_ROMAN: Final = {"ii": "2", "iii": "3", "ia": "1a", "ib": "1b", "ic": "1c"}
_PARTS_OF_ONE: Final = ("a", "b", "c")
_LEADING: Final = frozenset(
    ("grade", "gr", ":", "=", "is", "score", "of", "escc", "-", "bilsky", "a")
)
_BEFORE_A_GRADE: Final = frozenset((":", "=", "(", "is", "grade", "gr", "-", "at", "was"))
_CLOSING: Final = frozenset(("", ",", ";", ".", ")", "and", "&", "+", "/", "with", "but"))
_JOINTS: Final = (",", "and", "&", "/", "+")
_AT: Final = ("at", "@", "in", "for")
_MOST: Final = 3


class Grade(NamedTuple):
    """A grade, the token it was read at, and its level where the words join the two."""

    value: str
    at: int
    level: Mark | None = None


def read_grades(line: Line) -> Iterator[Grade]:
    scales = [m for m in line.marks_of("escc") if not is_asked(line, m)]
    if not scales:
        return
    read = set[int]()
    for m in scales:
        yield from _of_scale(line, m, read)
    levels = {m.first: m for m in line.marks_of("level")}
    for m in levels.values():
        if grade := _behind_level(line, m, scales[0].first, read):
            yield grade
    for n in range(scales[0].last, len(line.tokens)):
        value, end = _grade_at(line, n)
        level = levels.get(end + 1)
        if value and n not in read and level and line.text(end) in _AT:
            line.read_too |= {*range(n, end)}
            yield Grade(value, n, level)


def _of_scale(line: Line, m: Mark, read: set[int]) -> Iterator[Grade]:
    """Return the grade behind the name of the scale, or before it: "ESCC 2", "grade 2 ESCC"."""
    n = m.last
    while line.text(n) in _LEADING and line.text(n):
        n += 1
    value, end = _grade_at(line, n)
    if not value and line.text(m.first - 2) in ("grade", "gr"):
        value, end = _grade_at(line, m.first - 1)
        n = m.first - 1
    if not value:
        return
    line.read_too |= {*range(n, end)}
    read |= {*range(n, end)}
    after, next_end = _grade_at(line, end + 1)
    levels = _levels_before(line, m.first)
    if after and line.text(end) in _JOINTS and len(levels) == 2 and line.text(next_end) in _CLOSING:
        line.read_too |= {*range(end + 1, next_end)}
        read |= {*range(end + 1, next_end)}
        yield Grade(value, m.first, levels[0])
        yield Grade(after, end + 1, levels[1])
        return
    yield Grade(value, m.first)


def _levels_before(line: Line, n: int) -> list[Mark]:
    """Return the levels just before a token: "T7 and T10, ESCC 3 and 1b"."""
    return [m for m in line.between(n - 8, n) if m.kind == "level"]


def _behind_level(line: Line, m: Mark, scale: int, read: set[int]) -> Grade | None:
    """Read a grade at once behind a level, once the scale was named."""
    n = m.last
    for _ in range(_MOST):
        if line.text(n) in _BEFORE_A_GRADE:
            n += 1
    value, end = _grade_at(line, n)
    named = m.first > scale or value in ("1a", "1b", "1c")
    if not value or n in read or not named or line.text(end) not in _CLOSING:
        return None
    line.read_too |= {*range(n, end)}
    read |= {*range(n, end)}
    return Grade(value, m.first, m)


def _grade_at(line: Line, n: int) -> tuple[str, int]:
    """Return the grade at a token and where it ends: "2", "1c", "1 c", "II"."""
    text, after = line.text(n), line.text(n + 1)
    if text == "1" and after in _PARTS_OF_ONE:
        return f"1{after}", n + 2
    if text == "i" and after in _PARTS_OF_ONE:
        return f"1{after}", n + 2
    if text in _ROMAN:
        return _ROMAN[text], n + 1
    return (text, n + 1) if text in _WHOLE else ("", n)
