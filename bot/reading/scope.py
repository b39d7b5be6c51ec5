"""Decides of each item whether it is there: what is denied, asked, past, or another person's."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from bot.reading.elsewhere import give_away, is_old, put_in_the_past
from bot.reading.kinds import BODY, NEURO
from bot.reading.line import Item, Line
from bot.reading.marks import Mark
from bot.reading.reach import Reach, backward, forward, is_one_disease, joint

_EITHER: Final = ("denied", "nil", "absent", "negative", "neg", "-ve", "(-)")
_ALSO_BEHIND: Final = ("no", "nil", "not", "denied", "kein")
_QUERIED_BEHIND: Final = (
    "possible", "suspected", "queried", "questionable", "likely", "probable", "query",
)  # fmt: skip
_VERSUS: Final = ("vs", "versus")
_ANY: Final = ("any", "is", "are", "does", "has", "have")
_DATED: Final = ("in", "since", "last", "until", "from", "early", "late", "mid", "end", "of", "by")
_LINKS: Final = ("on", "is", "has", "a")
_NEAR: Final = 2
_HEADED: Final = Reach(everything=True, over_commas=True, headed=True)


def decide(line: Line) -> None:
    """Set what is denied, queried, past or another's on the items of a line."""
    for m in line.marks:
        if handle := _CUES.get(m.kind):
            handle(line, m)
    for item in line.items:
        known = item.kind in ("sign", "root_deficit") and line.text(item.first - 1) == "known"
        if is_old(item) or known:
            item.past = True
        if item.has("trend", "worse") and item.kind in BODY:
            item.past = False


def _deny(line: Line, m: Mark) -> None:
    """Take a denial: "no" before a list, "denied" or "-ve" behind or before it."""
    word = line.text(m.first)
    headed = line.text(m.last) == ":"
    reach = _HEADED if headed else Reach()
    covered = list(forward(line, m, reach)) if headed or m.value != "after" else []
    alone = word in _ALSO_BEHIND and line.text(m.first - 1) != "or"
    if (m.value == "after" and not headed) or (not covered and alone):
        covered = list(backward(line, m))
        if not covered and m.value == "after" and word in _EITHER:
            covered = list(forward(line, m))
    if covered:
        line.cues.add(m.first)
    for item in covered:
        item.denied = True


def _query(line: Line, m: Mark) -> None:
    word = line.text(m.first)
    if word == "may" and line.text(m.first - 1) in _DATED:
        return
    if word == "any" and any(a.kind == "neg" and a.first < m.first for a in line.in_part(m.part)):
        return
    if m.value == "after":
        covered = list(backward(line, m))
    else:
        covered = list(forward(line, m, Reach(lists=word in _ANY)))
    if word in _VERSUS:
        covered += [item for item in backward(line, m) if item.kind not in NEURO]
    elif not covered and word in _QUERIED_BEHIND:
        covered = list(backward(line, m))
    for item in covered:
        item.queried = True


def _question(line: Line, m: Mark) -> None:
    for item in _before_which(line, m) if m.value == "before" else _behind_which(line, m):
        item.queried = True


def _before_which(line: Line, m: Mark) -> Iterator[Item]:
    """Return what a question mark stands before, with what "or" joins to it."""
    here = line.items_near(m)
    begin = m.last + (line.text(m.last) in _LINKS)
    asked = next((item for item in here if _begin(item) == begin), None)
    if asked is None:
        return
    yield asked
    for other in here:
        if 0 <= other.first - asked.last <= _NEAR and (
            joint(line, asked, other) in ("or", "slash") or is_one_disease(asked, other)
        ):
            yield other
            asked = other


def _behind_which(line: Line, m: Mark) -> Iterator[Item]:
    """Return what a question mark follows at once, with what "or" joins to it."""
    here = line.items_near(m)[::-1]
    asked = next((item for item in here if _end(item) == m.first), None)
    if asked is None:
        return
    yield asked
    for other in here:
        near = 0 <= asked.first - other.last <= _NEAR
        if near and joint(line, other, asked) in ("or", "slash"):
            yield other
            asked = other


def _begin(item: Item) -> int:
    return min([item.first, *(m.first for m in item.marks)])


def _end(item: Item) -> int:
    return max([item.last, *(m.last for m in item.marks)])


def _suppose(line: Line, m: Mark) -> None:
    """Take what is only supposed: "if weak, call", "watch for retention"."""
    for item in forward(line, m, Reach(everything=True, over_commas=True)):
        item.queried = True


def _leave_open(line: Line, m: Mark) -> None:
    """Take what was not examined: neither there nor denied."""
    covered = list(backward(line, m)) or list(forward(line, m, Reach(everything=True)))
    if covered:
        line.cues.add(m.first)
    for item in covered:
        if item.state != "lost" and item.value != "ckd":
            item.queried = True


def _end_it(line: Line, m: Mark) -> None:
    """Take "no longer": what was there is past, a function is lost."""
    for item in forward(line, m, Reach(lists=False)):
        if item.kind != "func":
            item.past = True


_CUES: Final[Mapping[str, Callable[[Line, Mark], None]]] = {
    "neg": _deny,
    "query": _query,
    "question": _question,
    "hypothetical": _suppose,
    "unasked": _leave_open,
    "past": put_in_the_past,
    "no_longer": _end_it,
    "relative": give_away,
}
