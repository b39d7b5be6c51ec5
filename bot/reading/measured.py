"""Finds the number and the unit that stand behind a word: "K was 6.4, now 5.2 mmol/l"."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from bot.reading.line import Line
from bot.reading.marks import Mark

FEVER_FROM: Final = 38.0
NO_FEVER_BELOW: Final = 37.5
CRP_RAISED_FROM: Final = 20.0
CRP_NORMAL_BELOW: Final = 10.0
_NEAR: Final = 4
ML_A_LITRE: Final = 1000.0
LITRES: Final = ("l", "litre", "litres", "liter", "liters")
MILLILITRES: Final = ("ml", "mls", "cc")
VOLUMES: Final = ("residual", "catheterised")
_NUMBERS: Final = ("number", "year", "score")
_TRANSPARENT: Final = frozenset((
    "unit", "moment", "now", "and", "past", "trend", "loss", "normal", "scan", "scan_done",
    "weekly", "neg_used", "for", "since", "date", "clock", "span", "big", "other_pain",
    "place", "again",
))  # fmt: skip
_ON: Final = ("unit", "now", "and", "moment")
_MOST: Final = 16
_FALLING: Final = (
    "raised", "elevated", "high", "low", "up", "back", "fell", "falling", "fallen", "dropped",
    "dropping", "risen", "went", "came",
)  # fmt: skip
_BEFORE_ANOTHER: Final = ("(", "now")
_TODAY: Final = ("today", "now", "currently", "tonight")
_OF_A_RANGE: Final = ("-", "to")
_FORMER: Final = frozenset(("was", "from", "previously", "prev", "baseline", "yesterday", "before"))
_NO_VALUE: Final = frozenset(("pm", "am", "h", "hrs", "units", "iu", "mg", "g", "ml", "mls", "%"))
_BODY_HEAT: Final = (34.0, 43.0)
_FAHRENHEIT: Final = (95.0, 109.0)
_MG_L_PER_MG_DL: Final = 10.0


def number_behind(line: Line, n: int) -> tuple[float, str, int] | None:
    """Return the last number of a run behind a mark, its unit, and where it ends."""
    m, found = line.marks[n], None
    end, dated = m.last, False
    for after in islice(line.marks, n + 1, n + 1 + _MOST):
        if after.first < end:
            continue
        if after.first - end > _NEAR or after.clause != m.clause or after.part > m.part + 2:
            break
        if after.kind in _NUMBERS and after.number is not None:
            apart = after.part != m.part or dated
            if apart and not _goes_on(line, after, found is not None):
                break
            if found and not apart and _is_another(line, end, after):
                break
            found = (after.number, _unit(line, after.last), after.last)
        elif after.kind in _TRANSPARENT or line.text(after.first) in _FALLING:
            dated |= after.kind == "moment"
            if found and after.kind not in _ON:
                break
        elif not (after.kind == "lab" and (after.value == m.value or (
            after.value == "other" and m.value in VOLUMES)
        )):  # fmt: skip
            break
        end = after.last
    return found


def _goes_on(line: Line, number: Mark, found: bool) -> bool:
    """Return whether a number in another comma part is the value still: "(now 5.2)"."""
    before = line.text(number.first - 1)
    today = any(m.kind in ("now", "moment") for m in line.at(number.last))
    if before == "(":
        return not (line.text(number.last) in _OF_A_RANGE or today)
    if before in _TODAY:
        return True
    return before in _BEFORE_ANOTHER or (found and today) or (not found and before != ",")


def _is_another(line: Line, end: int, number: Mark) -> bool:
    """Return whether a number behind a value is of something else, or older: "7.1 2pm"."""
    between = {line.text(n) for n in range(end, number.first)}
    return not between or bool(between & _FORMER) or line.text(number.last) in _NO_VALUE


def _unit(line: Line, n: int) -> str:
    """Return the unit at a token: mg_dl, g_dl, mmol_l, ml, litre, min, other or ""."""
    text = line.text(n)
    if text in LITRES:
        return "litre"
    if text in MILLILITRES:
        return "min" if line.text(n + 2) == "min" else "ml"
    return next((m.value for m in line.at(n) if m.kind == "unit"), "")


def infection_value(line: Line, kind: str, first: int) -> float | None:
    """Return the temperature in °C or the CRP in mg/L whose word begins at a token."""
    n = next(n for n, m in enumerate(line.marks) if m.first == first and m.kind == kind)
    number = number_behind(line, n)
    if number is None:
        return None
    value, unit, _ = number
    if kind == "crp":
        return value * _MG_L_PER_MG_DL if unit == "mg_dl" else value
    return _celsius(value)


def heats(line: Line) -> Iterator[tuple[float, Mark]]:
    """Return body temperatures in °C that are written with a bare T: "T 38.4"."""
    for number in line.marks_of("number"):
        value = number.number or 0.0
        heat = any(low <= value <= high for low, high in (_BODY_HEAT, _FAHRENHEIT))
        if line.text(number.first - 1) == "t" and heat:
            line.read_too.add(number.first - 1)
            yield _celsius(value), number


def _celsius(value: float) -> float:
    return (value - 32) / 1.8 if value >= _FAHRENHEIT[0] else value
