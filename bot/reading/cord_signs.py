"""Reads the cord signs: which are there, which are denied."""

from collections.abc import Iterator
from typing import Final

from bot.reading.examined import (
    bare_levels,
    is_brisk,
    is_long_ago,
    is_of_a_value,
    levels_of_touch,
)
from bot.reading.line import Item, Line
from bot.reading.radicular_deficit import is_root, place_of_numbness
from bot.reading.said import SIGNS, Said

_OF: Final = {
    "walk": ("gait",), "stand": ("gait",), "stairs": ("gait",), "gait": ("gait",),
    "urine": ("bladder",), "control": ("bladder",), "bladder": ("bladder",),
    "continence": ("bladder",), "bowel": ("bowel",), "bowel_control": ("bowel",),
    "faecal_continence": ("bowel",), "tone": ("bowel",), "sphincters": ("bladder", "bowel"),
    "saddle": ("saddle_anaesthesia",), "umn": ("umn_signs",), "reflexes": (),
    "power": ("weakness",), "move": ("weakness",),
}  # fmt: skip
_DENIES: Final = {
    "neuro": ("weakness", "sensory_level"),
    "bladder_bowel": ("bladder", "bowel"),
    "cauda": ("saddle_anaesthesia", "bladder", "bowel"),
    "umn": ("umn_signs",),
    "sensory": ("sensory_level",),
    "bowel": ("bowel",),
    "all": SIGNS,
}
_INCONTINENCE: Final = "incontinence"
_BOTH_IF_DENIED: Final = (_INCONTINENCE, "sphincters")
_NUMB: Final = ("sensory_level", "saddle_anaesthesia")
_BY_LEGS: Final = frozenset((
    "falls", "falling", "fell", "fall", "keeps", "recurrent", "multiple", "frequent", "bedbound",
    "bed", "bedridden", "chairbound", "chair", "off", "gone", "going", "stairs", "climb",
))  # fmt: skip
_VERBS: Final = frozenset((
    "power", "feeling", "move", "walk", "stand", "stairs",
))  # fmt: skip
_PARTS: Final = frozenset((
    "arm", "arms", "hand", "foot", "leg",
))  # fmt: skip


def read_cord_signs(line: Line, said: Said) -> None:
    legs_weak = False
    lay = list[Item]()
    for item in line.items:
        signs = tuple(_signs(item))
        if item.kind == "func" and item.value == "reflexes" and is_brisk(line, item):
            said.add("cord_signs", ("umn_signs",), item.first, item.last)
            continue
        if item.kind == "func" and item.value == "urine" and is_long_ago(line, item):
            said.add("cord_signs", ("bladder",), item.first, item.last)
        if item.kind == "sign" and item.value == _INCONTINENCE:
            signs = _incontinence(line, item)
        elif signs in (("bladder",), ("bowel",)) and item.kind == "sign":
            signs = _joined_incontinence(line, item, signs)
        if not signs:
            continue
        if item.found and _is_present(item) and not is_of_a_value(line, item):
            if item.kind in ("weak", "power") and item.has("place", "legs", "limbs"):
                legs_weak = True
            if signs == ("gait",) and (
                {line.text(item.first), line.text(item.last - 1)} & _BY_LEGS
            ):
                lay.append(item)
                continue
            said.add("cord_signs", signs, item.first, item.last)
    for item in lay:
        if not legs_weak:
            said.add("cord_signs", ("gait",), item.first, item.last)
        else:
            said.add("cord_signs", (), item.first, item.last)
    for first, last in (*bare_levels(line), *levels_of_touch(line)):
        said.add("cord_signs", ("sensory_level",), first, last)
    for item in line.items:
        said.deny(*_denied(line, item))
    said.found = [
        each for each in said.found if not (each.field == "cord_signs" and not each.value)
    ]
    denied, present = set(said.denials), said.listed("cord_signs")
    open_ones = {
        sign for item in line.items if item.queried and _is_present(item) for sign in _signs(item)
    }
    if not present and not open_ones and denied.issuperset(SIGNS):
        last = max(item.last for item in line.items)
        said.add("cord_signs", (), min(item.first for item in line.items), last)


def _incontinence(line: Line, item: Item) -> tuple[str, ...]:
    """Return bladder, or what is named beside it: "bowels incontinent", "b/b incontinence"."""
    beside = [
        other.value for other in line.of("func")
        if other.last == item.first
        or (other.part == item.part and abs(other.first - item.last) <= 4)
    ]  # fmt: skip
    if "sphincters" in beside or {"bladder", "bowel"} <= {*beside}:
        return "bladder", "bowel"
    return ("bowel",) if "bowel" in beside else ("bladder",)


def _joined_incontinence(line: Line, item: Item, signs: tuple[str, ...]) -> tuple[str, ...]:
    """Return both of "urinary and faecal incontinence"."""
    words = {line.text(n) for n in range(item.first, item.last)}
    joined = line.text(item.first - 1) in ("and", "&", "+", "/")
    if not joined or not words & {"incontinence", "incontinent"}:
        return signs
    other = [o.value for o in line.of("func") if o.last == item.first - 1]
    return (*signs, *(each for each in other if each in ("bladder", "bowel") and each not in signs))


def _is_present(item: Item) -> bool:
    if item.kind == "func":
        return item.state == "lost"
    return not (item.kind == "power" and (item.number or 0) >= 5)


def _signs(item: Item) -> Iterator[str]:
    """Return the signs that an item is if it is there."""
    if item.kind == "sign":
        yield "bladder" if item.value in _BOTH_IF_DENIED else item.value
    elif item.kind == "weak" or (item.kind == "power" and (item.number or 0) < 5):
        if not is_root(item) and {*item.values("place")} != {"back"}:
            yield "weakness"
    elif item.kind == "func" and item.value in ("power", "move") and is_root(item):
        return
    elif item.kind == "func" and item.value in _OF:
        yield from _OF[item.value]
    elif item.kind == "numb" or (item.kind == "func" and item.value == "feeling"):
        place = place_of_numbness(item)
        if place in _NUMB:
            yield place


def _denied(line: Line, item: Item) -> Iterator[str]:
    """Return the signs that an item denies."""
    if item.queried or item.others or item.past:
        return
    if item.kind == "denies_signs":
        yield from _DENIES[item.value]
    elif item.kind == "func":
        yield from _denied_function(line, item)
    elif not item.denied and not (item.kind == "power" and (item.number or 0) >= 5):
        return
    elif item.kind == "sign":
        yield from ("bladder", "bowel") if item.value in _BOTH_IF_DENIED else (item.value,)
    elif item.kind in ("weak", "power"):
        if not _is_partly(item):
            yield "weakness"
    elif item.kind == "numb":
        yield from _denied_numbness(item)


def _denied_function(line: Line, item: Item) -> Iterator[str]:
    normal = item.state == "normal" or (item.state == "lost" and item.denied)
    if item.state == "organ":
        normal = item.denied
    if item.state == "bare":
        normal = item.denied and item.value not in _VERBS
        if item.value == "continence" and not item.denied and not item.past:
            yield from ("bladder", "bowel")
            return
        if item.value == "faecal_continence" and not item.denied:
            yield "bowel"
            return
    if not normal:
        return
    if item.value == "feeling":
        yield from _denied_numbness(item)
    elif item.value == "neuro":
        yield from _DENIES["neuro"]
    elif item.value == "reflexes":
        if item.state == "normal":
            yield "umn_signs"
    elif item.value == "continence":
        yield from ("bladder", "bowel")
    elif item.value in ("power", "move"):
        if not _is_partly(item):
            yield "weakness"
    elif item.value in ("stand", "stairs"):
        return
    elif item.value == "control" and line.text(item.last - 2) == "sphincter":
        yield from ("bladder", "bowel")
    else:
        yield from _OF[item.value]


def _denied_numbness(item: Item) -> Iterator[str]:
    places = {*item.values("place")}
    if "saddle" in places:
        yield "saddle_anaesthesia"
        if not places - {"saddle"} and not item.has("including"):
            return
        places -= {"saddle"}
    if not item.has("side", "left", "right") and not places & _PARTS:
        yield "sensory_level"
        if not places - {"saddle"}:
            yield "saddle_anaesthesia"


def _is_partly(item: Item) -> bool:
    """Return whether only a part of the body is spoken of: one side, an arm."""
    places = {*item.values("place")}
    return item.has("side", "left", "right") or bool(
        places and places <= {"arm", "arms", "hand", "foot", "elsewhere"}
    )
