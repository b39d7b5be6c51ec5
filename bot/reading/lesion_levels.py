"""Finds the vertebrae that a finding of a report belongs to."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Final

from bot.reading.line import Line
from bot.reading.marks import Mark

_BEHIND: Final = 6
_AT: Final = ("at", "@", "of", "in")
_EACH: Final = ("both", "all", "each")
_JOINTS: Final = ("and", "&", "+", ",", "/", "-", "to")
_MOST: Final = 8  # levels in one list


class Owners:
    """The levels of a line, each finding to be given to those that it belongs to."""

    def __init__(self, line: Line, named: list[Mark], parts: Iterable[int]) -> None:
        """`parts` are the comma parts that hold a finding."""
        self._line, self._named, self._parts = line, named, frozenset(parts)
        self._firsts = [m.first for m in named]

    def of(self, at: int, part: int, level: Mark | None) -> list[Mark]:
        """Return the levels of a finding at a token; none where the line names none.

        "At T9" behind it counts before the level ahead of it; without one in its comma part, the
        level behind it counts: "lytic T9, sclerotic L1".
        """
        if level:
            return self._at(level.first) or [level]
        if not self._named:
            return []
        if self._line.text(at - 1) in _EACH and len(self._named) <= _MOST:
            return [*self._named]
        split = bisect_right(self._firsts, at)
        behind = self._named[split] if split < len(self._named) else None
        before = self._named[split - 1] if split else None
        near = behind and behind.part == part and behind.first - at <= _BEHIND
        if behind and near and self._line.text(behind.first - 1) in _AT:
            return self._list(split, 1)
        if before and (before.part == part or not near):
            return self._list(split - 1, -1)
        return self._list(split, 1)

    def _at(self, first: int) -> list[Mark]:
        begin = bisect_left(self._firsts, first)
        return [m for m in self._named[begin : begin + 2 * _MOST] if m.first == first]

    def _list(self, place: int, step: int) -> list[Mark]:
        """Return a level, with those listed before or behind it."""
        m = self._named[place]
        found = self._at(m.first)
        while 0 <= place + step < len(self._named) and len(found) < _MOST:
            other = self._named[place + step]
            one, after = (m, other) if step > 0 else (other, m)
            apart = other.part != m.part and other.part in self._parts
            if other.first != m.first and (apart or not together(self._line, one, after)):
                break
            found += [each for each in self._at(other.first) if each not in found]
            m, place = other, place + step
        return found


def together(line: Line, one: Mark, other: Mark) -> bool:
    """Return whether two levels stand in one list: "T9 and L1", "T7, T8"."""
    if one.first == other.first:
        return True
    return other.first - one.last < _BEHIND and all(
        line.text(n) in _JOINTS for n in range(one.last, other.first)
    )
