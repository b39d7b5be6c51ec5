"""Reads the ASIA or Frankel grade of today, also from a course: "B yesterday now C"."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from bot.reading.line import Item, Line
from bot.reading.marks import Mark
from bot.reading.said import Said

_GRADES: Final = frozenset("abcde")
_FARTHEST: Final = 7  # tokens between two grades
_NOW: Final = frozenset(("now", "today", "currently", "tonight", "presently", "jetzt", "nu"))
_FORMERLY: Final = frozenset((
    "was", "previously", "yesterday", "from", "initially", "formerly", "admission", "arrival",
    "prior", "before", "last", "yday", "earlier", "first", "gestern", "gisteren",
))  # fmt: skip
_BEHIND_A_FORMER: Final = _FORMERLY - {"was", "from", "first", "prior"} | {"ago"}
_BETWEEN: Final = _NOW | _FORMERLY | frozenset((
    ":", "=", "grade", "is", "-", ">", "score", "impairment", "scale", ",", "(", ")", "then", "to",
    "and", "on", "at", "am", "pm", "noon", "midday", "morning", "this", "evening", "night", "the",
    "went", "dropped", "improved", "improving", "worsened", "deteriorated", "deteriorating",
    "progressed", "within", "after", "dex", "rt", "week", "day", "days", "ago", "monday",
    "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "later", "since", "class",
    "ais", "asia", "frankel", "category", "downgraded", "upgraded", "again", ";",
))  # fmt: skip
_BEHIND_A: Final = frozenset((
    "", ",", ".", ";", ")", "(", "x", "w", "with", "over", "now", "today", "yesterday", "on",
    "at", "since",
))  # fmt: skip
_BEHIND_GRADE_A: Final = (
    "below", "t", "l", "c", "for", "complete", "by", "th", "sub", "from",
)  # fmt: skip
_INJURIES: Final = ("injury", "accident", "rta", "mva", "sci", "trauma", "polio")
_OF_OLD: Final = ("year", "date")
_YEAR: Final = 365.0


class _Grade(NamedTuple):
    letter: str
    at: int


def read_asia(line: Line, m: Mark, said: Said) -> None:
    """Add the grade behind a word for the scale: of several the one of now, else the last."""
    grades = list(_grades(line, m))
    item = next((i for i in line.of("asia") if i.first == m.first), None)
    if not grades or (item and len(grades) == 1 and _is_old(line, item, grades[0])):
        return
    line.read_too |= {grade.at for grade in grades}
    chosen = _of_now(line, m, grades)
    if line.text(chosen.at + 1) == "?":
        said.unclear.append("asia")
        return
    said.found = [each for each in said.found if each.field != "asia"]
    said.add("asia", chosen.letter.upper(), m.first, chosen.at + 1)


def _grades(line: Line, m: Mark) -> Iterator[_Grade]:
    n, since = m.last, 0
    while n < len(line.tokens) and since <= _FARTHEST:
        text = line.text(n)
        if _is_grade(line, n):
            yield _Grade(text, n)
            since = 0
        elif text not in _BETWEEN and line.tokens[n].kind in ("word", "sign"):
            return
        since += 1
        n += 1


def _is_grade(line: Line, n: int) -> bool:
    """Return whether a letter is a grade: no article, no days, no part of an abbreviation."""
    if line.text(n) not in _GRADES or line.tokens[n].kind != "word":
        return False
    after, before = line.text(n + 1), line.tokens[n - 1]
    if after == "&" and line.tokens[n + 1].glued:
        return False
    if before.kind == "number" or (after == "." and line.tokens[n + 1].glued and line.text(n + 2)):
        return before.kind != "number" and not line.tokens[n + 2].glued
    article = line.text(n) == "a" and after.isalpha() and after not in _BEHIND_A
    return not article or after in _BEHIND_GRADE_A


def _of_now(line: Line, m: Mark, grades: list[_Grade]) -> _Grade:
    """Return the grade said to be of now; else the last that is not said to be former."""
    current = list[_Grade]()
    for place, grade in enumerate(grades):
        begin = grades[place - 1].at + 1 if place else m.last
        end = grades[place + 1].at if place + 1 < len(grades) else grade.at + _FARTHEST
        before = [line.text(n) for n in range(begin, grade.at)]
        after = _up_to_a_break([line.text(n) for n in range(grade.at + 1, end)])
        here = before[len(before) - before[::-1].index(",") :] if "," in before else before
        last = place + 1 == len(grades) or grades[place + 1].at != grade.at + 2
        if {*here[-2:]} & _NOW or (last and {*after[:1]} & _NOW):
            return grade
        if not ({*here[-2:]} & _FORMERLY or {*after[:3]} & _BEHIND_A_FORMER):
            current.append(grade)
    return (current or grades)[-1]


def _up_to_a_break(words: list[str]) -> list[str]:
    """Return the words up to a comma, or to a "now" that belongs to the next grade."""
    ends = [
        n for n, word in enumerate(words) if word in (",", ";", "(", ")") or (n and word in _NOW)
    ]
    return words[: ends[0]] if ends else words


def _is_old(line: Line, item: Item, grade: _Grade) -> bool:
    """Return whether a grade is that of an old injury: "Frankel A since the accident 1998"."""
    years = any(m.kind == "span" and (m.number or 0) >= _YEAR for m in item.marks)
    behind = line.between(grade.at, grade.at + _FARTHEST)
    dated = any(m.kind in _OF_OLD for m in behind)
    then = line.text(grade.at + 1) == "since" and line.text(grade.at + 2) == "then"
    injured = any(line.text(m.first) in _INJURIES for m in line.in_part(item.part))
    dated |= injured and any(m.kind == "year" for m in line.in_part(item.part))
    past = item.past or any(m.kind == "past" for m in behind)
    return past or item.has("year") or years or dated or then
