"""Reads blood thinners: a drug becomes its class."""

from typing import Final

from bot.reading.line import Item, Line
from bot.reading.marks import Mark
from bot.reading.said import Said

_RECENT_DAYS: Final = 7.0
_STOPS: Final = frozenset((
    "stopped", "discontinued", "ceased", "abgesetzt", "gestopt", "off", "finished",
    "completed", "stopping",
))  # fmt: skip
_SWAPS: Final = ("switched", "changed", "swapped", "instead", "converted", "moved", "switch")
_NOT_GIVEN: Final = frozenset((
    "allergy", "allergic", "free", "intolerance", "intolerant", "contraindicated",
    "declined", "refused", "reaction", "induced",
))  # fmt: skip


def read_thinners(line: Line, said: Said) -> None:
    given = list[tuple[str, Item]]()
    denied_all = denied_some = False
    for item in line.of("thinner", "all_thinners", "anticoagulant"):
        if item.denied or _is_not_taken(line, item):
            denied_all |= item.kind == "all_thinners"
            denied_some = True
        elif item.kind == "thinner" and item.found and _is_taken(line, item):
            given.append((item.value, item))
    for value, item in given:
        said.add("blood_thinners", (value,), item.first, item.last)
    if not given and denied_all:
        first = next(i for i in line.of("all_thinners") if i.denied or _is_not_taken(line, i))
        said.add("blood_thinners", (), first.first, first.last)
    elif denied_some and not given:
        classes = {item.value for item in line.of("thinner") if item.denied}
        anticoagulant = any(item.denied for item in line.of("anticoagulant"))
        if "antiplatelet" in classes and (
            anticoagulant or classes >= {"warfarin", "doac", "heparin"}
        ):
            said.add("blood_thinners", (), 0, 1)
        else:
            said.deny("blood_thinners")


def _is_not_taken(line: Line, item: Item) -> bool:
    """Return whether "not taking" stands before blood thinners at large."""
    return item.kind == "all_thinners" and any(
        0 <= item.first - m.last <= 1 and line.text(m.first) in ("not", "never")
        for m in line.marks_of("stopped")
    )


def _is_taken(line: Line, item: Item) -> bool:
    """Return whether a drug is taken: not stopped long ago, not avoided, no word for the seat."""
    if line.text(item.first) == "ass" and item.last - item.first == 1 and _is_seat(line, item):
        return False
    before = [line.text(n) for n in range(item.first - 3, item.first)]
    if "was" in before[:2] and before[-1] in ("on", "taking"):
        return False
    if before[-1] == "with" and any(
        o.denied and o.last == item.first - 1 for o in line.of("anticoagulant")
    ):
        return False
    for m in line.in_part(item.part):
        if m.kind not in ("stopped", "given_with_dialysis", "rt_planned"):
            continue
        if line.text(m.first) in _SWAPS:
            if _is_left(line, item, m):
                return False
            continue
        if m.kind == "given_with_dialysis":
            if m.first <= item.first < m.last:
                return False
            continue
        between = range(min(m.last, item.last), max(m.first, item.first))
        others = any(
            other is not item and other.kind == "thinner" and other.first in between
            for other in line.items
        )
        if others or len(between) > 5:
            continue
        planned = line.text(m.first) == "plan" and m.last == item.first
        if m.value == "avoid" and m.first < item.first and (planned or _avoids(line, m.first)):
            return False
        if m.value == "avoid" and m.first > item.first and line.text(m.first) in _NOT_GIVEN:
            return False
        if m.value == "stopped" and not _recently(line, item, m.first):
            return False
    return True


def _is_left(line: Line, item: Item, swap: Mark) -> bool:
    """Return whether a drug is the one given up: "switched from X to", "Y instead of X"."""
    if line.text(swap.first) == "instead":
        return line.text(item.first - 1) == "of" and item.first > swap.first
    if line.text(item.first - 1) == "for" and line.text(swap.first) == "swapped":
        return False
    followed = any(i.first >= swap.last for i in line.of("thinner") if i.part == item.part)
    former = (item.first < swap.first and followed) or line.text(item.first - 1) == "from"
    return former or (line.text(swap.first) == "swapped" and item.first == swap.last)


def _avoids(line: Line, n: int) -> bool:
    return line.text(n) not in ("for", "plan", "safe", "ci", "free")


def _is_seat(line: Line, item: Item) -> bool:
    return any(
        other.part == item.part and (other.kind in ("numb", "pain") or other.value == "feeling")
        for other in line.items
    )


def _recently(line: Line, item: Item, stop: int) -> bool:
    if line.text(stop) not in _STOPS:
        return False
    if any(
        m.kind == "moment"
        and m.number is not None
        and m.number <= _RECENT_DAYS
        and m.part == item.part
        for m in line.marks
    ):
        return True
    spans = [m for m in line.in_part(item.part) if m.kind == "span" and m.first > stop - 1]
    return bool(spans) and (spans[0].number or 0) <= _RECENT_DAYS
