"""Decides of each item whether it is there: what is denied, asked, past, or another person's."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from bot.reading.kinds import BODY, NEURO
from bot.reading.line import Item, Line
from bot.reading.marks import Mark
from bot.reading.past_and_others import give_away, is_old, put_in_the_past
from bot.reading.questions import ask
from bot.reading.reach import Reach, backward, forward

_EITHER: Final = ("denied", "nil", "absent", "negative", "neg", "-ve", "(-)")
_ALSO_BEHIND: Final = ("no", "nil", "not", "denied", "kein")
_QUERIED_BEHIND: Final = (
    "possible", "suspected", "queried", "questionable", "likely", "probable", "query",
)  # fmt: skip
_VERSUS: Final = ("vs", "versus")
_ANY: Final = ("any", "is", "are", "does", "has", "have")
_DATED: Final = ("in", "since", "last", "until", "from", "early", "late", "mid", "end", "of", "by")
_ABSENT: Final = ("absent", "nil", "none")
_ANSWERS: Final = ("no", "none", "nil", "absent", "negative", "neg", "denied")
_FUNCTIONS: Final = ("power", "feeling", "move", "tone", "control", "bowel_control")
_AT_RISK: Final = ("high", "low", "higher", "moderate")  # patients, not what may happen
_ONLY_DETAIL: Final = ("how", "when", "why", "since", "exactly", "if")
_REFUSED: Final = ("refused", "declined", "refuses", "refusing")
_WORRIED: Final = ("worried", "worry", "concerned", "concern", "concerns")
_SINCE: Final = ("since", "for", "x", "over")
_TIMES: Final = ("span", "moment", "clock", "date", "year", "now")
_NEAR_TIME: Final = 3
_LEAVE: Final = ("numb", "weak", "pain")
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
        if item.kind in _LEAVE and line.text(item.last) == "gone" and _is_end(line, item.last + 1):
            item.past = True
            line.cues.add(item.last)
        if item.kind == "func" and item.state == "normal" and _was_so(line, item):
            item.past = True


def _was_so(line: Line, item: Item) -> bool:
    """Return whether a function is said to have been normal days ago: "power normal last week"."""
    since = any(line.text(n) in _SINCE for n in range(item.first, item.last + _NEAR_TIME))
    return not since and item.days is not None and item.days >= 1


def _is_end(line: Line, n: int) -> bool:
    """Return whether nothing follows: "numbness gone", not "numbness gone up to the chest"."""
    return line.text(n) in ("", ",", ".", ";", "now", "and", "but", "since", "after", "with")


def _deny(line: Line, m: Mark) -> None:
    """Take a denial: "no" before a list, "denied" or "-ve" behind or before it."""
    word = line.text(m.first)
    if lost := list(_lost_by(line, m)):
        for item in lost:
            item.state, item.denied = "lost", False
        line.cues.add(m.first)
        return
    if answered := list(_answered(line, m)):
        line.cues.add(m.first)
        for item in answered:
            item.denied = True
        return
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


def _lost_by(line: Line, m: Mark) -> Iterator[Item]:
    """Return the function that a denial says is lost: "anal tone absent", "but not urine"."""
    word = line.text(m.first)
    able = {*_FUNCTIONS, "saddle"} if word == "absent" else _FUNCTIONS
    near = [i for i in line.items_near(m) if i.kind == "func" and i.value in able]
    if word in _ABSENT:
        for item in near:
            beside = 0 <= m.first - item.last <= _NEAR or 0 <= item.first - m.last <= 1
            inside = item.first <= m.first < item.last
            low, high = min(item.first, m.first), max(item.last, m.last)
            if (beside or inside) and not any(o.kind == "problem" for o in line.between(low, high)):
                yield item
        return
    after = next((i for i in line.items_near(m) if i.first == m.last), None)
    turned = any(o.kind == "but" and o.last == m.first for o in line.marks)
    if word == "not" and turned and after and after.kind == "func":
        yield after
    ends = m.last >= len(line.tokens) or line.tokens[m.last].kind == "sign"
    if word == "not" and ends:
        yield from (
            i for i in line.items_near(m)
            if i.kind == "func" and i.last == m.first
        )  # fmt: skip


def _answered(line: Line, m: Mark) -> Iterator[Item]:
    """Return what is answered with no: "weakness (no)", "numbness: no", "numb, weak - none"."""
    before, after = line.text(m.first - 1), line.text(m.last)
    if before == "(" and after == ")":
        yield from [i for i in line.items_in(m.part - 1) if i.last == m.first - 1][-1:]
        return
    if before not in ("-", ":") or line.text(m.first) not in _ANSWERS:
        return
    follows = next((i for i in line.items_near(m) if i.first >= m.last), None)
    if follows is None or line.text(follows.last) == ":":
        said = [i for i in line.items if i.clause == m.clause and i.last < m.first]
        yield from said[-1:] if line.text(m.first) == "no" else said


def _end_at(line: Line, m: Mark) -> None:
    """Take "until": what was normal is no more, what was denied is not known."""
    long_ago = any(o.kind in ("year", "date") for o in line.between(m.last, m.last + _NEAR_TIME))
    for item in line.items_near(m):
        if item.first >= m.last and item.kind == "infection":
            item.past = True
        if item.last <= m.first and item.kind == "thinner" and long_ago:
            item.past = True
    if not any(o.kind in _TIMES for o in line.between(m.last, m.last + _NEAR_TIME)):
        line.cues.add(m.first)
        return
    for item in line.items_near(m):
        if item.last > m.first or item.kind not in NEURO:
            continue
        continent = item.value == "continence" and item.state == "bare"
        if item.kind == "func" and (continent or item.state == "normal"):
            item.state = "lost"
        elif item.denied or item.kind == "denies_signs":
            item.denied, item.queried = False, True


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
        if word in _WORRIED:
            covered = [item for item in covered if item.kind not in NEURO or item.kind == "power"]
    if word in _VERSUS:
        covered += [item for item in backward(line, m) if item.kind not in NEURO]
    elif not covered and word in _QUERIED_BEHIND:
        covered = list(backward(line, m))
    for item in covered:
        item.queried = True


def _suppose(line: Line, m: Mark) -> None:
    """Take what is only supposed: "if weak, call", "watch for retention"."""
    if line.text(m.first) == "risk" and line.text(m.first - 1) in _AT_RISK:
        return
    for place, item in enumerate(forward(line, m, Reach(everything=True, over_commas=True))):
        if not place and item.kind == "lab":
            return
        item.queried = True


def _leave_open(line: Line, m: Mark) -> None:
    """Take what was not examined: neither there nor denied."""
    if line.text(m.last) in _ONLY_DETAIL:
        line.cues.add(m.first)
        return
    covered = [] if line.text(m.first) in _REFUSED else list(backward(line, m))
    covered = covered or list(forward(line, m, Reach(everything=True)))
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
    "until": _end_at,
    "query": _query,
    "question": ask,
    "hypothetical": _suppose,
    "unasked": _leave_open,
    "past": put_in_the_past,
    "no_longer": _end_it,
    "relative": give_away,
}
