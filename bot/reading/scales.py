"""Reads scales and fitness: ASIA, walking, paralysis, ECOG, Karnofsky, prognosis, organs."""

from typing import Final

from bot.reading.asia import read_asia
from bot.reading.line import Item, Line
from bot.reading.marks import Mark
from bot.reading.said import Said

_FLAT: Final = frozenset((
    "cant", "cannot", "unable", "not", "no", "stopped", "couldnt", "longer", "can", "isnt",
    "hasnt", "wont", "doesnt", "inability", "lost", "loss", "never", "didnt", "gone",
))  # fmt: skip
_NO_BETTER: Final = frozenset(("better", "improvement", "improved", "improving", "recovery"))
_COURSE: Final = frozenset(
    ("-", ">", "to", "now", ",", "before", "today", "%", "currently", "yesterday")
)
_AGO: Final = frozenset(("last", "month", "week", "year", "ago", "months", "weeks", "was", "in"))
_IN_SHORT: Final = frozenset((
    "poor", "short", "of", "is", "likely", ",", "probably", "only", "in", "at", "best",
    "live", "to", "a", "few", "couple",
))  # fmt: skip
_NOT_LONG: Final = frozenset(("<", "under", "less", "not", "unlikely", "wont"))
_WALK: Final = ("walk", "stand")
_NEAR: Final = 4
_AN: Final = ("a", "an", "ein", "een", "last")
_COUNTED: Final = (":", "=", "x")
_MANY_FOCI: Final = 3  # three or more
_THREE_MONTHS: Final = 90.0
_HOURS_A_DAY: Final = 24
_HOW_FAR: Final = frozenset((
    "far", "well", "properly", "straight", "more", "right", "without", "as", "heels",
    "toes", "normally", "good", "long", "further", "than", "much", "fast", "stairs", "on",
    "ok", "okay", "fine", "great",
))  # fmt: skip
_ONCE: Final = frozenset(("previously", "formerly"))
_FORMERLY: Final = frozenset((
    "was", "until", "previously", "normally", "usually", "before", "prior", "baseline",
    "till", "used", "yesterday", "ago",
))  # fmt: skip


def read_fitness(line: Line, said: Said) -> None:
    for n, m in enumerate(line.marks):
        if m.kind in ("asia", "ecog", "kps") and is_asked(line, m):
            continue
        if m.kind == "asia":
            read_asia(line, m, said)
        elif m.kind in ("ecog", "kps"):
            _scale(line, n, said)
        elif m.kind in ("life_expectancy", "organ_mets") and not said.has(m.kind):
            said.add(m.kind, m.value, m.first, m.last)
    _prognosis(line, said)
    _burden(line, said)
    _walking(line, said)
    _paralysis(line, said)


def is_asked(line: Line, scale: Mark) -> bool:
    """Return whether a grade is only asked about, or denied: "what does ASIA C mean?"."""
    glued = line.text(scale.first - 1) == "?" and line.tokens[scale.first].glued
    denied = any(i.first == scale.first and i.denied for i in line.of(scale.kind))
    return glued or denied or any(m.part == scale.part for m in line.marks_of("definition"))


def _burden(line: Line, said: Said) -> None:
    """Read how many foci are counted: "2 extraspinal bone mets", "one vertebra", "vertebrae: 3"."""
    for n, m in enumerate(line.marks):
        if m.kind not in ("extraspinal_bone", "vertebral_mets") or said.has(m.kind):
            continue
        before = [o for o in line.marks[max(0, n - 4) : n] if o.last == m.first]
        after = [o for o in line.marks[n + 1 : n + 4] if line.text(o.first - 1) in _COUNTED]
        for o in (*before, *[each for each in after if each.first - m.last <= 1]):
            none = o.kind == "neg" and o in before and m.kind == "extraspinal_bone"
            counted = o.kind == "number" or (o.kind == "count" and line.text(o.first) not in _AN)
            if none or (counted and o.number != 0 and o.part == m.part):
                many = 0 if none else min(int(o.number or float(o.value)), _MANY_FOCI)
                said.add(m.kind, many, min(o.first, m.first), max(o.last, m.last))
                break


def _scale(line: Line, n: int, said: Said) -> None:
    m = line.marks[n]
    after = next(
        (o for o in line.marks[n + 1 : n + 6] if o.kind in ("number", "power", "score", "level")),
        None,
    )
    if after is None or after.first - m.last > 2 or after.number is None or after.part != m.part:
        return
    after = _of_now(line, after)
    value = int(after.number or 0)
    if m.kind == "ecog" and 0 <= value <= 4 and after.kind == "number":
        said.add("ecog", value, m.first, after.last)
    elif m.kind == "kps" and 10 <= value <= 100 and value % 10 == 0:
        said.add("kps", value, m.first, after.last)


def _of_now(line: Line, number: Mark) -> Mark:
    """Return the last number of a course: "80, now 60", "1 -> 2"."""
    for o in line.between(number.last, number.last + _NEAR + 2):
        between = {line.text(n) for n in range(number.last, o.first)}
        today = any(m.kind == "now" for m in line.at(o.last))
        course = between <= (_COURSE | _AGO if today else _COURSE) and between != {","}
        if o.kind == "number" and course:
            return o
    return number


def _prognosis(line: Line, said: Said) -> None:
    """Read a prognosis in months: "prognosis 6-12 months", "life expectancy < 3/12"."""
    for m in line.marks_of("prognosis"):
        for span in line.marks_of("span"):
            if 0 <= span.first - m.last <= _NEAR and not said.has("life_expectancy"):
                words = [line.text(n) for n in range(m.first - 1, span.first)]
                less = not _NOT_LONG.isdisjoint(words)
                short = (span.number or 0) < _THREE_MONTHS or (
                    less and span.number == _THREE_MONTHS
                )
                said.add("life_expectancy", "lt3m" if short else "ge3m", m.first, span.last)

        for moment in line.marks_of("moment"):
            between = {line.text(n) for n in range(m.last, moment.first)}
            weeks = line.text(moment.last - 1) in ("weeks", "days", "wochen", "weken", "wks")
            near = 0 <= moment.first - m.last <= _NEAR and between <= _IN_SHORT
            if weeks and near and not said.has("life_expectancy"):
                said.add("life_expectancy", "lt3m", m.first, moment.last)


def _walking(line: Line, said: Said) -> None:
    """Read how the patient walks: alone, with an aid or not; the worst that is said counts."""
    found = dict[str, Item | Mark]()
    for item in line.items:
        if item.has("walking_lost") and item.found:
            found["none"] = item
        elif item.kind == "func" and item.value in _WALK and item.state == "lost" and item.found:
            words = {line.text(k) for k in range(item.first, item.last)}
            aid = any(m.first >= item.last for m in line.in_part(item.part) if m.kind == "walking")
            if aid:
                found["aided"] = item
            elif item.value == "walk" and _is_flat(words) and not _is_far(line, item):
                found["none"] = item
    for m in line.marks_of("walking"):
        if not _denied_aid(line, m):
            found.setdefault(m.value, m)
    for value in ("none", "aided", "unaided"):
        if value in found:
            if value == "unaided" and _is_past(line, found[value]):
                continue
            if (
                value == "unaided"
                and any(s in said.listed("cord_signs") for s in ("gait",))
                and "aided" in found
            ):
                continue
            said.add("walking", value, found[value].first, found[value].last)
            return


def _is_flat(words: set[str]) -> bool:
    """Return whether walking is lost altogether; "no better" does not say so."""
    return bool(words & _FLAT) and not words & _NO_BETTER


def _is_far(line: Line, item: Item) -> bool:
    """Return whether only a long or a good walk is lost: "cannot walk far", "not walking well"."""
    return any(
        line.text(n) in _HOW_FAR for n in range(item.first, min(item.last + 2, len(line.tokens)))
    )


def _denied_aid(line: Line, m: Mark) -> bool:
    if not _ONCE.isdisjoint(line.text(n) for n in range(m.first - _NEAR, m.first)):
        return True
    if m.value == "unaided":
        return any(
            o.kind in ("loss", "neg", "neg_used") and o.part == m.part and o.last <= m.first
            for o in line.in_part(m.part)
        )
    return any(o.kind == "neg" and o.last == m.first for o in line.in_part(m.part))


def _is_past(line: Line, m: Item | Mark) -> bool:
    words = [line.text(n) for n in range(max(0, m.first - 4), m.last + 3)]
    return bool(_FORMERLY & {*words})


def _is_of_legs(line: Line, item: Item) -> bool:
    return "legs" in {line.text(n) for n in range(item.first, item.last)}


def _paralysis(line: Line, said: Said) -> None:
    for item in sorted(line.items, key=lambda each: each.kind == "asia"):
        paralysed = item.has("paralysed") or (
            item.kind == "func" and item.value == "move" and item.state == "lost"
            and {line.text(k) for k in range(item.first, item.last)} & _FLAT
            and (item.has("place", "legs", "limbs") or _is_of_legs(line, item))
        ) or (item.kind == "power" and item.number == 0 and item.has("place", "legs"))  # fmt: skip
        if item.kind == "asia" and said.value("asia") in ("A", "B"):
            paralysed = True
        spans = [m for m in item.marks if m.kind == "span"]
        if paralysed and item.found and spans and not item.has("side", "left", "right"):
            hours = round((spans[0].number or 0) * _HOURS_A_DAY, 2)
            said.add("paralysis_hours", hours, item.first, spans[0].last)
            return
