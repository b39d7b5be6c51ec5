"""Reads a report's sentence: each vertebra with its ESCC grade and the items of SINS."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final, NamedTuple

from bot.reading.escc import read_grades
from bot.reading.lesion_levels import Owners, together
from bot.reading.line import Item, Line
from bot.reading.marks import Mark
from bot.reading.said import Said

_FRACTURES: Final = ("fracture", "fractures", "fx")
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
_OF_PATIENT: Final = _NOT_LESIONS | {"pain"}
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


class Finding(NamedTuple):
    """A value of a lesion's field, where it stands, and its level where the words join the two."""

    field: str
    value: str
    at: int
    part: int
    level: Mark | None = None


def read_lesions(line: Line, said: Said) -> list[dict[str, Any]]:
    """Return the lesions of a line, one for each level that something is said of."""
    findings = list(_findings(line))
    if not findings and not line.has("scan"):
        return []
    elsewhere = _elsewhere(line)
    named = [
        m for m in line.marks_of("level")
        if m.value in _LEVELS and id(m) not in elsewhere
    ]  # fmt: skip
    bare = _bare(line, named)
    if not findings and not bare:
        return []
    if not named and not line.has("scan") and {each.field for each in findings} == {"alignment"}:
        said.unclear += [line.text(each.at) for each in findings]
        return []
    lesions: dict[str, dict[str, Any]] = {m.value: {"level": m.value} for m in bare}
    nameless = dict[str, Any]()
    owners = Owners(line, named, {each.part for each in findings})
    for each in findings:
        for m in owners.of(each.at, each.part, each.level) or (None,):
            lesion = lesions.setdefault(m.value, {"level": m.value}) if m else nameless
            lesion[each.field] = _worse(each.field, lesion.get(each.field), each.value)
    order = {m.value: m.first for m in reversed(line.marks_of("level"))}
    found = sorted(lesions.values(), key=lambda each: order[each["level"]])
    found += [nameless] if nameless else []
    pain = next(iter(line.marks_of("mechanical")), None)
    if pain and len(found) == 1 and findings:
        found[0]["pain"] = _pain(line)
    first = min([m.first for m in bare] + [each.at for each in findings])
    said.add("lesions", tuple(found), first, len(line.tokens))
    return found


def _pain(line: Line) -> str:
    values = {m.value for m in line.marks_of("mechanical")}
    return "mechanical" if "mechanical" in values else "non_mechanical"


def _findings(line: Line) -> Iterator[Finding]:
    for grade in read_grades(line):
        yield Finding("escc", grade.value, grade.at, _part_at(line, grade.at), grade.level)
    for item in line.items:
        if item.kind not in _ITEMS or item.others or item.past:
            continue
        if value := _value(line, item):
            yield Finding(item.kind, value, item.first, item.part)


def _part_at(line: Line, n: int) -> int:
    return next((m.part for m in line.between(n - _BEHIND, n + 1)[::-1]), 0)


def _value(line: Line, item: Item) -> str:
    """Return what an item says of a vertebra; empty if it leaves that open."""
    if item.kind == "collapse" and item.value in ("word", "involved"):
        return "" if item.queried else _collapse(line, item)
    if item.value == "word":
        if item.kind == "posterolateral" and item.found and not _is_spared(line, item):
            both = item.has("side", "both") or line.text(item.first) in ("pedicles", "facets")
            return "bilateral" if both else "unilateral"
        return "none" if item.kind == "posterolateral" and not item.queried else ""
    if item.value in ("none", "normal"):
        return "" if item.queried else item.value
    if item.found and not (item.kind == "bone" and _is_other_mixed(line, item)):
        return item.value
    return "none" if item.denied and item.kind in ("posterolateral", "collapse") else ""


def _is_other_mixed(line: Line, item: Item) -> bool:
    return line.text(item.first) in ("mixed", "dense", "sclerosis") and not line.has("level")


def _is_spared(line: Line, item: Item) -> bool:
    return any(
        m.kind == "normal" and m.part == item.part and 0 <= m.first - item.last <= 2
        for m in line.marks
    )


def _collapse(line: Line, item: Item) -> str:
    """Return the collapse by its percentage; a bare word for collapse leaves it open."""
    percent = _percent(line, item)
    if item.value == "involved":
        none = any(i.value == "none" for i in line.of("collapse"))
        return "none_gt50_involved" if percent and percent > _HALF and none else ""
    if percent is None and line.text(item.first) == "compression":
        return ""
    if item.denied:
        return "none"
    line.cues |= {m.first for m in line.between(item.first - 6, item.last + 2) if m.kind == "loss"}
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


def _bare(line: Line, named: list[Mark]) -> list[Mark]:
    """Return the levels that a report names a lesion at, with those in one list with them."""
    bare = [m for m in named if _is_lesion(line, m)]
    known = {id(m) for m in bare}
    pairs = [*pairwise(named)]
    for one, after in (*pairs, *pairs[::-1]):
        new = after if id(one) in known else one
        if len({id(one), id(after)} & known) != 1 or not together(line, one, after):
            continue
        if not any(i.kind in _OF_PATIENT for i in line.items_in(new.part)):
            bare.append(new)
            known.add(id(new))
    return sorted(bare, key=lambda m: m.first)


def _is_lesion(line: Line, m: Mark) -> bool:
    """Return whether a report names a lesion at a level without saying more."""
    image = any(s.first < m.first and s.clause == m.clause for s in line.marks_of("scan"))
    if not image:
        return False
    part = line.in_part(m.part)
    near = any(
        o.kind == "lesion"
        or (o.kind == "cancer" and o.value == "mets")
        or (o.kind == "diagnosis" and line.text(o.last - 1) in _FRACTURES)
        for o in part
        if abs(o.first - m.first) <= _NEAR
    )
    denied = any(
        i.kind in ("lesion", "cancer") and (i.denied or i.queried) and i.part == m.part
        for i in line.items
    )
    pain = any(o.kind == "pain" for o in part)
    return image and near and not denied and not pain


def _worse(field: str, one: str | None, other: str) -> str:
    order = _RANK.get(field, ("3", "2", "1c", "1b", "1a", "0"))
    return other if one is None else min(one, other, key=order.index)
