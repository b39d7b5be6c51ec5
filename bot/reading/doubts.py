"""Says where a reading took the worse of two meanings, or left a finding out."""

from collections.abc import Iterator

from bot.reading.kinds import NEURO
from bot.reading.line import Item, Line
from bot.reading.said import Said

_ONE_LIMB = ("leg", "foot", "arm", "hand")
_BEFORE_A_TOTAL = ("score", "total", "of", "is", "was", ":", "=", "points", "approx", "~")
_FAR = 5


def doubts_of(line: Line, said: Said) -> tuple[str, ...]:
    """Return the doubts about a reading, each once."""
    return tuple(dict.fromkeys(_doubts(line, said)))


def _doubts(line: Line, said: Said) -> Iterator[str]:
    signs = said.listed("cord_signs")
    for item in line.items:
        if item.kind not in NEURO or item.denied:
            continue
        if item.found:
            if "weakness" in signs and item.kind in ("weak", "power") and _is_one_limb(item):
                yield "weak_limb"
            if item.kind == "numb" and not item.has("place") and not item.has("level"):
                yield "place"
        elif item.queried:
            yield "asked"
        elif item.others:
            yield "others"
        elif item.past:
            yield "past"
    if any(_is_a_total(line, n) for n, word in enumerate(line.words) if word == "sins"):
        yield "sins_total"
    stable = any(item.has("trend") for item in line.items)
    if said.value("radicular_deficit") == "unilateral_progressive" and not stable:
        yield "trend"


def _is_a_total(line: Line, n: int) -> bool:
    """Return whether SINS is given as a total, "SINS 13": it settles no item."""
    end = n + 1
    while line.text(end) in _BEFORE_A_TOTAL and end < n + _FAR:
        end += 1
    return line.text(end).isdigit()


def _is_one_limb(item: Item) -> bool:
    places = {*item.values("place")}
    arm_and_leg = places & {"arm", "hand"} and places & {"leg", "foot"}
    one = bool(places) and places <= {*_ONE_LIMB} and not arm_and_leg
    return one and not item.has("side", "both")
