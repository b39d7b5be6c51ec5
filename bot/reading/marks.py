"""Marks what a line is made of: phrases of the vocabulary, levels, time spans, numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.reading.levels import level_at, stage_at
from bot.reading.titles import name_at
from bot.reading.tokens import Token
from bot.reading.vocabulary import Meaning, vocabulary

DAYS: Final = {
    "minute": 1 / 1440,
    "hour": 1 / 24,
    "day": 1.0,
    "week": 7.0,
    "month": 30.0,
    "year": 365.0,
}
_SHORTHAND: Final = {"7": (1.0, 31), "52": (7.0, 60), "12": (30.0, 36)}
_ALWAYS: Final = "24/7"
_YOUNGEST: Final = 18
_RANGE: Final = ("-", "to", "/")
_NO: Final = frozenset(("no", "nil", "not", "never", "denies", "without", "keine", "kein", "geen"))
_DENIAL: Final = frozenset(("denies_signs", "pain_free", "rt_none", "scan_not_done"))
_DENIALS: Final = frozenset((
    Meaning("temperature", "normal"), Meaning("crp", "normal"), Meaning("cancer", "none"),
    Meaning("surgery", "none"), Meaning("renal", "normal"), Meaning("organ_mets", "none"),
    Meaning("collapse", "none"), Meaning("alignment", "normal"), Meaning("posterolateral", "none"),
))  # fmt: skip
_COUNTED: Final = frozenset((
    "pg", "page", "pages", "part", "sheet", "slide", "fax", "dose", "session", "cycle", "cycles",
    "fraction", "fractions", "bottle", "question", "item", "visit", "attempt", "pain", "vas", "nrs",
    "stars", "star", "step", "score", "since", "dated",
))  # fmt: skip
_LONGEST_COUNT: Final = 6  # words
_OF_A_COUNT: Final = ("of", "a", "couple", "few", "day", "or", "half")
_WARD: Final = frozenset(("ward", "bed", "bay", "room", "cubicle", "theatre"))
_SINCE: Final = frozenset(("for", "x", "since", "over", "past", "last", "~", "of", "about", "hx"))


@dataclass(slots=True, eq=False)
class Mark:
    """One thing understood, from token `first` to before `last`. `number` is in days for a span."""

    kind: str
    value: str
    first: int
    last: int
    number: float | None = None
    clause: int = 0
    part: int = 0


def mark(tokens: Sequence[Token], words: Sequence[str]) -> list[Mark]:
    """Return the marks of a line in order; a phrase with two meanings has two."""
    content = [n for n, token in enumerate(tokens) if not _is_left_out(tokens, n, words)]
    place_of = {n: place for place, n in enumerate(content)}
    marks, n = list[Mark](), 0
    while n < len(tokens):
        if after := name_at(words, n):
            marks.append(Mark("name", "", n, after))
            n = after
            continue
        found = list(_at(tokens, words, content, place_of, n))
        marks += found
        n = found[0].last if found else n + 1
    return marks


def _is_left_out(tokens: Sequence[Token], n: int, words: Sequence[str]) -> bool:
    """Return whether a phrase may go on over a token: an article, a hyphen within a word."""
    token = tokens[n]
    if token.text == "-":
        return token.glued and n + 1 < len(tokens) and tokens[n + 1].glued
    return token.kind == "word" and words[n] in vocabulary().skipped


def _at(
    tokens: Sequence[Token], words: Sequence[str], content: Sequence[int],
    place_of: dict[int, int], n: int,
) -> Iterator[Mark]:  # fmt: skip
    """Return the marks that begin at a token; all of them end at the same one."""
    last, meanings = _phrase(words, content, place_of, n)
    if last - n <= 1:
        if stage := stage_at(tokens, words, n):
            yield Mark("stage", "", n, stage)
            return
        level = level_at(tokens, words, n)
        if level and not _is_a_place(words, n, level[0]):
            end, levels = level
            yield from (Mark("level", each, n, end) for each in levels)
            return
        if special := _span(tokens, words, n) or _number(tokens, words, n):
            yield special
            return
    if meanings:
        if words[n] in _NO and any(
            meaning in _DENIALS or meaning.kind in _DENIAL for meaning in meanings
        ):
            yield Mark("neg", "no", n, last)
        yield from (_meant(kind, value, n, last) for kind, value in meanings)


def _is_a_place(words: Sequence[str], n: int, end: int) -> bool:
    """Return whether a level is the name of a ward or a bed: "ward T4", "C7 bed 3"."""
    before = words[n - 1] if n else ""
    return before in _WARD or (end < len(words) and words[end] in _WARD)


def _meant(kind: str, value: str, n: int, last: int) -> Mark:
    timed = kind == "moment" and value != "when"
    return Mark(kind, value, n, last, float(value) if timed else None)


def _phrase(
    words: Sequence[str], content: Sequence[int], place_of: dict[int, int], n: int
) -> tuple[int, tuple[Meaning, ...]]:
    """Return the longest phrase at a token: where it ends, and its meanings."""
    known, word = vocabulary(), words[n]
    place = place_of.get(n)
    if place is not None and place + 1 < len(content):
        for phrase, meanings in known.longer.get((word, words[content[place + 1]]), ()):
            there = content[place : place + len(phrase)]
            if tuple([words[at] for at in there]) == phrase:
                return there[-1] + 1, meanings
    alone = known.meanings(word)
    return (n + 1, alone) if alone else (n, ())


def _span(tokens: Sequence[Token], words: Sequence[str], n: int) -> Mark | None:
    """Read a time span: "2/7", "3 days", "x3d", "a few weeks", "2-3 wks"; or an age."""
    token = tokens[n]
    if token.kind == "fraction":
        many, _, of = token.text.partition("/")
        days, most = _SHORTHAND.get(of, (0.0, 0))
        if days and many.isdigit() and 0 < int(many) <= most and token.text != _ALWAYS:
            return Mark("span", "week" if of == "52" else "day", n, n + 1, int(many) * days)
        return None
    many_, end = _count(tokens, words, n)
    if many_ is None:
        return None
    if end + 1 < len(tokens) and words[end] in _RANGE:
        upper, after = _count(tokens, words, end + 1)
        if upper is not None and upper > many_ and _unit(words, after):
            end = after
    if end < len(tokens) and words[end] == "+":
        end += 1
    if end + 1 < len(tokens) and words[end] == "-":
        end += 1
    unit = _unit(words, end)
    of_a_course = (
        end + 1 < len(tokens) and tokens[end + 1].glued and tokens[end + 1].kind == "number"
    )
    if not unit or of_a_course or (n and words[n - 1] in _WARD):
        return None
    if (
        token.kind == "number"
        and unit in ("year", "month")
        and _is_age(tokens, words, n, end, many_)
    ):
        end += 1
        while end < len(tokens) and words[end] in ("old", "o", "/", "m", "f", "-"):
            end += 1
        return Mark("age", "", n, end)
    if words[end] == "m" and not (tokens[end].glued and many_ < _YOUNGEST):
        return None
    return Mark("span", unit, n, end + 1, many_ * DAYS[unit])


def _is_age(tokens: Sequence[Token], words: Sequence[str], n: int, end: int, many: float) -> bool:
    after = words[end + 1] if end + 1 < len(tokens) else ""
    if after in ("old", "o"):
        return True
    if n and words[n - 1] == "aged":
        return True
    if many < _YOUNGEST or (n and words[n - 1] in _SINCE):
        return False
    first = n == 0 or (all(tokens[each].kind == "word" for each in range(n)) and n <= 2)
    return words[end] in ("m", "yo", "yof", "yom") or after in ("m", "f", "male", "female", "man",
        "woman", "lady", "gentleman") or (
            first and many >= 2 * _YOUNGEST and not words[end].startswith("mo"))  # fmt: skip


def _count(tokens: Sequence[Token], words: Sequence[str], n: int) -> tuple[float | None, int]:
    if n >= len(tokens):
        return None, n
    if tokens[n].kind == "number":
        return number_of(tokens[n].text), n + 1
    count = [each for each in vocabulary().meanings(words[n]) if each.kind == "count"]
    if not count:
        return None, n
    end = n + 1
    while end < min(len(tokens), n + _LONGEST_COUNT) and words[end] in _OF_A_COUNT:
        more = [each for each in vocabulary().meanings(words[end]) if each.kind == "count"]
        if words[end] == "day" and words[end : end + 3] != ["day", "or", "two"]:
            break
        count = more if more and words[end] != "a" else count
        end += 1
    if words[n:end][-2:] == ["day", "or"]:
        return 1.0, n + 1
    if words[n + 1 : n + 4] == ["and", "a", "half"]:
        return float(count[0].value) + 0.5, n + 4
    return float(count[0].value), end


def _unit(words: Sequence[str], n: int) -> str:
    if n >= len(words):
        return ""
    return next((m.value for m in vocabulary().meanings(words[n]) if m.kind == "time_unit"), "")


def number_of(text: str) -> float:
    """Return a number as typed; "6,4" is a decimal comma, "145,000" are thousands."""
    whole, _, rest = text.partition(",")
    if len(rest) == 3 and whole != "0":
        return float(whole + rest)
    return float(text.replace(",", "."))


def _number(tokens: Sequence[Token], words: Sequence[str], n: int) -> Mark | None:
    token, after = tokens[n], tokens[n + 1] if n + 1 < len(tokens) else None
    if token.kind == "fraction":
        parts = [part.rstrip("+-") for part in token.text.split("/")]
        grades = [int(part) for part in parts if len(part) < 3]
        small = len(grades) == len(parts) and all(grade <= 5 for grade in grades)
        counted = n > 0 and words[n - 1] in _COUNTED
        if len(parts) == 2 and small and parts[1] == "5" and not counted:
            weak = parts[0] != "5" or token.text.startswith("5-")
            return Mark("power", token.text, n, n + 1, min(grades[0], 4) if weak else 5)
        if len(parts) > 2 and small:
            return Mark("power", token.text, n, n + 1, min(grades))
        return Mark("score", token.text, n, n + 1)
    if token.kind in ("date", "clock"):
        return Mark(token.kind, token.text, n, n + 1)
    if token.kind != "number":
        return None
    value = number_of(token.text)
    if (
        after
        and after.glued
        and token.text.isdigit()
        and words[n + 1] in ("m", "f", "j")
        and _YOUNGEST <= value < 110
    ):
        return Mark("age", "", n, n + 2)
    if token.text.isdigit() and len(token.text) == 4 and 1940 <= value <= 2060:
        return Mark("year", token.text, n, n + 1, value)
    return Mark("number", token.text, n, n + 1, value)
