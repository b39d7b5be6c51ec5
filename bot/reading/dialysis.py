"""Reads what goes with dialysis: its access, its days, its years."""

from dataclasses import replace
from typing import Final

from bot.reading.line import Item, Line
from bot.reading.marks import DAYS, Mark
from bot.reading.said import Said

_DAY_NAMES: Final = {
    name: day[:3]
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    for name in (day[:3], day, f"{day}s")
} | {"tues": "tue", "weds": "wed", "thurs": "thu", "thur": "thu"}
_DAYS_A_WEEK: Final = 3
_NEAR_DAYS: Final = 6
_NEAR_LINE: Final = 8
_NEAR: Final = 3
_VIA: Final = ("via", "through", "with", ",", "by")
_FORMER: Final = ("previous", "old", "prev", "failed", "former")
_UNUSED: Final = frozenset((
    "thrombosed", "clotted", "occluded", "blocked", "maturing", "immature", "ligated", "failed",
    "closed", "shut", "down",
    "out", "removed", "infected", "never",
))  # fmt: skip
_LONG: Final = ("year", "month", "week")
_STARTED: Final = frozenset(("started", "began", "start", "since", "commenced", "new"))
_FOR: Final = ("for", "since", "x", "started")
_MONTHS_A_YEAR: Final = 12
_LETTERS: Final = {("m", "w", "f"): "mon wed fri", ("t", "t", "s"): "tue thu sat",
    ("t", "th", "s"): "tue thu sat", ("tu", "th", "sa"): "tue thu sat"}  # fmt: skip


def read_access(line: Line, said: Said, dialysed: bool) -> Item | None:
    """Read the access; a bare line or catheter counts only where dialysis is beside it."""
    for item in sorted(line.of("access"), key=lambda each: _is_unused(line, each)):
        other = any(m.first <= item.first < m.last for m in line.marks_of("not_access"))
        unused = line.text(item.last) == "never" or line.text(item.last + 1) == "never"
        if not item.found or other or unused or _is_former(line, item):
            continue
        if item.value == "line" and not (dialysed and _is_beside_dialysis(line, item)):
            if dialysed or line.text(item.first) in ("line", "lines"):
                said.unclear.append(line.text(item.last - 1))
            continue
        value = "catheter" if item.value == "line" else item.value
        said.add("access", value, item.first, item.last)
        return item
    return None


def _is_unused(line: Line, item: Item) -> bool:
    """Return whether an access is thrombosed or not yet ripe: another counts before it."""
    return bool({line.text(n) for n in range(item.last, item.last + _NEAR)} & _UNUSED)


def _is_former(line: Line, item: Item) -> bool:
    return any(
        m.kind == "past" and abs(m.first - item.first) <= _NEAR and line.text(m.first) in _FORMER
        for m in line.in_part(item.part)
    )


def _is_beside_dialysis(line: Line, item: Item) -> bool:
    kidney = [
        other
        for other in line.of("renal", "hd", "days", "weekly")
        if other.kind != "renal" or other.value in ("haemodialysis", "dialysis")
    ]
    via = line.text(item.first - 1) in _VIA and line.text(item.first) in ("line", "via")
    return any(
        other.part == item.part and abs(other.first - item.first) <= _NEAR_LINE for other in kidney
    ) or (via and any(abs(o.part - item.part) == 1 and o.clause == item.clause for o in kidney))


def find_days(line: Line) -> Mark | None:
    """Return the weekly pattern: by its name, or as three weekdays in one place."""
    if named := next(iter(line.marks_of("days")), None):
        return _with_a_third(line, named)
    if letters := _letters(line):
        return letters
    by_part: dict[int, list[Mark]] = {}
    for m in line.marks_of("moment"):
        if line.text(m.first) in _DAY_NAMES and m.last - m.first == 1:
            by_part.setdefault(m.part, []).append(m)
    every = [m for days in by_part.values() for m in days]
    near = bool(every) and every[-1].first - every[0].first <= _NEAR_DAYS
    for days in (*by_part.values(), *([every] if near else [])):
        names = dict.fromkeys(_DAY_NAMES[line.text(m.first)] for m in days)
        if len(names) >= _DAYS_A_WEEK:
            first = days[0]
            return Mark(
                "days", " ".join(names), first.first, days[-1].last, None, first.clause, first.part
            )
    return None


def _letters(line: Line) -> Mark | None:
    """Return the days that letters between commas stand for: "M, W, F"."""
    for n in range(len(line.tokens) - 4):
        named = _LETTERS.get((line.text(n), line.text(n + 2), line.text(n + 4)))
        if named and line.text(n + 1) == line.text(n + 3) == ",":
            line.read_too |= {n, n + 2, n + 4}
            return Mark("days", named, n, n + 5)
    return None


def _with_a_third(line: Line, named: Mark) -> Mark:
    """Add the day that stands behind two: "Mon Thurs Sat"."""
    days, after = named.value.split(), line.text(named.last)
    if len(days) != _DAYS_A_WEEK - 1 or after not in _DAY_NAMES:
        return named
    value = " ".join((*days, _DAY_NAMES[after]))
    return replace(named, value=value, last=named.last + 1)


def read_years(line: Line, said: Said) -> None:
    """Read how long it has been: "HD for 11 yrs", "5 years on dialysis", "vintage 4 y"."""
    line.read_too |= {n for n, token in enumerate(line.tokens) if token.text == "vintage"}
    for item in line.of("renal", "hd", "pd", "days", "weekly", "access"):
        kidneys = (o for o in line.items_in(item.part) if o.kind in ("renal", "hd", "pd"))
        if not any(other.first <= item.first for other in kidneys):
            continue
        for m in item.marks:
            if item.found and _is_vintage(line, item, m):
                said.add("dialysis_years", _years(m), item.first, m.last)
                return
    vintage = next((n for n, token in enumerate(line.tokens) if token.text == "vintage"), None)
    if vintage is not None:
        for m in line.marks_of("span"):
            if abs(m.first - vintage) <= _NEAR:
                said.add("dialysis_years", _years(m), vintage, m.last)
                return


def _is_vintage(line: Line, item: Item, m: Mark) -> bool:
    if m.kind != "span" or m.value not in _LONG:
        return False
    started = {line.text(n) for n in range(item.first - _NEAR, m.first)} & _STARTED
    if line.text(m.last) in ("ago", "old") and not started:
        return False
    return m.value != "week" or line.text(m.first - 1) in _FOR


def _years(m: Mark) -> float:
    year = _MONTHS_A_YEAR * DAYS["month"] if m.value == "month" else DAYS["year"]
    return round((m.number or 0) / year, 2)
