"""Says of a function, such as walking or feeling, whether it is lost or normal."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from bot.reading.line import Item, Line
from bot.reading.marks import Mark

# "No" before one of these says that it is lost; before others, such as the bladder, it denies a
# problem with it.
_BY_ITSELF: Final = frozenset((
    "power", "feeling", "move", "walk", "stand", "stairs", "urine", "control", "bowel_control",
    "continence", "faecal_continence", "tone", "saddle",
))  # fmt: skip
WEAKENED: Final = frozenset(
    ("tone", "bladder", "bowel", "bowel_control", "sphincters", "continence")
)
_DECIDING: Final = frozenset(("loss", "normal", "problem", "no_longer", "neg"))
_LESS: Final = ("down", "less", "out")
_WHERE: Final = ("", ",", ".", "below", "from", "at", "on", "in", "over")
_BETWEEN: Final = frozenset((
    "place", "side", "func", "and", "level", "count", "trend", "root", "span", "moment",
    "bone", "power", "collapse", "organ", "neg_used",
))  # fmt: skip
_LOST: Final = ("loss", "no_longer", "problem", "weak")
_LISTED: Final = frozenset((
    ",", "and", "or", "/", "&", "+", "nor", "the", "his", "her", "of", "in", "a",
))  # fmt: skip
_CLOSING: Final = ("and", "or", "&", "nor", "/")
_NEAR: Final = 2
_FAR: Final = 12  # marks


def resolve(line: Line, n: int, item: Item, last: Item | None) -> None:
    """Set the state of a function, by the words before it, then by those after.

    What stands behind the `last` function, as in "bladder problems", belongs to that one.
    """
    before = _first(line, (line.marks[k] for k in range(n - 1, max(n - _FAR, 0) - 1, -1)), item)
    if last and before and last.marks[0].last <= before.first < last.last:
        before = None
    after = _first(line, islice(line.marks, n + 1, n + _FAR), item)
    if before and before.kind == "normal":
        no = _no_before(line, before)
        item.state = "lost" if no else "normal"
        if no:
            item.first, no.kind = no.first, "neg_used"
    elif before and before.kind in _LOST:
        item.state, item.first = "lost", before.first
        _use_denial(line, before)
    elif before and before.kind == "neg" and before.value == "no" and _is_function(item):
        _negate(line, item, before, after)
    elif after and after.kind == "neg" and _is_not_normal(line, after):
        item.state, item.last, after.kind = "lost", after.last + 1, "neg_used"
    elif after and after.kind in ("loss", "problem", "normal", "weak"):
        item.state = "normal" if after.kind == "normal" else "lost"
        if item.state == "lost":
            _use_denial(line, after)
        if not any(m.kind == "func" for m in line.between(item.last, after.first)):
            item.last = max(item.last, after.last)
    elif line.text(item.last) == "n" and not before:
        item.state, item.last = "normal", item.last + 1
        line.read_too.add(item.last - 1)
    elif item.value == "feeling" and line.text(item.last) in _LESS and not after:
        item.state = "lost" if line.text(item.last + 1) in _WHERE else item.state
    elif any(m and m.kind == "trend" for m in (before, after)) or (
        after and after.kind == "no_longer"
    ):
        item.state = "lost"


def _use_denial(line: Line, loss: Mark) -> None:
    """Let "absent", which says that a function is lost, deny nothing."""
    for m in line.at(loss.first):
        if m.kind == "neg":
            m.kind = "neg_used"


def _no_before(line: Line, normal: Mark) -> Mark | None:
    """Return the denial right before "normal": the "not" of "not steady", "not good"."""
    no = [m for m in line.between(max(0, normal.first - 1), normal.first) if m.kind == "neg"]
    return no[0] if no else None


def _is_function(item: Item) -> bool:
    """Return whether "no" says that it is lost: "no saddle sensation", but not "no saddle"."""
    name_alone = item.value == "saddle" and item.last - item.first == 1
    return item.value in _BY_ITSELF and not name_alone


def _is_not_normal(line: Line, no: Mark) -> bool:
    return any(m.kind == "normal" for m in line.at(no.last))


def _negate(line: Line, item: Item, no: Mark, after: Mark | None) -> None:
    """Take "no" before a function: "no power" is a loss, "no problem passing urine" a denial."""
    problem = after is not None and after.kind in ("problem", "loss")
    problem |= any(m.kind in ("problem", "loss") for m in line.between(no.last, item.first))
    problem |= any(m.kind in ("numb", "weak") for m in line.at(item.last))
    item.state = "lost"
    if problem:
        return
    item.first = no.first
    for m in line.at(no.first):
        if m.kind == "neg":
            m.kind = "neg_used"
    if after and after.kind == "normal" and after.first - item.last <= _NEAR:
        item.state = "normal"


def _first(line: Line, marks: Iterable[Mark], item: Item) -> Mark | None:
    """Return the first mark that decides over a function, within its part."""
    for m in marks:
        if m.first < item.last and m.last > item.first:
            continue
        if m.part != item.part:
            return None
        if m.kind == "weak":
            beside = item.last == m.first or m.last == item.first
            return m if beside and item.value in WEAKENED else None
        if m.kind == "neg" and any(other.kind != "neg" for other in line.at(m.first)):
            if m.value == "after" and item.value in _BY_ITSELF:
                continue
            return None
        if m.kind == "neg":
            return next((o for o in line.at(m.first) if (o.kind, o.value) == ("neg", "no")), m)
        if m.kind in _DECIDING or (m.kind == "trend" and m.value == "worse"):
            return m
        if not any(other.kind in _BETWEEN or other.kind in _DECIDING for other in line.at(m.first)):
            return None
    return None


def grade_of(line: Line, n: int) -> Mark | None:
    """Return the bare grade behind "MRC 4", "power M4"; not that of compression, "T7 grade 3"."""
    if line.text(line.marks[n].first) == "grade" and _is_of_compression(line, n):
        return None
    for m in islice(line.marks, n + 1, None):
        if m.kind == "number":
            near = m.first - line.marks[n].last <= 1 and m.part == line.marks[n].part
            unit = any(u.kind == "unit" for u in line.at(m.last))
            whole = m.number is not None and m.number <= 5 and m.number == int(m.number)
            return m if near and whole and not unit else None
        prefix = m.kind == "time_unit" and line.text(m.first) == "m"
        if not prefix and m.kind not in ("place", "side"):
            return None
    return None


def _is_of_compression(line: Line, n: int) -> bool:
    """Return whether "grade" stands in a line about ESCC, with a level or the scale beside it."""
    beside = {m.kind for m in line.marks[max(0, n - 2) : n + 4]}
    return line.has("escc") and bool(beside & {"level", "escc"})


def share(line: Line) -> None:
    """Let the functions of a list share what is said of one: "normal power, tone and sensation"."""
    run = list[Item]()
    for item in [each for each in line.items if each.kind == "func"]:
        if run and not _in_one_list(line, run[-1].last, item.first):
            _spread(line, run)
            run = []
        run.append(item)
    _spread(line, run)


def take_exceptions(line: Line) -> None:
    """Take "sensation normal except perianal": what is excepted is lost."""
    for m in line.marks_of("except"):
        before = [i for i in line.items_in(m.part - 1) if i.last <= m.first]
        normal = [i for i in before if i.state == "normal" or i.kind == "numb"]
        after = next((i for i in line.items_in(m.part) if i.first >= m.last), None)
        if normal and after and after.kind == "func" and after.state == "bare":
            after.state = "lost"
        elif normal and not after and line.marks_of("place"):
            line.items += _excepted(line, m, normal[-1])


def _excepted(line: Line, m: Mark, normal: Item) -> Iterator[Item]:
    """Return what is excepted by its place alone: "power full except L leg"."""
    where = [o for o in line.in_part(m.part) if o.first >= m.last and o.kind in ("place", "side")]
    kind = "weak" if normal.value == "power" else "numb"
    if any(o.kind == "place" for o in where) and normal.value in ("power", "feeling", ""):
        yield Item(kind, "", m.first, where[-1].last, m.clause, m.part, marks=where)


def _in_one_list(line: Line, first: int, last: int) -> bool:
    return all(line.text(n) in _LISTED for n in range(first, last))


def _spread(line: Line, run: list[Item]) -> None:
    if len(run) < 2:
        return
    commas = any(line.text(n) == "," for n in range(run[0].first, run[-1].last))
    closed = any(line.text(n) in _CLOSING for n in range(run[-2].last, run[-1].first))
    states = {item.state for item in run} - {"bare", "organ"}
    if len(states) == 1 and (closed or not commas):
        for item in run:
            if item.value not in ("continence", "faecal_continence"):
                item.state = next(iter(states))
