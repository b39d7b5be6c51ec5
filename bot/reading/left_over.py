"""Finds what a line says of the body that nothing has read: it counts as not read."""

from typing import Final

from bot.reading.line import Line
from bot.reading.marks import Mark
from bot.reading.said import Said

_BODY: Final = frozenset((
    "saddle", "leg", "legs", "foot", "arm", "arms", "hand", "limbs", "trunk",
))  # fmt: skip
_CUES: Final = frozenset(("neg", "unasked", "until"))
_FINDINGS: Final = frozenset(("func", "weak", "numb", "sign", "root_deficit"))
_FAILS: Final = frozenset(("loss", "problem"))
_GRADES: Final = frozenset(("asia", "walking", "number", "score", "power", "func"))
_WORSE: Final = frozenset(("worse", "worsening", "worsened", "deteriorating", "deteriorated"))
_MOST: Final = 12  # marks in a part that says no more
_LONGEST_DAYS: Final = 14.0


def left_over(line: Line, said: Said) -> list[str]:
    """Return a word for each denial, loss, limb and short time that belongs to nothing read."""
    owned = {id(m) for item in line.items for m in item.marks}
    read = {n for item in line.items for n in range(item.first, item.last)}
    read |= {n for value in said.found for n in range(value.first, value.last)}
    read |= line.measured | line.read_too | line.cues
    graded = {m.part for m in line.marks if m.kind in _GRADES}
    over = {
        m.first: line.text(m.first)
        for m in line.marks
        if id(m) not in owned
        and read.isdisjoint(range(m.first, m.last))
        and all(other.kind in (*_CUES, m.kind) for other in line.at(m.first))
        and _matters(line, m, graded)
    }
    return [*over.values(), *line.asked]


def _matters(line: Line, m: Mark, graded: set[int]) -> bool:
    if m.kind == "place":
        return m.value in _BODY and not _is_well(line, m)
    if m.kind == "trend":
        return m.value == "worse" and line.text(m.first) in _WORSE
    if m.kind == "span":
        return (m.number or 0) <= _LONGEST_DAYS and m.part not in graded
    if m.kind == "until":
        return any(o.kind in _FINDINGS for o in line.in_part(m.part))
    if m.kind in _CUES:
        return not _is_an_answer(line, m)
    return m.kind in _FAILS and not any(o.kind == "access" for o in line.in_part(m.part))


def _is_well(line: Line, m: Mark) -> bool:
    """Return whether a limb is only said to be normal: "left leg fine"."""
    kinds = {o.kind for o in line.in_part(m.part)[:_MOST]}
    return "normal" in kinds and kinds.isdisjoint(_FAILS | _CUES)


def _is_an_answer(line: Line, m: Mark) -> bool:
    """Return whether a denial only answers, or ends an alternative: "numb? no, …", "or not"."""
    after = m.last < len(line.tokens) and line.tokens[m.last].kind != "sign"
    return not after or line.text(m.first - 1) == "or"
