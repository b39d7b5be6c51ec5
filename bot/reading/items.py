"""Finds what a line speaks of: findings by name, functions, diseases, drugs."""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.reading.described import described
from bot.reading.functions import WEAKENED, grade_of, resolve, share, take_exceptions
from bot.reading.kinds import ITEMS
from bot.reading.line import Item, Line
from bot.reading.marks import Mark
from bot.reading.places import attach, inherit, stop_radiation, take_same_place
from bot.reading.unfelt import unfelt

_DIALYSIS: Final = frozenset(("hd", "dialysis", "dialysed", "haemodialysis", "hemodialysis"))
_WITH_DIALYSIS: Final = ("access", "weekly", "last_dialysis", "thinner", "given_with_dialysis")
_HIDING: Final = frozenset((*_WITH_DIALYSIS, "after_rt", "during_rt"))
_LIMBS: Final = ("legs", "leg", "arms", "arm", "foot", "hand", "limbs")
_OF_PAIN: Final = ("radiation", "radiating", "radiated")
# "No motor deficit" denies, "no power" does not.
_ORGANS: Final = {"motor": "power", "sensory": "feeling"}
_ACCIDENTS: Final = ("bladder", "bowel", "incontinence")
_SHARED: Final = ("side", "level", "span", "moment", "trend")
_PAIN: Final = frozenset(("pain", "belastungsschmerz", "ruheschmerz"))
_WORSE: Final = ("worse", "worsening", "worsened", "deteriorating", "deteriorated", "getting")
_NEAR: Final = 2
_FAR: Final = 4
_GRADES: Final = ("0", "1", "2", "3", "4", "5")
_FULL_POWER: Final = 5


def find_items(line: Line) -> None:
    """Put the items of a line in place, each with its attributes."""
    stop_radiation(line)
    items, function = [*unfelt(line), *described(line)], None
    taken = {n for item in items for n in range(item.first, item.last)}
    for n, m in enumerate(line.marks):
        if m.kind not in ITEMS or _is_of_pain(line, m) or _is_organ_of_cancer(line, m):
            continue
        if m.first in taken and m.kind in ("func", "sign", "numb", "weak", "weak_limb", "pain"):
            continue
        kind = "weak" if m.kind == "weak_limb" else m.kind
        item = Item(kind, m.value, m.first, m.last, m.clause, m.part, number=m.number)
        item.marks.append(m)
        if m.kind == "func":
            resolve(line, n, item, function)
            function = item
            if m.value in _ORGANS:
                item.value = _ORGANS[m.value]
                item.state = "organ" if item.state == "bare" else item.state
            if m.value == "power" and (grade := grade_of(line, n)):
                item.kind, item.number, item.last = "power", grade.number, grade.last
                item.state = "bare"
        items.append(item)
    items += [*_hidden(line), *_bare_grades(line)]
    line.items = sorted(_without_doubles(line, items), key=lambda item: item.first)
    share(line)
    take_exceptions(line)
    attach(line)
    inherit(line)
    take_same_place(line)
    line.items = list(_settled(line))


def _is_of_pain(line: Line, m: Mark) -> bool:
    """Return whether "radiation" is that of a pain."""
    return (
        m.kind in ("rt", "rt_none")
        and line.text(m.last - 1) in _OF_PAIN
        and any(o.kind == "pain" for o in line.in_part(m.part))
    )


def _is_organ_of_cancer(line: Line, m: Mark) -> bool:
    """Return whether a function is only the organ of a cancer: "no bowel cancer"."""
    organ = m.kind == "func" and any(o.kind == "organ" for o in line.at(m.first))
    return organ and any(o.kind == "cancer" and o.value == "known" for o in line.at(m.last))


def _hidden(line: Line) -> Iterator[Item]:
    """Return what a longer phrase names too: dialysis in "HD line", radiotherapy in "after RT"."""
    for m in line.marks:
        if m.kind == "trend" and m.value == "worse" and (legs := _worse_legs(line, m)):
            yield Item(
                "weak", "", min(legs.first, m.first), max(legs.last, m.last), m.clause, m.part
            )
        if m.kind == "mechanical" and _names_pain(line, m):
            yield Item("pain", "", m.first, m.last, m.clause, m.part)
        if m.kind not in _HIDING:
            continue
        words = {line.text(n) for n in range(m.first, m.last)}
        if m.kind in ("after_rt", "during_rt"):
            yield Item("rt", "", m.first, m.last, m.clause, m.part)
        elif m.kind in _WITH_DIALYSIS and len(words) > 1 and words & _DIALYSIS:
            yield Item("renal", "haemodialysis", m.first, m.last, m.clause, m.part)


def _bare_grades(line: Line) -> Iterator[Item]:
    """Return the grades of "power: arms 5, legs 3"."""
    powers = {m.clause for m in line.marks_of("func") if m.value == "power"}
    for m in line.marks_of("number"):
        if m.clause not in powers or m.value not in _GRADES or line.at(m.last):
            continue
        before = line.between(max(0, m.first - _FAR), m.first)
        if any(o.last == m.first and o.value in _LIMBS for o in before):
            yield Item("power", m.value, m.first, m.last, m.clause, m.part, number=m.number)


def _worse_legs(line: Line, m: Mark) -> Mark | None:
    """Return the legs that are said to get worse, where the comma part says no more of them."""
    if line.text(m.first) not in _WORSE:
        return None
    near = [o for o in line.between(m.first - _FAR, m.last + _FAR) if o.part == m.part]
    legs = next((o for o in near if o.kind == "place" and o.value in ("legs", "leg")), None)
    alone = legs is not None and not any(o.kind in ITEMS for o in line.in_part(m.part))
    return legs if alone else None


def _names_pain(line: Line, m: Mark) -> bool:
    """Return whether what makes a pain worse says "pain" itself: "pain at rest"."""
    words = {line.text(n) for n in range(m.first, m.last)}
    return bool(words & _PAIN) and not any(o.kind == "pain" for o in line.at(m.first))


def _without_doubles(line: Line, items: Sequence[Item]) -> Iterator[Item]:
    """Leave out the word of "power 3/5" and "weakness 4/5", and the grade of a foot drop."""
    powers = [item for item in items if item.kind == "power"]
    roots = [item for item in items if item.kind == "root_deficit"]
    functions = [item for item in items if item.kind == "func" and item.value in WEAKENED]
    weakened = {n for item in functions for n in range(item.first, item.last)}
    for item in items:
        if item.kind == "power" and any(_is_beside(line, item, root) for root in roots):
            continue
        if item.kind == "func" and item.value == "power" and item.state == "bare" and powers:
            continue
        if item.kind == "weak" and any(_is_graded(item, power) for power in powers):
            continue
        if item.kind == "weak" and item.first in weakened:
            continue
        yield item


def _is_beside(line: Line, power: Item, root: Item) -> bool:
    near = min(abs(power.first - root.last), abs(root.first - power.last)) <= _NEAR
    inside = line.text(root.last) == "(" and root.part == power.part - 1
    return (power.part == root.part or inside) and near


def _is_graded(weak: Item, power: Item) -> bool:
    near = -1 <= power.first - weak.last <= _NEAR
    return power.part == weak.part and (power.number or 0) < _FULL_POWER and near


def _settled(line: Line) -> Iterator[Item]:
    """Leave out what needs a limb and has none; a radiculopathy with weakness is a deficit."""
    for item in line.items:
        part = line.items_in(item.part)
        if item.kind == "weak" and item.has("weak_limb") and not _is_weak_limb(item, part):
            continue
        if _is_of_an_accident(line, item):
            continue
        if item.kind == "pain" and item.value == "radiculopathy":
            deficits = [o for o in part if o.kind in ("weak", "numb", "power")] or [
                o for o in line.items if abs(o.part - item.part) == 1 and _is_of_root(o, item)
            ]
            for other in deficits:
                other.marks.append(Mark("root", "", item.first, item.last))
                other.marks += [m for m in item.marks if m.kind in _SHARED]
            if deficits:
                continue
            item.value = "radicular"
        yield item


def _is_of_an_accident(line: Line, item: Item) -> bool:
    """Return whether "did not feel it" is said of an accident before it, not of a limb."""
    return (
        item.kind == "func" and item.value == "feeling" and not item.has("place")
        and line.text(item.last) in ("it", "anything")
        and any(o.kind == "sign" and o.value in _ACCIDENTS and o.last <= item.first
                for o in line.items)
    )  # fmt: skip


def _is_of_root(deficit: Item, root: Item) -> bool:
    """Return whether the limb that is weak is that of a root named beside it: leg and L5."""
    places = {*deficit.values("place")}
    levels = {level[0] for level in root.values("level")}
    leg = levels and levels <= {"L", "S"} and places and places <= {"leg", "foot"}
    arm = levels == {"C"} and places and places <= {"arm", "hand"}
    weak = deficit.kind in ("weak", "power") and not deficit.has("side", "both")
    return bool(weak and (leg or arm))


def _is_weak_limb(item: Item, part: Sequence[Item]) -> bool:
    said = any(
        o is not item and o.kind in ("weak", "sign") and o.first < item.last and item.first < o.last
        for o in part
    )
    return item.has("place", *_LIMBS) and not said
