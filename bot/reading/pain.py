"""Reads back pain and root pain; a pain whose place is not understood is left unread."""

from typing import Final

from bot.reading.line import Item, Line
from bot.reading.said import Said

_LIMBS: Final = ("leg", "legs", "foot", "arm", "arms", "hand", "limbs")
_PAIRS: Final = ("legs", "arms", "limbs")
_AGAIN: Final = ("on", "in", "at", "to", "from", "home", "again", "now", "soon")
_NECK: Final = frozenset(("neck", "cervical", "hws", "hwk"))


def read_pain(line: Line, said: Said) -> None:
    back, roots = list[Item](), list[Item]()
    both = False
    for item in line.of("pain"):
        in_back, in_root, on_both = _places(line, item)
        if item.found:
            back += [item] * in_back
            roots += [item] * in_root
            both |= on_both
            if not (in_back or in_root) and item.value == "" and not _is_placed(line, item):
                said.unclear.append("pain")
    for item in line.of("other_pain"):
        if (
            line.text(item.first) == "chest"
            and item.found
            and any(m.kind == "place" and m.value == "round" for m in line.in_part(item.part))
        ):
            roots.append(item)
            both = True
    sides = {side for item in roots for side in item.values("side")}
    if back:
        said.add("back_pain", True, back[0].first, back[0].last)
    if roots:
        value = "bilateral" if both or {"left", "right"} <= sides else "unilateral"
        said.add("radicular_pain", value, roots[0].first, roots[-1].last)
    _deny(line, said, bool(back), bool(roots))
    owned = {id(m) for item in line.items for m in item.marks}
    for m in line.marks_of("place"):
        bare = line.text(m.first) == "back" and m.last - m.first == 1
        if bare and id(m) not in owned and line.text(m.last) not in _AGAIN:
            if not said.has("back_pain"):
                said.unclear.append("back")
            return


def _is_placed(line: Line, item: Item) -> bool:
    """Return whether the line says of a bare pain where it is, or what eases it."""
    if item.has("place") or item.has("mechanical"):
        return True
    return any(
        other is not item and (other.kind == "other_pain" or (other.kind == "pain" and other.value))
        for other in line.items_near(item)
    )


def _places(line: Line, item: Item) -> tuple[bool, bool, bool]:
    """Return whether a pain is in the back, in a root, and in roots of both sides."""
    places, sides = {*item.values("place")}, {*item.values("side")}
    on_both = "both" in sides or {"left", "right"} <= sides or bool(places & {*_PAIRS})
    limb = bool(places & {*_LIMBS}) or (
        item.has("radiates") and bool(places & {"saddle", "front_one"})
    )
    if item.value == "radicular_both":
        return False, True, not (sides and sides <= {"left", "right"} and len(sides) == 1)
    if item.value == "radicular":
        return "back" in places, True, on_both
    if item.value == "back":
        round_ = "round" in places and len(sides & {"left", "right"}) != 1
        return True, limb or "round" in places, on_both or round_
    round_ = "round" in places
    if round_:
        one = sides and sides <= {"left", "right"} and len(sides) == 1
        return "back" in places, True, not one
    root = limb or item.has("root") or (item.has("radiates") and item.has("level"))
    if places & {"saddle"} and not (places & {"back"} or item.has("level")):
        root = True
    in_back = "back" in places or (
        item.has("level") and not (item.has("root") and not limb) and not root
    )
    in_back = in_back or ("back" in places)
    return in_back, root, root and on_both


def _deny(line: Line, said: Said, back: bool, roots: bool) -> None:
    free = [item for item in line.of("pain_free") if not (item.queried or item.past or item.others)]
    for item in line.of("pain"):
        if not item.denied or item.queried or item.past or item.others:
            continue
        in_back, in_root, _ = _places(line, item)
        if not in_back and not in_root and not item.has("place"):
            free.append(item)
        elif in_back and not back and not said.has("back_pain"):
            if {line.text(n) for n in range(item.first, item.last)} & _NECK:
                said.deny("back_pain")
            else:
                said.add("back_pain", False, item.first, item.last)
        if in_root and not roots and not said.has("radicular_pain"):
            if item.value == "radicular":
                said.add("radicular_pain", "none", item.first, item.last)
            else:
                said.deny("radicular_pain")
    if free:
        if not said.has("back_pain"):
            said.add("back_pain", False, free[0].first, free[0].last)
        if not said.has("radicular_pain"):
            said.add("radicular_pain", "none", free[0].first, free[0].last)
