"""Reads measured values: potassium, calcium, albumin, eGFR, a full bladder. Units are converted."""

from typing import Final

from bot.reading.line import Item, Line
from bot.reading.marks import Mark
from bot.reading.measured import number_behind
from bot.reading.said import Said

MMOL_L_PER_MG_DL: Final = 1 / 4.008
FULL_BLADDER_FROM_ML: Final = 200.0
MG_DL_FROM: Final = 5.0
MG_DL_TO: Final = 20.0
G_DL_BELOW: Final = 10.0
_ML_A_LITRE: Final = 1000.0
_RANGES: Final = {
    "potassium": (1.0, 12.0), "albumin": (5.0, 70.0), "egfr": (0.0, 200.0), "calcium": (0.5, 5.0),
}  # fmt: skip
_FIELDS: Final = {"adjusted_calcium": "calcium"}
_VOLUMES: Final = ("residual", "catheterised")
_ML: Final = ("ml", "litre")
_WITHOUT_VALUE: Final = (
    "pending", "awaited", "raised", "high", "low", "normal", "ok", "up", "down", "checked",
)  # fmt: skip
_A: Final = frozenset(("/", "per", "a", "daily"))
_DAY: Final = frozenset(("day", "d", "24h", "tag", "dag", "daily", "24"))
_OUT: Final = ("out", "drained")
_LITRES: Final = ("l", "litre", "litres")
_VOLUME_UNITS: Final = ("ml", "mls", "cc", *_LITRES)
_IN: Final = ("in", "on", "within")
_NEAR: Final = 3


def read_laboratory(line: Line, said: Said) -> None:
    for n, m in enumerate(line.marks):
        if m.kind != "lab" or m.value == "other":
            continue
        number = number_behind(line, n) or _volume_before(line, m)
        if number is None or _is_something_else(line, m, *number):
            continue
        value, unit, last = number
        line.measured.add(m.first)
        field = _FIELDS.get(m.value, m.value)
        if field == "calcium" and _is_ionised(line, m, last):
            continue
        if m.value in _VOLUMES:
            if (m.value == "residual" or unit in _ML) and _ml(value, unit) >= FULL_BLADDER_FROM_ML:
                said.add("cord_signs", ("bladder",), m.first, last)
        elif (converted := _converted(field, value, unit)) is not None:
            said.found = [each for each in said.found if each.field != field]
            said.add(field, converted, m.first, last)
    if any(
        m.value == "adjusted_calcium" and m.first in line.measured for m in line.marks_of("lab")
    ):
        said.found = [each for each in said.found if each.field != "albumin"]
    _read_drained(line, said)
    _read_in_bladder(line, said)
    line.items = [item for item in line.items if not _is_laboratory(line, item)]
    _read_pth(line, said)


def _volume_before(line: Line, m: Mark) -> tuple[float, str, int] | None:
    """Return the volume before a catheter or a scan: "900 ml on catheterising"."""
    if m.value not in _VOLUMES:
        return None
    for number in line.in_part(m.part):
        near = 0 < m.first - number.last <= _NEAR + 1
        if number.kind == "number" and near and line.text(number.last) in _VOLUME_UNITS:
            unit = "litre" if line.text(number.last) in _LITRES else "ml"
            return number.number or 0.0, unit, m.last
    return None


def _read_drained(line: Line, said: Said) -> None:
    """Read what a catheter has drained: "foley in, 1.1 L out"."""
    catheters = (*line.marks_of("lab"), *line.marks_of("not_access"))
    parts = {
        m.part for m in catheters if m.value == "catheterised" or "catheter" in line.text(m.first)
    }
    for m in line.marks_of("number"):
        near = bool(parts & {m.part, m.part - 1})
        if near and line.text(m.last + 1) in _OUT and line.text(m.last) in _VOLUME_UNITS:
            litre = line.text(m.last) in _LITRES
            if _ml(m.number or 0.0, "litre" if litre else "ml") >= FULL_BLADDER_FROM_ML:
                said.add("cord_signs", ("bladder",), m.first, m.last + 2)


def _read_in_bladder(line: Line, said: Said) -> None:
    """Read "700 ml in bladder", "1 litre in his bladder"."""
    for m in line.marks_of("number"):
        unit = line.text(m.last)
        there = m.last + (unit in _VOLUME_UNITS)
        words = [line.text(n) for n in range(there, there + 4)]
        value = _ml(m.number or 0.0, "litre" if unit in _LITRES else "ml")
        if words[0] in _IN and "bladder" in words and value >= FULL_BLADDER_FROM_ML:
            line.measured.add(m.first)
            said.add("cord_signs", ("bladder",), m.first, there + words.index("bladder") + 1)


def _is_something_else(line: Line, m: Mark, value: float, unit: str, last: int) -> bool:
    """Return whether "ca" before a number is cancer, or a volume is that of a day."""
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
    return value * _ML_A_LITRE if unit == "litre" else value


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
    labs = any(m.first != item.first and m.clause == item.clause for m in line.marks_of("lab"))
    return not organ and (labs or line.text(item.last) in _WITHOUT_VALUE)


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
