"""Reads whether there is a cancer: known, suspected or none."""

from typing import Final

from bot.reading.line import Item, Line
from bot.reading.primary import find_primaries, nearest
from bot.reading.said import Said

_LONG_AGO_DAYS: Final = 5 * 365
_PROVEN: Final = ("known", "diagnosed", "dx", "confirmed", "proven")
# These say of themselves that a cancer is gone; others, such as "resected", only beside it.
_REMISSION: Final = frozenset((
    "remission", "cured", "ned", "geheilt", "remissie", "disease", "cancer", "tumour", "tumor",
    "complete", "curatively", "treated", "no", "nothing", "given", "got", "discharged", "all", "in",
))  # fmt: skip


def read_cancer(line: Line, said: Said) -> None:
    primaries = find_primaries(line)
    if primary := primaries.first():
        value, item = primary
        said.add("primary", value, item.first, item.last)
    if primaries.evidence:
        first, last = primaries.evidence[0].first, primaries.evidence[0].last
        said.add("cancer", _status(line, primaries.evidence), first, last)
        return
    unproven = [m for m in line.marks_of("cancer") if m.value == "unproven"]
    none = [i for i in line.of("cancer") if i.value == "none" and not i.others]
    if unproven:
        said.add("cancer", "suspected", unproven[0].first, unproven[0].last)
    elif none := none or _denied(line):
        said.add("cancer", "none", none[0].first, none[0].last)


def _denied(line: Line) -> list[Item]:
    """Return the words for cancer at all that are denied: not those of one organ."""
    organs = {id(organ) for organ in line.of("organ")}
    return [
        item
        for item in line.of("cancer")
        if item.value == "known" and item.denied and nearest(line, item, organs) is None
    ]


def _status(line: Line, evidence: list[Item]) -> str:
    """Return known or suspected: a query, the past and a remission are suspicions."""
    sure = [item for item in evidence if item.found and not _is_long_ago(item)]
    if any(item.value == "mets" for item in sure):
        return "known"
    words, parts = line.marks_of("cancer"), {item.part for item in evidence}
    gone = any(
        m.value == "remission"
        and (line.text(m.first) in _REMISSION or parts & {m.part - 1, m.part, m.part + 1})
        for m in words
    )
    active = any(
        m.value == "active" and m.part in parts and line.text(m.first) not in _PROVEN for m in words
    )
    unproven = any(m.value == "unproven" for m in words) and not active
    return "known" if sure and not gone and not unproven else "suspected"


def _is_long_ago(item: Item) -> bool:
    return item.has("ago") and (item.days or 0) >= _LONG_AGO_DAYS
