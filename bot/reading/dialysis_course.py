"""Says whether dialysis is had now: not refused, planned or over."""

from typing import Final

from bot.reading.line import Item, Line

_NEAR: Final = 3
_FAR: Final = 8
_NOT_YET: Final = frozenset((
    "refuses", "refused", "refusing", "declines", "declined", "declining", "decline",
    "refuse", "against", "considering", "consider", "planned", "planning", "awaiting",
    "awaits", "awaited", "starting", "starts", "start", "needing", "needs", "need", "will",
    "would", "future", "discuss", "discussing", "discussion", "discussed", "counselling",
    "counselled", "counseling", "keen", "heading", "close", "nearing", "approaching",
    "towards", "conservative", "conservatively", "vs", "versus", "preparing", "prep",
    "wants", "works", "turned", "may", "might", "soon", "without", "opted", "initiate",
    "initiating", "education", "want", "ever", "before", "avoid", "offered", "if",
))  # fmt: skip
_REFUSED: Final = frozenset((
    "refused", "declined", "refuses", "declines", "missed", "needs", "need", "wants", "want",
))  # fmt: skip
_FORMERLY: Final = frozenset(
    ("was", "were", "previously", "formerly", "used", "ex", "had", "temporary")
)
_OVER: Final = frozenset((
    "until", "stopped", "off", "withdrew", "withdrawn", "ended", "ceased", "discontinued", "till",
    "recovered", "weaned", "once",
))  # fmt: skip
_STILL: Final = frozenset(
    ("when", "while", "today", "yesterday", "this", "last", "early", "now", "since")
)
_RETURNED: Final = frozenset(("back", "again", "restarted", "recommenced", "resumed", "returned"))
_AGAIN_FAILED: Final = frozenset(("failed", "failing", "rejected", "lost", "failure"))
_TRANSPLANTS: Final = frozenset((
    "transplant", "transplanted", "tx", "ntx", "tpx", "txp", "graft", "transplantation",
))  # fmt: skip
_DAY: Final = 1.0


def is_not_yet(line: Line, item: Item) -> bool:
    """Return whether dialysis is refused, planned or only spoken of: "CKD5 refuses dialysis".

    Who refuses a session today is on dialysis.
    """
    words = _around(line, item)
    cues = words & _NOT_YET
    if line.text(item.first - 1) == "for" and line.text(item.first - 2) == "not":
        cues |= {"not"}
    if not cues or words & _RETURNED or _is_used(line):
        return False
    return not (cues <= _REFUSED and _is_lately(line, item))


def is_overdue(line: Line, item: Item) -> bool:
    """Return whether only the last session is denied: "not had HD since Friday"."""
    had = "had" in {line.text(n) for n in range(item.first - 2, item.first)}
    return had and any(
        m.kind in ("since", "moment") for m in line.between(item.last, item.last + 2)
    )


def is_over(line: Line, item: Item) -> bool:
    """Return whether dialysis has ended: "was on HD, transplanted 2018", "off dialysis"."""
    words = _around(line, item)
    before = {line.text(n) for n in range(item.first - _NEAR - 1, item.first)}
    if words & _RETURNED or _is_used(line):
        return False
    after = {line.text(n) for n in range(item.last, item.last + _NEAR)}
    over = words & _OVER and not (words & {"early"} or _is_lately(line, item))
    former = before & _FORMERLY and not (after & _STILL or _is_lately(line, item))
    once = bool({"before", "after"} & {*words, *before})
    return bool(over or former) or (once and _is_transplanted(line))


def _around(line: Line, item: Item) -> set[str]:
    """Return the words near an item, within its comma part."""
    near = (*range(item.first - _NEAR, item.first), *range(item.last, item.last + _NEAR))
    return {
        line.text(n) for n in near if all(m.part == item.part for m in line.at(n)[:1])
    }  # fmt: skip


def _is_used(line: Line) -> bool:
    """Return whether the line says when or how the patient dialyses."""
    return line.has("days") or line.has("weekly")


def _is_lately(line: Line, item: Item) -> bool:
    return any(
        m.kind in ("moment", "span") and m.number is not None and m.number <= _DAY
        for m in line.between(item.first - _FAR, item.last + _FAR) if m.part == item.part
    )  # fmt: skip


def _is_transplanted(line: Line) -> bool:
    words = {*line.words}
    return bool(words & _TRANSPLANTS) and not words & _AGAIN_FAILED
