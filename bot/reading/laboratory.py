"""Reads measured values: potassium, calcium, albumin, eGFR, a full bladder. Units are converted."""

from typing import Final

from bot.reading.bladder_volume import (
    FULL_BLADDER_FROM_ML,
    NOT_OF_THE_BLADDER,
    read_bladder_volume,
)
from bot.reading.line import Item, Line
from bot.reading.marks import Mark
from bot.reading.measured import ML_A_LITRE, VOLUMES, number_behind
from bot.reading.said import Said

MMOL_L_PER_MG_DL: Final = 1 / 4.008
MG_DL_FROM: Final = 5.0
MG_DL_TO: Final = 20.0
G_DL_BELOW: Final = 10.0
_ADJUSTED: Final = ("adj", "adjusted", "corrected", "corr", "korr", "korrigiert")
_RAISED_ABOVE: Final = {"potassium": 5.0, "calcium": 2.55}
_COUNTED_IF_LOST: Final = ("potassium", "egfr")
_PLACES: Final = ("ward", "bay", "block", "unit", "vit", "vitamin", "wing", "level")
_GENE: Final = ("exon", "ex", "t", "l")
_DRUG_UNITS: Final = ("g", "gm", "mg", "ml", "mls", "cm", "mcg", "units", "iu", "mmhg")
_FALLING: Final = ("fell", "falling", "fall", "fallen", "falls", "dropped", "dropping")
_RANGES: Final = {
    "potassium": (1.0, 12.0), "albumin": (5.0, 70.0), "egfr": (0.0, 200.0), "calcium": (0.5, 5.0),
}  # fmt: skip
_FIELDS: Final = {"adjusted_calcium": "calcium"}
_OF_VOLUME: Final = ("ml", "litre")
_WITHOUT_VALUE: Final = (
    "pending", "awaited", "raised", "high", "low", "normal", "ok", "up", "down", "checked",
)  # fmt: skip
_A: Final = frozenset(("/", "per", "a", "daily"))
_DAY: Final = frozenset(("day", "d", "24h", "tag", "dag", "daily", "24"))
_BEFORE_ABOUT: Final = ("", ",", ".", ";", "for", "since", "pain", "weak", "seit", "x")
_NEAR: Final = 3


def read_laboratory(line: Line, said: Said) -> None:
    for n, m in enumerate(line.marks):
        if m.kind != "lab" or m.value == "other":
            continue
        number = number_behind(line, n)
        if number is None or _is_something_else(line, m, *number):
            continue
        value, unit, last = number
        line.measured.add(m.first)
        field = _FIELDS.get(m.value, m.value)
        if field == "calcium" and _is_ionised(line, m, last):
            continue
        if m.value in VOLUMES:
            volume = m.value == "residual" or unit in _OF_VOLUME
            if volume and _ml(value, unit) >= FULL_BLADDER_FROM_ML:
                said.add("cord_signs", ("bladder",), m.first, last)
        elif (converted := _converted(field, value, unit)) is not None:
            said.found = [each for each in said.found if each.field != field]
            said.add(field, converted, m.first, last)
    said.unclear += [
        line.text(m.first)
        for m in line.marks_of("lab")
        if m.value in _COUNTED_IF_LOST and m.first not in line.measured and _has_number(line, m)
    ]
    _read_adjusted(line, said)
    if any(
        m.value == "adjusted_calcium" and m.first in line.measured for m in line.marks_of("lab")
    ):
        said.found = [each for each in said.found if each.field != "albumin"]
    read_bladder_volume(line, said)
    line.items = [
        i for i in line.items if not (_is_laboratory(line, i) or _is_a_falling_value(line, i))
    ]
    _read_pth(line, said)


def _has_number(line: Line, m: Mark) -> bool:
    """Return whether a number stands behind a value's name that was not read as its value."""
    near = [o for o in line.between(m.last, m.last + 2 * _NEAR) if o.part == m.part]
    named = line.text(m.first - 1) not in _PLACES
    return named and any(o.kind in ("number", "score") for o in near)


def _read_adjusted(line: Line, said: Said) -> None:
    """Take "Ca 2.9 (adj)" as adjusted: the word stands behind the value."""
    values = [each for each in said.found if each.field == "calcium"]
    for each in values[:1]:
        for n in range(each.last, each.last + _NEAR):
            if line.text(n) in _ADJUSTED:
                line.read_too.add(n)
                said.found = [other for other in said.found if other.field != "albumin"]


def _is_something_else(line: Line, m: Mark, value: float, unit: str, last: int) -> bool:
    """Return whether "ca" before a number is cancer, or a volume is that of a day."""
    before = line.tokens[m.first - 1 : m.first]
    if (
        before
        and line.tokens[m.first].glued
        and (before[0].text == "-" or before[0].kind == "number")
    ):
        return True
    paired = line.text(m.first - 1) == "/" and line.text(m.first - 2).isalpha()
    if paired or line.text(m.first - 1) in _PLACES:
        return True
    if line.text(m.first).startswith("hyper"):
        return value <= _RAISED_ABOVE[m.value]
    if m.value == "egfr":
        return line.text(last - 2) in _GENE
    if m.value in ("calcium", "potassium") and unit == "other":
        return line.text(last) in _DRUG_UNITS
    if m.value == "catheterised":
        near = {line.text(n) for n in range(m.first - _NEAR, last + _NEAR)}
        return bool(near & NOT_OF_THE_BLADDER)
    if m.value == "residual":
        words = {line.text(n) for n in range(last, last + 4)}
        return bool(words & _DAY and words & _A)
    if m.value != "calcium" or line.text(m.first) != "ca" or m.last - m.first > 1:
        return False
    organ = any(o.kind in ("organ", "disease") and o.last == m.first for o in line.in_part(m.part))
    return organ or not (unit in ("mg_dl", "mmol_l") or value <= MG_DL_TO)


def _is_ionised(line: Line, m: Mark, last: int) -> bool:
    return any(
        o.value == "ionised_calcium" and 0 <= o.first - last <= _NEAR for o in line.in_part(m.part)
    )


def _ml(value: float, unit: str) -> float:
    return value * ML_A_LITRE if unit == "litre" else value


def _converted(field: str, value: float, unit: str) -> float | None:
    """Return a value in the unit of the case; None if it is in no range that a field takes."""
    if field == "calcium" and (
        unit == "mg_dl" or (MG_DL_FROM < value <= MG_DL_TO and unit != "mmol_l")
    ):
        value = round(value * MMOL_L_PER_MG_DL, 2)
    if field == "albumin" and (unit == "g_dl" or value < G_DL_BELOW):
        value = round(value * 10, 1)
    if field not in _RANGES or (field == "potassium" and unit not in ("", "mmol_l")):
        return None
    low, high = _RANGES[field]
    return value if low <= value <= high else None


def _is_laboratory(line: Line, item: Item) -> bool:
    """Return whether a word for cancer is calcium: with a value, or beside laboratory words."""
    if item.kind not in ("cancer", "disease"):
        return False
    if item.first in line.measured:
        return True
    if line.text(item.first) != "ca" or item.last - item.first > 1:
        return False
    if _is_about(line, item.last):
        return True
    organ = any(
        o.kind == "organ" and min(abs(o.last - item.first), abs(o.first - item.last)) <= 1
        for o in line.items_near(item)
    )
    bare = not organ and line.text(item.first - 1) in _BEFORE_ABOUT
    if bare and any(m.kind == "span" for m in line.at(item.last)):
        return True
    labs = any(m.first != item.first and m.clause == item.clause for m in line.marks_of("lab"))
    return not organ and (labs or line.text(item.last) in _WITHOUT_VALUE)


def _is_a_falling_value(line: Line, item: Item) -> bool:
    """Return whether what falls is a value, not the patient: "eGFR fell from 40 to 22"."""
    if item.kind != "sign" or line.text(item.first) not in _FALLING:
        return False
    before = item.first - (line.text(item.first - 1) in ("has", "is", "was", "now", "had"))
    return any(m.last == before for m in line.marks_of("lab"))


def _is_about(line: Line, n: int) -> bool:
    """Return whether "ca" says about how much: "ca. 3 days"."""
    after = n + (line.text(n) == ".")
    return any(m.kind in ("span", "number") for m in line.at(after)) and after > n


def _read_pth(line: Line, said: Said) -> None:
    """Read parathyroid hormone as a multiple of the upper limit: "PTH 9 x ULN"."""
    for m in line.marks_of("unit"):
        if m.value != "uln" or said.has("pth_times_uln"):
            continue
        pth = any(o.value == "pth" and o.clause == m.clause for o in line.marks_of("lab"))
        for number in line.in_part(m.part):
            if pth and number.kind == "number" and 0 <= m.first - number.last <= 1:
                said.add("pth_times_uln", number.number, number.first, m.last)
