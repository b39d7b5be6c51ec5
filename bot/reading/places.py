"""Gives each place, side, time and trend to the item that it belongs to."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from bot.reading.kinds import ATTRIBUTES, BODY, ITEMS, LESION, TIMES
from bot.reading.line import Item, Line
from bot.reading.marks import Mark

_PLACES: Final = frozenset(("place", "side", "root", "radiates", "mechanical"))
_ALONE: Final = frozenset(("span", "moment", "trend", "year", "side"))
_ALONE_WITH: Final = frozenset((
    "span", "moment", "trend", "year", "side", "level", "root", "since", "for", "ago", "now",
    "count", "time_unit", "past", "again", "place", "and", "normal", "pseudo",
    "but", "scan_done", "mechanical", "reporter",
))  # fmt: skip
_WITH_A_SIDE: Final = _ALONE_WITH - {"place", "normal"}
_VERBS: Final = ("feeling", "move", "power", "stand", "walk")
_SPOTS: Final = frozenset(("spot", "place", "site", "area", "level", "location", "vertebra"))
_TOO: Final = ("well", "also", "too")
_OF: Final = ("of", "history", "hx", "with")
_EVENTS: Final = frozenset((
    "surgery", "admitted", "discharged", "op", "operation", "biopsy", "seen", "scan", "scanned",
    "chemo", "referred", "transferred", "bloods", "diagnosed", "dx", "born", "married", "obs",
    "vitals", "bp", "haemodynamically", "hemodynamically", "clinically", "medically",
))  # fmt: skip
_FOR: Final = ("for", "since", "x", "over")
_NEAR: Final = 3
_FULL_POWER: Final = 5
_FAR: Final = 10
_MOST: Final = 12  # marks in a part that stands alone
_CONJUNCTION: Final = 3  # as many words as a conjunction weighs


def stop_radiation(line: Line) -> None:
    """Let "not radiating to the legs" deny no back pain, and give it no legs."""
    for m in line.marks:
        if not (m.kind == "radiates" or line.text(m.last - 1) == "radiation"):
            continue
        first = m.first if m.kind == "rt_none" else max(0, m.first - 2)
        near = line.between(first, m.last + _FAR)
        part = [o for o in near if o.part == m.part]
        no = [o for o in part if o.kind == "neg" and o.value == "no" and o.first <= m.first]
        before = line.between(max(0, first - _FAR), m.last + _FAR)
        pain = any(o.kind == "pain" and o.part == m.part for o in before)
        away = m.kind == "radiates" or any(o.kind == "place" for o in part)
        pain |= away and any(o.kind == "pain" and o.part == m.part - 1 for o in before)
        if not no or not pain:
            continue
        for other in (m, *(o for o in part if o.kind in ("neg", "rt_none", "place", "side"))):
            line.cues.add(other.first)
            other.kind = "no_radiation"


def attach(line: Line) -> None:
    """Give each attribute to the item that it belongs to: the nearest that can have it."""
    for m in line.marks:
        if m.kind not in ATTRIBUTES:
            continue
        if m.kind in ("paralysed", "walking_lost"):
            owners = [i for i in line.items_near(m) if i.first <= m.first < i.last]
        elif m.kind == "including":
            before = [i for i in line.items_near(m) if i.last <= m.first and i.kind in BODY]
            owners = before[-1:]
        else:
            owners = list(_owners(line, m))
        for owner in owners:
            if m not in owner.marks:
                owner.marks.append(m)


def take_same_place(line: Line) -> None:
    """Give to "same spot sore again" the level that was named before it."""
    levels = line.marks_of("level")
    for item in line.of("pain"):
        words = line.words[max(0, item.first - _NEAR) : item.last + _NEAR]
        before = [m for m in levels if m.last <= item.first]
        if "same" in words and _SPOTS & {*words} and before and not item.has("level"):
            item.marks.append(before[-1])


def inherit(line: Line) -> None:
    """Let weakness and numbness that "and" joins share a place: "legs weak and numb"."""
    for one, other in pairwise([i for i in line.items if i.kind in ("weak", "numb")]):
        joined = other.part - one.part <= 1 and any(
            m.kind == "but" or (m.kind == "and" and m.value != "with" and one.part == other.part)
            for m in line.between(one.last, other.first)
        )
        listed = other.part - one.part == 1 and other.first - one.last == 1
        joined |= listed and not any(o.kind == "place" for o in line.in_part(other.part)[:_MOST])
        words = (
            other.first
            - one.last
            - sum(
                m.last - m.first
                for m in line.between(one.last, other.first)
                if m.kind in ("place", "side")
            )
        )
        if not joined or words > _NEAR:
            continue
        for giver, taker in ((one, other), (other, one)):
            if not (taker.has("place") or taker.has("side") or taker.has("level")):
                taker.marks += [m for m in giver.marks if m.kind in ("place", "side", "level")]


def _able(m: Mark) -> frozenset[str]:
    """Return the kinds of items that an attribute may belong to."""
    if m.kind == "side":
        return BODY | {"access", "other", "other_pain", "posterolateral"}
    if m.kind in _PLACES:
        return BODY | {"rt", "surgery", "access", "posterolateral"}
    if m.kind in TIMES:
        return ITEMS - {"organ", "lab"}
    if m.kind in ("trend", "no_longer", "again"):
        return BODY | {"rt", "diagnosis", "other", "disease", "cancer"}
    return BODY | LESION | {"scan", "rt", "surgery", "diagnosis", "cancer"}


def _is_itself(m: Mark, item: Item) -> bool:
    """Return whether a place is the very word of a function, as in "saddle sensation"."""
    same = (item.first, item.last) == (m.first, m.last)
    return m.kind == "place" and item.kind == "func" and same


def _owners(line: Line, m: Mark) -> Iterator[Item]:
    able = _able(m)
    same = [item for item in line.items_near(m) if item.kind in able and not _is_itself(m, item)]
    if (m.kind == "place" and m.value == "back") or m.kind == "side":
        same = [item for item in same if not _is_denied_beyond(line, m, item)]
    if m.kind in TIMES:
        same = [item for item in same if (item.kind, item.value) != ("cancer", "active")] or same
    if m.kind in ("place", "side", "level") or m.kind in TIMES:
        same = [item for item in same if not _is_verb(item)] or same
    alone = m.kind in _ALONE or (
        m.kind in ("root", "level") and any(root.part == m.part for root in line.marks_of("root"))
    )
    if m.kind == "level" and not same and line.text(m.first - 1) == "(":
        yield from (
            i for i in line.items_in(m.part - 1) if i.kind in BODY and i.last == m.first - 1
        )
        return
    if m.kind in TIMES and line.text(m.first - 1 - _lead(line, m)) == ")":
        same = [i for i in line.items_in(m.part - 2) if i.kind in BODY][-1:] or same
    if not same and alone and (_stands_alone(line, m) or _turns_to(line, m)):
        yield from _beside(line, m, able)
        return
    if inside := [item for item in same if item.first <= m.first < item.last]:
        yield from inside
        return
    before = max((i for i in same if i.last <= m.first), key=lambda i: i.last, default=None)
    after = min((i for i in same if i.first >= m.last), key=lambda i: i.first, default=None)
    if before and after:
        yield from _nearer(line, m, before, after)
    elif one := before or after:
        yield one


def _turns_to(line: Line, m: Mark) -> bool:
    """Return whether a side is the other one: "sciatica left, now right too on dialysis"."""
    n = m.first - 1
    while line.text(n) in ("on", "the", "in", "to"):
        n -= 1
    return m.kind == "side" and line.text(n) in ("now", "then", "also")


def _is_denied_beyond(line: Line, m: Mark, item: Item) -> bool:
    """Return whether a denial of weakness stands between: "his back and no weakness"."""
    between = line.between(m.last, item.first)
    return item.kind in ("weak", "numb") and any(o.kind == "neg" for o in between)


def _lead(line: Line, m: Mark) -> int:
    """Return how many words as "for" or "since" stand before a time."""
    return int(line.text(m.first - 1) in ("for", "since", "x", "over"))


def _is_verb(item: Item) -> bool:
    """Return whether a function is only a verb here: "legs feel heavy"."""
    return item.kind == "func" and item.state == "bare" and item.value in _VERBS


def _nearer(line: Line, m: Mark, before: Item, after: Item) -> Iterator[Item]:
    """Return the owner of two: of a time the one before, "2/7 of weakness" apart."""
    gap_before = _gap(line, before.last, m.first)
    gap_after = _gap(line, m.last, after.first)
    if m.kind in TIMES:
        for_one = line.text(m.last) == "with" and line.text(m.first - 1) in _FOR
        of = not for_one and (line.text(m.last) in _OF or line.text(m.last + 1) == "of")
        yield after if of else before
    elif m.kind == "trend":
        yield after if gap_after < gap_before and gap_after <= 1 else before
    elif (
        m.kind in ("place", "level")
        and any(
            o.kind == "place" and o.value == "below" for o in line.between(before.last, m.first)
        )
    ) or (m.kind == "level" and after.kind == "rt" and before.kind == "pain" and not gap_after):
        yield before
    elif gap_before == gap_after and m.kind in ("place", "level", "side"):
        yield before
        if after.kind in BODY:
            yield after
    else:
        yield before if gap_before < gap_after else after


def _stands_alone(line: Line, m: Mark) -> bool:
    """Return whether a comma part holds nothing but a time, a trend, a side, a root.

    A side is of another matter where a place or "fine" is said of it: "L leg fine".
    """
    if any(line.text(n) in _EVENTS for n in range(max(m.first - _NEAR, 0), m.first)):
        return False
    too = any(line.text(n) in _TOO for n in range(m.first, m.last + _NEAR))
    with_it = _WITH_A_SIDE if m.kind == "side" and not too else _ALONE_WITH
    return all(
        other.kind in with_it or any(each.kind in with_it for each in line.at(other.first))
        for other in line.in_part(m.part)[:_MOST]
        if line.text(other.first) not in _TOO
    )


def _beside(line: Line, m: Mark, able: frozenset[str]) -> Iterator[Item]:
    """Return the owner of what stands alone between commas: of the body before it, or after it."""
    others = [item for item in line.items if item.kind in able and not _is_full_power(item)]
    body = [item for item in others if item.kind in BODY]
    for several in (body, others):
        before = [item for item in several if item.last <= m.first]
        after = [item for item in several if item.first >= m.last]
        near_before = max(before, key=lambda item: item.last, default=None)
        near_after = min(after, key=lambda item: item.first, default=None)
        if near_before and _only_such_between(line, near_before.part, m.part):
            yield near_before
            return
        if m.kind != "year" and near_after and _only_such_between(line, m.part, near_after.part):
            yield near_after
            return


def _is_full_power(item: Item) -> bool:
    return item.kind == "power" and (item.number or 0) >= _FULL_POWER


def _only_such_between(line: Line, first: int, last: int) -> bool:
    return all(
        other.kind in (*_ALONE_WITH, "func")
        or (other.kind == "power" and (other.number or 0) >= _FULL_POWER)
        for part in range(first + 1, last)
        for other in line.in_part(part)
    )


def _gap(line: Line, first: int, last: int) -> int:
    """Count the words between, without articles; "and", "or" weigh more than a word."""
    if last <= first:
        return 0
    gap = last - first
    for m in line.between(first, last):
        if m.kind == "and":
            gap += _CONJUNCTION
        elif m.kind in ("place", "side", "level", "count"):
            gap -= m.last - m.first
    return gap
