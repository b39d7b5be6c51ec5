"""How far a cue such as "no" or "any" reaches: over a list, up to a "but", over commas or not."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from bot.reading.kinds import NEURO
from bot.reading.line import Item, Line
from bot.reading.marks import Mark

_PAIN: Final = frozenset(("pain", "pain_free", "other_pain"))
_LOOSE: Final = frozenset((
    "other", "infection", "temperature", "crp", "other_pain", "diagnosis",
))  # fmt: skip
_COMPLAINTS: Final = NEURO | _PAIN | _LOOSE
_ATTACHED: Final = frozenset((
    "cancer", "organ", "disease", "days", "lab", "scan", "weekly", "access",
))  # fmt: skip
_THINNERS: Final = frozenset(("thinner", "anticoagulant", "all_thinners"))
_DISEASES: Final = frozenset(("cancer", "organ", "disease", "diagnosis"))
_ENDS: Final = frozenset(("but", "now", "reporter", "neg", "neg_used", "question"))
_ENDS_A_LIST: Final = _ENDS | {"normal"}
_VERBS: Final = (
    "cant", "cannot", "unable", "couldnt", "wont", "lost", "struggles", "struggling",
)  # fmt: skip
_TURNS: Final = (":", "then", "just")
_NOW: Final = ("now", "today")
_FINITE: Final = frozenset(("is", "has", "was", "are", "were", "became", "developed", "got"))
_PREDICATES: Final = frozenset(("weak", "numb"))
_BARE: Final = ("feeling", "move", "power")
_FULL_POWER: Final = 5
_MOST: Final = 12  # items in one list
_GRADED: Final = "++"


@dataclass(frozen=True, slots=True)
class Reach:
    """What a cue covers beyond the first item.

    Without `lists` only what "or" joins to it; with `everything` items of any kind; `over_commas`
    says that a list need not close with "or", "nor" or "and"; `headed` that its head is a colon's,
    "neg: pain, fever, weakness", so that it holds whatever has no time, side or grade of its own.
    """

    lists: bool = True
    everything: bool = False
    over_commas: bool = False
    headed: bool = False


_LIST: Final = Reach()


def forward(line: Line, m: Mark, reach: Reach = _LIST) -> Iterator[Item]:
    """Return the items behind a cue that it covers."""
    items = list(islice(_behind(line, m), _MOST))
    before: Item | None = None
    closed_until = -1
    for place, item in enumerate(items):
        turned = before is not None and line.text(item.first) in _NOW
        if turned or _is_ended(line, m, before.last if before else m.last, item.first):
            return
        if before and item.kind in _DISEASES and _is_asked(line, before.last, item.first):
            return
        if before and any(line.text(n) in _TURNS for n in range(before.last, item.first)):
            return
        if before is None:
            if item.part != m.part:
                return
        elif item.first >= before.last:
            joined = joint(line, before, item)
            if joined == "comma" and not reach.over_commas and place > closed_until:
                closed_until = _close(line, items, place, reach)
            if not _goes_on(line, before, items, place, closed_until, reach):
                return
            own = has_its_own(item) if joined != "or" else item.days is not None
            if own and not (joined in ("or", "") and _is_of_today(item)):
                return
            if (
                joined != "or"
                and place > closed_until
                and _is_said_anew(line, items[0], before, item)
            ):
                return
        yield item
        before = item


def backward(line: Line, m: Mark) -> Iterator[Item]:
    """Return the items before a cue that it covers: the nearest, and what is joined to it."""
    after: Item | None = None
    for item in reversed([i for i in line.items_near(m) if i.last <= m.first]):
        if after is None:
            if _is_ended(line, m, item.last, m.first):
                return
        elif item.last <= after.first and not (
            joint(line, item, after) in ("or", "and", "slash") and _is_alike(item, after)
        ):
            return
        yield item
        after = item


def joint(line: Line, before: Item, item: Item) -> str:
    """Return how two items are joined: or, comma, slash, and, with, or not at all."""
    kinds = {m.value for m in line.between(before.last, item.first) if m.kind == "and"}
    if before.part != item.part:
        return "comma"
    return next((each for each in ("or", "slash", "and", "with") if each in kinds), "")


def is_one_disease(one: Item, other: Item) -> bool:
    """Return whether two items are parts of one, as "lung" and "ca"."""
    return {one.kind, other.kind} <= _DISEASES


def has_its_own(item: Item) -> bool:
    """Return whether an item has a duration, a side, a grade or a trend of its own."""
    return (
        item.days is not None
        or item.has("side", "left", "right")
        or (item.kind == "power" and (item.number or _FULL_POWER) < _FULL_POWER)
        or item.has("trend", "worse")
    )


def _is_of_today(item: Item) -> bool:
    """Return whether all that an item has of its own is "today": "no numbness or pain today"."""
    times = [m for m in item.marks if m.kind in ("span", "moment") and m.number is not None]
    bare = len(times) == 1 and times[0].value == "0.5" and times[0].last - times[0].first == 1
    return bare and not item.has("since") and not item.has("trend") and not item.has("side")


def _is_said_anew(line: Line, first: Item, before: Item, item: Item) -> bool:
    """Return whether an item has a verb or an adjective of its own: "no pain and cannot pee"."""
    verb = item.kind == "func" and item.state == "lost" and line.text(item.first) in _VERBS
    finite = any(line.text(n) in _FINITE for n in range(before.last, item.first))
    return verb or finite or (_is_predicate(line, item) and not _is_predicate(line, first))


def _is_predicate(line: Line, item: Item) -> bool:
    """Return whether an item is said as an adjective, "legs weak", not as a noun, "weakness"."""
    return any(line.text(n) in _PREDICATES for n in range(item.first, item.last))


def _behind(line: Line, m: Mark) -> Iterator[Item]:
    """Return what a cue may cover: no bare verb, no organ where its function is meant."""
    for item in islice(line.items, bisect_left(line.items, m.first, key=_begin), None):
        if item.clause != m.clause:
            return
        if item.first < m.last and not (m.kind == "neg" and item.first == m.first):
            continue
        if item.kind == "organ" and any(each.kind == "func" for each in line.at(item.first)):
            continue
        if not (item.kind == "func" and item.state == "bare" and item.value in _BARE):
            yield item


def _begin(item: Item) -> int:
    return item.first


def _is_ended(line: Line, m: Mark, first: int, last: int) -> bool:
    """Return whether something between a cue and an item ends what the cue covers."""
    for between in line.between(first, last):
        told = between.kind == "reporter" and between.first == m.last
        if between.kind in _ENDS and between.first != m.first and not told:
            return True
        with_ = between.kind == "and" and between.value == "with"
        if with_ and first != m.last and between.last != m.first:
            return True
        if between.kind == "walking":
            return True
    return False


def _is_asked(line: Line, first: int, last: int) -> bool:
    """Return whether a question ends between two tokens: "vs cord? prostate ca"."""
    return any(m.kind == "question" and m.value == "after" for m in line.between(first, last))


def _is_alike(one: Item, other: Item) -> bool:
    """Return whether two items may stand in one list."""
    kinds = {one.kind, other.kind}
    if kinds <= NEURO or kinds <= _PAIN or kinds <= _ATTACHED or kinds <= _THINNERS:
        return True
    if kinds & _LOOSE:
        return kinds <= _COMPLAINTS
    return one.kind == other.kind


def _goes_on(
    line: Line, before: Item, items: Sequence[Item], place: int, closed_until: int, reach: Reach
) -> bool:
    """Return whether a cue that covers one item covers the next."""
    item, joined = items[place], joint(line, before, items[place])
    if not reach.lists:
        near = joined in ("or", "slash") or is_one_disease(before, item)
        return near and joined != "comma"
    if joined == "comma":
        if reach.over_commas:
            return (reach.headed or item.kind in NEURO) and not has_its_own(item)
        return place <= closed_until
    if joined == "or" or place <= closed_until:
        return True
    if joined in ("and", "slash"):
        return reach.everything or _is_alike(before, item)
    if _is_alike(before, item) and item.kind not in _LOOSE | _PAIN:
        return True
    return _ends_with_or(line, items[place:]) or reach.everything


def _ends_with_or(line: Line, rest: Sequence[Item]) -> bool:
    """Return whether a list without commas closes with "or": "no weakness numbness or fever"."""
    last = rest[0]
    for each in rest[1:]:
        joined = joint(line, last, each)
        if joined:
            return joined == "or"
        last = each
    return False


def _close(line: Line, items: Sequence[Item], place: int, reach: Reach) -> int:
    """Return the place of the item with which a list over commas closes, or -1.

    It closes with "or", "nor", or with "and" before an item of the same kind; every item in it
    stands alone, without a time, a side or a grade.
    """
    before, predicate = items[place - 1], False
    for n in range(place, len(items)):
        item = items[n]
        if item.first < before.last:
            before = item
            continue
        alike = reach.everything or (_is_alike(items[0], item) and _is_alike(before, item))
        between = line.between(before.last, item.first)
        kinds = {m.value for m in between if m.kind == "and"}
        predicate = predicate or (_is_predicate(line, item) and not _is_predicate(line, items[0]))
        if _is_no_entry(line, item, "or" in kinds) or any(m.kind in _ENDS_A_LIST for m in between):
            return -1
        if not (reach.everything or _is_alike(items[0], item)):
            return -1
        if "or" in kinds:
            return n if item.kind != "power" else -1
        if kinds and not alike:
            return -1
        if "and" in kinds:
            return -1 if predicate else n
        if not kinds and item.kind in _ATTACHED:
            return -1
        before = item
    return -1


def _is_no_entry(line: Line, item: Item, last: bool) -> bool:
    """Return whether an item is a finding of its own, not an entry in a list of denials."""
    verb = item.kind == "func" and item.state == "lost" and line.text(item.first) in _VERBS
    told = item.state == "lost" and (
        item.kind == "sign" or line.text(item.first) in ("no", "not", "without")
    )
    own = item.days is not None or ((told or has_its_own(item)) and not last)
    return verb or own or line.text(item.last).startswith(_GRADED)
