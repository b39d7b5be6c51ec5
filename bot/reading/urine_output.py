"""Reads whether a dialysed patient still passes urine."""

from collections.abc import Iterator
from typing import Final

from bot.reading.kinds import TIMES
from bot.reading.line import Item, Line
from bot.reading.marks import DAYS
from bot.reading.measured import LITRES, MILLILITRES
from bot.reading.said import Said

_OPEN: Final = ("uo", "urine", "diuresis", "diurese")
_DECIDING: Final = ("number", "normal", "loss", "neg")
_MAKES: Final = frozenset((
    "makes", "passes", "urinates", "pees", "voids", "diuresis", "produces", "making", "passing",
    "restdiurese", "urine",
))  # fmt: skip
_A: Final = ("/", "per", "a")
_DAY: Final = ("d", "day", "24", "24h", "tag", "dag")
_FORMERLY: Final = ("previously", "was", "formerly", "prev", "previous")
_IN_THE_BLADDER: Final = frozenset(("pvr", "residual", "scan", "retention", "out"))


def read_urine_output(line: Line, said: Said) -> None:
    dialysed = said.value("renal") in ("haemodialysis", "peritoneal")
    if dry := next(_dry(line), None):
        if dialysed:
            own = ("urine_output", "cord_signs")
            said.found = [
                each for each in said.found
                if each.field not in own or not dry.first <= each.first < dry.last
            ]  # fmt: skip
            said.denials = [name for name in said.denials if name != "bladder"]
            said.add("urine_output", "anuric", dry.first, dry.last)
        return
    for item in line.of("urine_output"):
        former = item.past and line.text(item.first - 1) in _FORMERLY
        if item.queried or former or item.others or item.first in line.measured:
            continue
        value = _value(line, item)
        if value:
            said.add("urine_output", value, item.first, item.last)
            return
    if dialysed:
        for item in line.of("func", "sign"):
            lost = item.value == "bladder" or (item.value == "urine" and item.state == "lost")
            if lost and (item.days or 0) >= DAYS["year"]:
                said.add("urine_output", "anuric", item.first, item.last)
                return
        _volume(line, said)


def _dry(line: Line) -> Iterator[Item]:
    """Yield urine that is not made at all: "nil urine", "no longer passes urine", untimed."""
    longer = {n for m in line.marks_of("no_longer") for n in (m.first, m.last)}
    for item in line.of("func"):
        if item.value not in ("urine", "bladder") or any(m.kind in TIMES for m in item.marks):
            continue
        none = line.text(item.last - 1) == "urine" and line.text(item.last - 2) in ("nil", "no")
        if none or item.first in longer:
            yield item


def _value(line: Line, item: Item) -> str:
    """Return what a phrase says; "urine output" alone says nothing, "diuresis 0" does."""
    if item.value == "residual" and line.text(item.first) in _OPEN:
        part = [m for m in line.in_part(item.part) if m.first >= item.last]
        after = next((m for m in part if m.kind in _DECIDING), None)
        if after is None or after.kind in ("loss", "neg"):
            return ""
        return "anuric" if after.kind == "number" and after.number == 0 else "residual"
    after = next((m for m in line.at(item.last) if m.kind == "number"), None)
    if item.denied or (after and after.number == 0):
        return "anuric" if item.value == "residual" else "residual"
    return item.value


def _volume(line: Line, said: Said) -> None:
    """Read a volume of urine a day: "makes 200 cc", "400 ml/day"."""
    for m in line.marks_of("number"):
        if line.text(m.last) not in (*MILLILITRES, *LITRES):
            continue
        after = [line.text(n) for n in range(m.last + 1, m.last + 4)]
        before = {line.text(n) for n in range(m.first - 4, m.first)}
        daily = after[0] in _A and after[1] in _DAY
        if (before & _IN_THE_BLADDER and not daily) or "out" in after:
            continue
        if daily or before & _MAKES or "urine" in after:
            said.add("urine_output", "residual" if m.number else "anuric", m.first, m.last)
            return
