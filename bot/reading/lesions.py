"""Reads a report's sentence: each vertebra with its ESCC grade and the items of SINS."""

from collections.abc import Iterator
from typing import Any, Final

from bot.reading.line import Item, Line
from bot.reading.marks import Mark
from bot.reading.said import Said
from bot.reading.scales import is_asked

_GRADES: Final = {"0": "0", "1a": "1a", "1b": "1b", "1c": "1c", "2": "2", "3": "3"}
_ITEMS: Final = ("bone", "alignment", "collapse", "posterolateral")
_RANK: Final = {
    "alignment": ("subluxation", "deformity", "normal"),
    "posterolateral": ("bilateral", "unilateral", "none"),
    "bone": ("lytic", "mixed", "blastic"),
    "collapse": ("ge50", "lt50", "none_gt50_involved", "none"),
}
_NOT_LESIONS: Final = frozenset(
    ("weak", "numb", "func", "sign", "root_deficit", "rt", "surgery", "power")
)
_HALF: Final = 50
_BEHIND: Final = 6
_NEAR: Final = 4
_LEVELS: Final = frozenset(
    [f"C{n}" for n in range(8)]
    + [f"T{n}" for n in range(1, 13)]
    + [f"L{n}" for n in range(1, 6)]
    + [f"S{n}" for n in range(1, 6)]
)
_MORE: Final = frozenset((
    ">", "over", "more", "than", "above",
))  # fmt: skip
_LESS: Final = frozenset((
    "<", "less", "under", "below",
))  # fmt: skip


def read_lesions(line: Line, said: Said) -> list[dict[str, Any]]:
    """Return the lesions of a line, the parts of each from its level up to the next one."""
    graded = list(_findings(line))
    if not graded and not line.has("scan"):
        return []
    elsewhere = _elsewhere(line)
    named = [
        m for m in line.marks_of("level")
        if m.value in _LEVELS and id(m) not in elsewhere
    ]  # fmt: skip
    bare = [m for m in named if _is_lesion(line, m)]
    if not graded and not bare:
        return []
    levels = _levels_of(line, named, graded, bare)
    lesions = [dict[str, Any](level=m.value) for m in levels] or [{}]
    for field, value, at in graded:
        for place in _owners(line, levels, named, at) if levels else (0,):
            lesions[place][field] = _worse(field, lesions[place].get(field), value)
    pain = next(iter(line.marks_of("mechanical")), None)
    if pain and len(lesions) == 1 and graded:
        lesions[0]["pain"] = _pain(line)
    lesions = [each for each in lesions if each]
    first = min([m.first for m in levels] + [at for _, _, at in graded])
    said.add("lesions", tuple(lesions), first, len(line.tokens))
    return lesions


def _pain(line: Line) -> str:
    values = {m.value for m in line.marks_of("mechanical")}
    return "mechanical" if "mechanical" in values else "non_mechanical"


def _findings(line: Line) -> Iterator[tuple[str, str, int]]:
    for m in line.marks_of("escc"):
        if is_asked(line, m):
            continue
        grade, end = _grade(line, m.last)
        if grade:
            line.read_too |= {*range(m.last, end)}
            yield "escc", grade, m.first
    for item in line.items:
        if item.kind not in _ITEMS or item.others or item.past:
            continue
        if item.kind == "collapse" and item.value in ("word", "involved"):
            value = _collapse(line, item)
            if value and not item.queried:
                yield "collapse", value, item.first
        elif item.value == "word":
            if item.kind == "posterolateral" and item.found and not _is_spared(line, item):
                both = item.has("side", "both") or line.text(item.first) in ("pedicles", "facets")
                yield "posterolateral", "bilateral" if both else "unilateral", item.first
            elif item.kind == "posterolateral" and not item.queried:
                yield "posterolateral", "none", item.first
        elif item.value in ("none", "normal"):
            if not item.queried:
                yield item.kind, item.value, item.first
        elif item.found and not (item.kind == "bone" and _is_other_mixed(line, item)):
            yield item.kind, item.value, item.first
        elif (item.denied and item.kind == "posterolateral") or (
            item.denied and item.kind == "collapse"
        ):
            yield item.kind, "none", item.first


def _is_other_mixed(line: Line, item: Item) -> bool:
    return line.text(item.first) in ("mixed", "dense", "sclerosis") and not line.has("level")


def _is_spared(line: Line, item: Item) -> bool:
    return any(
        m.kind == "normal" and m.part == item.part and 0 <= m.first - item.last <= 2
        for m in line.marks
    )


def _grade(line: Line, n: int) -> tuple[str, int]:
    """Return the grade behind a word for the scale: "2", "1c", "grade 1 b"."""
    while line.text(n) in ("grade", "gr", ":", "=", "is", "score", "of", "escc"):
        n += 1
    text, after = line.text(n), line.text(n + 1)
    if text == "1" and after in ("a", "b", "c"):
        return f"1{after}", n + 2
    return (text, n + 1) if text in ("0", "2", "3") else ("", n)


def _collapse(line: Line, item: Item) -> str:
    """Return the collapse by its percentage; a bare word for collapse leaves it open."""
    percent = _percent(line, item)
    if item.value == "involved":
        none = any(i.value == "none" for i in line.of("collapse"))
        return "none_gt50_involved" if percent and percent > _HALF and none else ""
    if item.denied:
        return "none"
    if percent is None:
        words = {line.text(n) for n in range(item.first - 4, item.last + 5)}
        if "half" in words and words & {"lost", "loss", "collapsed", "collapse", "height"}:
            return "lt50" if "less" in words else "ge50"
        return ""
    if percent == 0:
        return "none"
    return "ge50" if percent >= _HALF else "lt50"


def _percent(line: Line, item: Item) -> float | None:
    near = [
        m for m in line.marks
        if m.kind == "number" and m.part == item.part and m.number is not None
        and (line.text(m.last) in ("%", "percent", "pct", "-") or item.value == "word")
        and (0 <= m.first - item.last <= 4 or 0 <= item.first - m.last <= 4)
        and line.text(m.first - 1) not in ("escc", "bilsky", "sins", "grade")
    ]  # fmt: skip
    values = [m for m in near if line.text(m.last) in ("%", "percent", "pct")] or [
        m for m in near if 5 <= (m.number or 0) <= 100
    ]
    if not values:
        return None
    value = values[-1]
    more = {line.text(n) for n in range(value.first - 2, value.first)} & _MORE
    less = {line.text(n) for n in range(value.first - 2, value.first)} & _LESS
    return (value.number or 0) + (bool(more) and not less) * 0.5 - bool(less) * 0.5


def _elsewhere(line: Line) -> set[int]:
    """Return the levels that are those of a root, of feeling, or of radiotherapy."""
    others, lesions = set[int](), set[int]()
    for item in line.items:
        if item.kind in _ITEMS:
            lesions |= {id(m) for m in item.marks}
        elif item.kind in _NOT_LESIONS:
            others |= {id(m) for m in item.marks}
    return others - lesions


def _is_lesion(line: Line, m: Mark) -> bool:
    """Return whether a report names a lesion at a level without saying more."""
    image = any(s.first < m.first and s.clause == m.clause for s in line.marks_of("scan"))
    if not image:
        return False
    part = line.in_part(m.part)
    near = any(
        o.kind == "lesion"
        or (o.kind == "cancer" and o.value == "mets")
        or (o.kind == "diagnosis" and "fracture" in line.text(o.last - 1))
        for o in part
        if abs(o.first - m.first) <= _NEAR
    )
    denied = any(
        i.kind in ("lesion", "cancer") and (i.denied or i.queried) and i.part == m.part
        for i in line.items
    )
    pain = any(o.kind == "pain" for o in part)
    return image and near and not denied and not pain


def _levels_of(
    line: Line, named: list[Mark], graded: list[tuple[str, str, int]], bare: list[Mark]
) -> list[Mark]:
    """Return the levels that the findings belong to."""
    if not graded:
        return _unique(bare)
    ats = [at for _, _, at in graded]
    owned = list[Mark]()
    for m in named:
        following = min((o.first for o in named if o.first > m.first), default=len(line.tokens))
        if any(m.first <= at < following for at in ats) or m in bare:
            owned.append(m)
    joined = [
        m for m in named if m not in owned
        and any(o.first == m.first for o in owned)
    ]  # fmt: skip
    owned = sorted({id(m): m for m in (*owned, *joined)}.values(), key=lambda m: m.first)
    for m in reversed(named):
        if m not in owned and any(_together(line, m, o) for o in owned if o.first >= m.first):
            owned.append(m)
    owned.sort(key=lambda m: m.first)
    if not owned and named:
        owned = [
            max((m for m in named if m.first <= max(ats)), key=lambda m: m.first, default=named[0])
        ]
    before_all = [at for at in ats if owned and at < owned[0].first]
    if before_all and len(named) == 1:
        return _unique(named)
    return _unique(owned)


def _unique(levels: list[Mark]) -> list[Mark]:
    seen = dict[str, Mark]()
    for m in levels:
        seen.setdefault(m.value, m)
    return list(seen.values())


def _owners(line: Line, levels: list[Mark], named: list[Mark], at: int) -> list[int]:
    """Return the places of the levels of a finding: "at T9" behind it, else those before it."""
    part = next((m.part for m in line.marks if m.first >= at), 0)
    for m in named:
        if (
            m.part == part
            and 0 < m.first - at <= _BEHIND
            and line.text(m.first - 1) in ("at", "@", "of", "in")
        ):
            return [place for place, each in enumerate(levels) if each.value == m.value]
    before = [m for m in levels if m.first <= at]
    last = before[-1] if before else levels[0]
    group = [last]
    for m in reversed(before[:-1]) if before else levels[1:]:
        one, other = sorted((m, group[-1]), key=lambda each: each.first)
        if not _together(line, one, other):
            break
        group.append(m)
    return [place for place, m in enumerate(levels) if m in group or m.first == last.first]


def _together(line: Line, one: Mark, other: Mark) -> bool:
    """Return whether two levels stand in one list: "T9 and L1", "T7, T8"."""
    if one.first == other.first:
        return True
    return all(
        line.text(n) in ("and", "&", "+", ",", "/", "-", "to") for n in range(one.last, other.first)
    )


def _worse(field: str, one: str | None, other: str) -> str:
    order = _RANK.get(field, ("3", "2", "1c", "1b", "1a", "0"))
    return other if one is None else min(one, other, key=order.index)
