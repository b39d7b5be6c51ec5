"""Reads what an examination adds to a word: a level to pinprick, the grade of a reflex."""

from collections.abc import Iterator
from typing import Final

from bot.reading.line import Item, Line

_TOUCH: Final = frozenset((
    "pinprick", "pin", "touch", "cold", "lt", "pp", "sensation", "sensory", "sens",
))  # fmt: skip
_NO: Final = frozenset(("no", "nil", "without", "normal", "intact"))
_BRISK: Final = frozenset((
    "increased", "raised", "exaggerated", "heightened", "enhanced", "lively", "gesteigert",
    "lebhaft", "verhoogd", "levendig",
))  # fmt: skip
_LONG_DRY: Final = (8 / 24, 3.0)  # days without urine; later it is the kidneys
_MOST_NORMAL: Final = 2
_FAR: Final = 6
_WITH_LEVEL: Final = frozenset((
    "level", "place", "span", "moment", "since", "scan_done", "for", "now", "trend",
))  # fmt: skip


def is_of_a_value(line: Line, item: Item) -> bool:
    """Return whether it is a value that fell: "CRP 90, falling"."""
    if line.text(item.first) not in ("falling", "fell", "fallen"):
        return False
    before = line.between(max(0, item.first - _FAR), item.first)
    return any(m.kind in ("lab", "crp", "temperature") and m.part == item.part for m in before)


def is_long_ago(line: Line, item: Item) -> bool:
    """Return whether urine was "last passed 14 h ago"."""
    last = line.text(item.first - 1) == "last" and item.state == "bare" and item.found
    return last and _LONG_DRY[0] <= (item.days or 0) <= _LONG_DRY[1]


def is_brisk(line: Line, item: Item) -> bool:
    """Return whether reflexes are "3+", "++++" or raised, unless that is denied or asked."""
    if item.denied or not item.found:
        return False
    near = [n for n in range(max(0, item.first - 2), min(item.last + 3, len(line.words)))
            if line.parts[n] == item.part]  # fmt: skip
    if any(line.text(n) in _NO | {"not"} for n in near):
        return False
    for n in near:
        word = line.text(n)
        graded = word.isdigit() and int(word) > _MOST_NORMAL and line.text(n + 1) == "+"
        if graded or word.startswith("+++"):
            return True
    brisk = [n for n in near if line.text(n) in _BRISK]
    line.read_too.update(brisk)
    return bool(brisk)


def levels_of_touch(line: Line) -> Iterator[tuple[int, int]]:
    """Return where a sensory level was tested, as its tokens: "level at T8 to pinprick"."""
    for m in line.marks_of("level"):
        window = range(max(0, m.first - 3), min(m.last + 4, len(line.words)))
        part = [n for n in window if line.parts[n] == m.part]
        words = {line.text(n) for n in part}
        abbreviated = line.text(m.first - 1) == "sl"
        if abbreviated or ("level" in words and words & _TOUCH and not words & _NO):
            line.read_too.update(n for n in part if line.text(n) in (*_TOUCH, "sl"))
            yield min(part), m.last


def bare_levels(line: Line) -> Iterator[tuple[int, int]]:
    """Return the tokens of a level that is all its comma part says: "T6 level"."""
    for m in line.marks:
        if (
            m.kind == "level"
            and line.text(m.last) == "level"
            and all(o.kind in _WITH_LEVEL for o in line.in_part(m.part))
        ):
            words = [
                n
                for n, t in enumerate(line.tokens)
                if t.kind == "word" and not m.first <= n <= m.last
            ]
            if not any(
                abs(n - m.first) <= 3 and line.text(n) in ("same", "at", "for") for n in words
            ):
                yield m.first, m.last + 1
