"""Reads how full a bladder is: "900 ml on the bladder scan", "foley in, 1.1 L out"."""

from typing import Final

from bot.reading.line import Line
from bot.reading.marks import Mark
from bot.reading.measured import LITRES, MILLILITRES, ML_A_LITRE
from bot.reading.said import Said

FULL_BLADDER_FROM_ML: Final = 200.0
_A_YEAR: Final = 1900.0
_MOST_LITRES: Final = 5.0
_UNITLESS: Final = ("residual", "out", "post", "drained", "in")
_PASSED: Final = frozenset(("cathed", "catheterised", "catheterized"))
_BEHIND: Final = 7
_BEFORE: Final = 4
_BLADDER: Final = frozenset(
    ("bladder", "residual", "pvr", "void", "retention", "catheter", "foley", "cath")
)
_OUT: Final = frozenset(("drained", "out"))
_CATHETERS: Final = frozenset((
    "catheterised", "catheterized", "cathed", "catheter", "foley", "cath", "catheterising", "idc",
    "catheterisation",
))  # fmt: skip
NOT_OF_THE_BLADDER: Final = frozenset((
    "day", "daily", "d", "24h", "saline", "bolus", "fluid", "fluids", "uf", "ascites", "ascitic",
    "pleural", "chest", "abscess", "drank", "intake", "blood", "infusion", "given", "hd", "drain",
    "tag", "dag", "iv", "output", "paracentesis", "makes", "passes", "voids", "voided", "passed",
    "produces", "diuresis", "restdiurese",
))  # fmt: skip


def read_bladder_volume(line: Line, said: Said) -> None:
    for m in line.marks_of("number"):
        ml = _ml(line, m)
        if ml < FULL_BLADDER_FROM_ML:
            continue
        words = [line.text(n) for n in range(m.last, m.last + _BEHIND) if _is_here(line, n, m)]
        before = [line.text(n) for n in range(m.first - _BEFORE, m.first) if _is_here(line, n, m)]
        if NOT_OF_THE_BLADDER & {*words, *before}:
            continue
        out = bool(_OUT & {*words[:3], *before})
        passed = bool(_PASSED & {*before})
        if _BLADDER & {*words, *before} or out or passed or _is_of_catheter(line, m):
            said.add("cord_signs", ("bladder",), m.first, m.last + 1)


def _ml(line: Line, m: Mark) -> float:
    """Return a number in mL; 0 where no volume is meant."""
    value, unit = m.number or 0.0, line.text(m.last)
    if unit in LITRES:
        return value * ML_A_LITRE if value <= _MOST_LITRES else 0.0
    passed = line.text(m.first - 2) in _PASSED and line.text(m.first - 1) in ("for", ",", "-")
    bare = (passed or unit in _UNITLESS) and FULL_BLADDER_FROM_ML <= value < _A_YEAR
    return value if unit in MILLILITRES or bare else 0.0


def _is_here(line: Line, n: int, m: Mark) -> bool:
    """Return whether a token stands in the comma part of a mark."""
    return 0 <= n < len(line.parts) and line.parts[n] == m.part


def _is_of_catheter(line: Line, m: Mark) -> bool:
    """Return whether the part before speaks of a catheter passed: "catheterised, 900 ml"."""
    before = {line.text(n) for o in line.in_part(m.part - 1) for n in range(o.first, o.last)}
    return bool(before & _CATHETERS) and not before & (NOT_OF_THE_BLADDER - {"passed"})
