"""Reads signs of infection. They are denied only by temperature and CRP together."""

from typing import Final

from bot.reading.line import Item, Line
from bot.reading.measured import (
    CRP_NORMAL_BELOW,
    CRP_RAISED_FROM,
    FEVER_FROM,
    NO_FEVER_BELOW,
    heats,
    infection_value,
)
from bot.reading.said import Said

_FEVER: Final = frozenset(("fever", "fevers", "febrile", "pyrexia", "pyrexial", "temps"))
_HAS: Final = ("has", "have", "had", "got", "running", "ran", "spiking", "developed", "with")
_LIMITS: Final = {
    "temperature": (FEVER_FROM, NO_FEVER_BELOW),
    "crp": (CRP_RAISED_FROM, CRP_NORMAL_BELOW),
}


def read_infection(line: Line, said: Said) -> None:
    there, normal, denied = list[tuple[int, int]](), set[str](), False
    for item in line.of("infection", "temperature", "crp"):
        if item.queried or item.past or item.others:
            continue
        if item.kind == "infection" and item.denied:
            denied = True
            normal |= {"temperature"} if line.text(item.first) in _FEVER else set()
        elif item.kind == "infection" or _level(line, item) == "raised":
            there.append((item.first, item.last))
        elif item.value == "both":
            normal |= {*_LIMITS}
        elif _level(line, item) == "normal":
            normal.add(item.kind)
    for value, m in heats(line):
        if value >= FEVER_FROM:
            there.append((m.first, m.last))
        elif value < NO_FEVER_BELOW:
            normal.add("temperature")
    if there:
        said.add("infection_signs", True, *there[0])
    elif normal >= {*_LIMITS} or (denied and _names_tumour(line)):
        said.add("infection_signs", False, 0, 1)
    elif denied or normal:
        said.deny("infection_signs")


def _names_tumour(line: Line) -> bool:
    """Return whether a biopsy names a tumour: with "no infection" that suffices."""
    biopsy = any(line.text(n) in ("biopsy", "histology") for n in range(len(line.tokens)))
    return biopsy and any(i.found for i in line.of("cancer", "disease"))


def _shares_normal(line: Line, item: Item) -> bool:
    """Return whether it is normal by itself or with the other: "CRP and temp both normal"."""
    joined = False
    for m in line.in_part(item.part):
        if m.first < item.last:
            continue
        if m.kind == "normal" or (joined and m.kind in _LIMITS and m.value == "normal"):
            return True
        joined |= m.kind == "and"
        other = joined and m.kind in _LIMITS and m.value == "measured"
        if not (other or m.kind == "and" or m.kind in ("side", "count")):
            return False
    return False


def _level(line: Line, item: Item) -> str:
    """Return whether a temperature or a CRP is normal, raised, or neither that is said."""
    if item.value != "measured":
        return item.value
    value = infection_value(line, item.kind, item.first)
    if value is None and line.text(item.first - 1) == "a" and line.text(item.first - 2) in _HAS:
        return "raised"
    if value is None:
        return "normal" if _shares_normal(line, item) else ""
    raised, low = _LIMITS[item.kind]
    return "raised" if value >= raised else "normal" if value < low else ""
