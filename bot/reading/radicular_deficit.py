"""Reads the deficit of a root: weakness or numbness of one root, or numbness of limbs."""

from typing import Final

from bot.reading.line import Item, Line
from bot.reading.said import Said

_LIMBS: Final = ("leg", "foot", "arm", "hand")
_VAGUE: Final = frozenset((
    "asleep", "sleep", "funny", "strange", "odd", "weird", "different", "wooden", "cotton",
))  # fmt: skip
_DOUBLE: Final = frozenset(("feet", "double"))
_PAIRS: Final = ("legs", "arms", "limbs")


def is_root(item: Item) -> bool:
    """Return whether weakness is that of one root, one named nerve: never of both legs."""
    if (
        item.has("place", *_PAIRS, "trunk")
        or item.has("side", "both")
        or item.has("place", "below")
    ):
        return False
    if {"left", "right"} <= {*item.values("side")}:
        return False
    if item.has("place", "arm", "hand") and item.has("place", "leg", "foot"):
        return False
    return item.has("root") or any(_is_limb_root(level) for level in item.values("level"))


def _is_limb_root(level: str) -> bool:
    return level in ("C5", "C6", "C7", "C8", "L2", "L3", "L4", "L5", "S1")


def place_of_numbness(item: Item) -> str:
    """Return what numbness is by its place: a sign, a deficit on one side or on both, or ""."""
    places, sides = {*item.values("place")}, {*item.values("side")}
    levels = item.values("level")
    if "saddle" in places:
        return "saddle_anaesthesia"
    rises = "below" in places or item.has("trend", "worse")
    if "trunk" in places or (rises and "front_one" in places):
        return "sensory_level"
    limb_roots = bool(levels) and all(_is_limb_root(each) for each in levels)
    if limb_roots and places & {"foot", "hand"} and len(sides & {"left", "right"}) == 1:
        return "unilateral"
    if levels and (places & {"below"} or not all(_is_limb_root(each) for each in levels)):
        if all(each in ("S2", "S3", "S4", "S5") for each in levels):
            return "saddle_anaesthesia"
        return "sensory_level"
    both = bool(places & {*_PAIRS}) or "both" in sides or {"left", "right"} <= sides
    arm_and_leg = places & {"arm", "hand"} and places & {"leg", "foot"}
    if both or arm_and_leg:
        return "bilateral"
    if "front_one" in places and not sides and not levels and not places & {*_LIMBS}:
        return "sensory_level"
    if places & {"elsewhere", "back", "front_one"} and not places & {*_LIMBS}:
        return ""
    return "unilateral"


def read_roots(line: Line, said: Said) -> None:
    roots = list[tuple[Item, bool]]()
    weak_denied = numb_denied = False
    saddle = "saddle_anaesthesia" in said.listed("cord_signs")
    for item in line.items:
        lost = item.kind in ("weak", "power", "numb", "root_deficit") or (
            item.kind == "func" and item.state == "lost"
        )
        if item.kind == "power" and (item.number or 0) >= 5:
            lost = False
        if item.found and lost:
            both = _deficit(line, item, saddle)
            if both is not None:
                roots.append((item, both))
            elif (
                item.has("place", "back") and place_of_numbness(item) == "" and item.kind == "numb"
            ):
                said.unclear.append("numb")
            elif _is_vague(line, item) and not saddle:
                said.unclear.append("feeling")
        if _denies(item, lost) and not item.queried and not item.others:
            whole = (
                not item.has("place")
                and not item.has("side", "left", "right")
                and not item.has("level")
            )
            whole = whole or (item.has("place", "saddle") and item.kind == "func")
            weak_denied |= whole and (item.kind in ("weak", "power") or item.value == "power")
            numb_denied |= whole and (item.kind == "numb" or item.value == "feeling")
    denied = [item for item in line.of("root_deficit") if item.denied]
    if roots:
        _say(roots, said)
    elif any(line.text(item.first) in ("root", "radicular") for item in denied):
        said.add("radicular_deficit", "none", denied[0].first, denied[0].last)
    elif (
        weak_denied
        and numb_denied
        and not said.listed("cord_signs") & {"weakness", "sensory_level", "saddle_anaesthesia"}
    ):
        said.add("radicular_deficit", "none", 0, 1)
    elif denied:
        said.deny("radicular_deficit")


def _denies(item: Item, lost: bool) -> bool:
    if item.kind == "func":
        return item.state == "normal" or (item.denied and (lost or item.state == "organ"))
    return item.denied or (item.kind == "power" and (item.number or 0) >= 5)


def _deficit(line: Line, item: Item, saddle: bool) -> bool | None:
    """Return whether a root deficit is on both sides; None if the item is none."""
    sides = {*item.values("side")}
    both = "both" in sides or {"left", "right"} <= sides
    if item.kind == "root_deficit":
        words = {line.text(n) for n in range(item.first, item.last)}
        return both or item.has("place", *_PAIRS) or bool(words & _DOUBLE)
    if item.kind in ("weak", "power") or item.value in ("power", "move"):
        return False if is_root(item) else None
    if item.kind == "numb" or item.value == "feeling":
        place = place_of_numbness(item)
        if place == "unilateral" and (_is_vague(line, item) or (saddle and _is_nowhere(item))):
            return None
        return {"unilateral": False, "bilateral": True}.get(place)
    return None


def _is_vague(line: Line, item: Item) -> bool:
    """Return whether a feeling is lost or odd, and nothing says where: "feels funny"."""
    if item.kind not in ("func", "numb") or not _is_nowhere(item):
        return False
    words = {line.text(n) for n in range(item.first, item.last)}
    return item.value == "feeling" or (item.kind == "numb" and bool(words & _VAGUE))


def _is_nowhere(item: Item) -> bool:
    return not any(item.has(kind) for kind in ("place", "side", "level", "root"))


def _say(roots: list[tuple[Item, bool]], said: Said) -> None:
    sides = {side for item, _ in roots for side in item.values("side")}
    items = [item for item, _ in roots]
    first, last = min(i.first for i in items), max(i.last for i in items)
    if any(both for _, both in roots) or {"left", "right"} <= sides:
        said.add("radicular_deficit", "bilateral", first, last)
        return
    stable = [i for i in items if i.has("trend", "stable") and not i.has("trend", "worse")]
    if len(stable) == len(items):
        said.add("radicular_deficit", "unilateral_stable", first, last)
        return
    said.add("radicular_deficit", "unilateral_progressive", first, last)
    days = [item.days for item in items if item not in stable and item.days is not None]
    if days:
        said.add("deficit_days", round(min(days), 2), first, last)
