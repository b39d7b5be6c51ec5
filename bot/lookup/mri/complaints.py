"""Reads a complaint in plain words: which presentation of /mri it means. Never guesses downwards.

The most urgent row whose words are there is taken; "no" and "without" take nothing away.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final

from bot.logic.urgency import FAST_WITHIN_DAYS
from bot.lookup.mri.presentations import BOTH_SIDES, INFECTION, PRESENTATIONS, mri_words

LONGEST_READ: Final = 1000
FORGIVEN_FROM_LETTERS: Final = 5
WITHIN: Final = "deficit_up_to_7_days"
LONGER: Final = "deficit_over_7_days"
CORD: Final = "cord_compression"
WEAK_LIMB: Final = "weak"
ONE_ROOT: Final = "one_root"
A_LITTLE: Final = 0.01  # days

_SHORTHAND: Final = {"7": 1.0, "52": 7.0, "12": 30.0}  # 3/7 three days, 2/52 weeks, 1/12 months
_FRACTION: Final = re.compile(r"(?<![\d/])(\d{1,3})/(7|52|12)(?![\d/])", re.ASCII)
_WORD: Final = re.compile(r"\d+\.\d+|\d+|[^\W\d_]+|[<>≤≥+]")
_MORE: Final = r"(?:more|longer|greater) than|beyond|>"
_LESS: Final = r"(?:less|fewer) than|under|within|up to|at most|nearly|almost|<|≤"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What was understood of a complaint: the rows it names, most urgent first, and the doubts."""

    rows: tuple[str, ...]
    words_not_read: int
    negated: bool
    days_assumed: bool
    days_alone: bool
    cut: bool
    one_weak_limb: bool
    on_haemodialysis: bool

    @property
    def infected(self) -> bool:
        """Tell whether infection signs are named beside a more urgent row."""
        return INFECTION in self.rows[1:]

    @property
    def deficit_on_both_sides(self) -> bool:
        return self.rows[:1] == (BOTH_SIDES,) and bool({WITHIN, LONGER} & {*self.rows})


@dataclass(frozen=True)
class Table:
    """The word table of presentations.toml."""

    rows: Mapping[str, Mapping[str, Any]]
    limb: Mapping[str, frozenset[str]]
    skipped: frozenset[str]
    harmless: frozenset[str]
    negations: frozenset[str]
    dialysis: frozenset[str]
    other_dialysis: str
    rewritten: Mapping[str, str]
    numbers: Mapping[str, float]
    days: Mapping[str, float]
    moments: Mapping[str, float]

    @cached_property
    def phrases(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        """Give every phrase with its row, the longest first, then the most urgent.

        A weak limb and one root are no rows: what they mean, they mean together.
        """
        listed = {row: self.rows[row]["words"] for row in PRESENTATIONS}
        listed |= {name: self.limb[name] for name in (WEAK_LIMB, ONE_ROOT)}
        found = [
            (tuple(self.words(phrase)), row)
            for row, phrases in listed.items()
            for phrase in phrases
        ]
        return tuple(sorted(found, key=lambda each: -len(each[0])))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        return frozenset(word for phrase, _ in self.phrases for word in phrase)

    def words(self, text: str) -> list[str]:
        """Split a text into its words, small, without what may stand between."""
        plain = " ".join(_WORD.findall(_plain(text)))
        for written, meant in self.rewritten.items():
            plain = re.sub(rf"\b{written}\b", meant, plain)
        return [word for word in plain.split() if word not in self.skipped]

    def meant(self, word: str) -> frozenset[str]:
        """Give the words of the table that a typed word may be, one letter wrong at most."""
        if word in self.vocabulary or word in self.harmless | self.negations:
            return frozenset((word,))
        long = (each for each in self.vocabulary if len(each) >= FORGIVEN_FROM_LETTERS)
        return frozenset(each for each in long if _one_letter_apart(word, each))


@cache
def table() -> Table:
    """Load the word table."""
    loaded = mri_words()
    read = loaded["read"]
    return Table(
        rows=loaded["rows"],
        limb={name: frozenset(words) for name, words in loaded["limb"].items()},
        skipped=frozenset(read["skipped"]),
        harmless=frozenset(read["harmless"]),
        negations=frozenset(read["negations"]),
        dialysis=frozenset(read["dialysis"]),
        other_dialysis=read["other_dialysis"],
        rewritten=read["rewritten"],
        numbers=read["numbers"],
        days=read["days"],
        moments=read["moments"],
    )


def read_complaint(typed: str) -> Complaint:
    """Find the rows that a complaint names; none where nothing in it is known."""
    known, text = table(), _plain(typed[:LONGEST_READ])
    days, rest = _take_days(text, known)
    words = known.words(rest)
    rows, left = _take_phrases(words, known)
    if {"left", "right"} <= set(text.split()):
        rows.add(BOTH_SIDES)
    negated = any(word in known.negations for word in words)
    one_limb = WEAK_LIMB in rows and BOTH_SIDES not in rows and not _two_limbs(words, known)
    rows = _with_limbs(rows, words, known, negated)
    days_alone = bool(days) and not rows
    if WITHIN in rows or days_alone:
        longer = bool(days) and all(each > FAST_WITHIN_DAYS for each in days)
        rows = (rows - {WITHIN}) | {LONGER if longer else WITHIN}
    familiar = known.harmless | known.negations
    return Complaint(
        rows=tuple(row for row in PRESENTATIONS if row in rows),
        words_not_read=sum(word.isalpha() and word not in familiar for word in left),
        negated=negated,
        days_assumed=WITHIN in rows and not days,
        days_alone=days_alone,
        cut=len(typed) > LONGEST_READ,
        one_weak_limb=one_limb and CORD in rows,
        on_haemodialysis=bool(known.dialysis & {*words}) and known.other_dialysis not in words,
    )


def _with_limbs(found: set[str], words: Sequence[str], known: Table, negated: bool) -> set[str]:
    """Give a weak limb its row: a root only where one is named, for one limb and one side.

    Weak or numb in an arm and a leg is never one root.
    """
    rows = found - {WEAK_LIMB, ONE_ROOT}
    deficit = WITHIN in rows or WEAK_LIMB in found
    if deficit and _two_limbs(words, known):
        return rows | {CORD}
    named = ONE_ROOT in found and not negated and "more" not in words
    if WEAK_LIMB in found and not (named and BOTH_SIDES not in rows):
        return rows | {CORD}
    return rows | {WITHIN} if ONE_ROOT in found else rows


def _two_limbs(words: Sequence[str], known: Table) -> bool:
    return all(not known.limb[each].isdisjoint(words) for each in ("upper", "lower"))


def _take_phrases(words: Sequence[str], known: Table) -> tuple[set[str], list[str]]:
    """Find the rows whose phrases are there; each word counts for one phrase."""
    meant = [known.meant(word) for word in words]
    rows, left = set[str](), dict(enumerate(words))
    for phrase, row in known.phrases:
        for start in range(len(words) - len(phrase) + 1):
            places = range(start, start + len(phrase))
            fits = all(
                place in left and word in meant[place]
                for place, word in zip(places, phrase, strict=True)
            )
            if fits:
                rows.add(row)
                for place in places:
                    del left[place]
    return rows, list(left.values())


def _take_days(text: str, known: Table) -> tuple[list[float], str]:
    """Take every span out of a text, in days. A limit such as "within 10 days" counts as short.

    "Over 7 days" may mean during 7 days, so it counts as 7; "more than 7 days" counts as longer.
    """
    spans = [float(many) * _SHORTHAND[of] for many, of in _FRACTION.findall(text)]
    words = " ".join(_WORD.findall(_FRACTION.sub(" ", text)))
    span = re.compile(
        rf"(?:(?P<more>{_MORE})|(?P<less>{_LESS}))? ?"
        rf"\b(?P<many>\d{{1,4}}(?:\.\d+)?(?= |\b)|(?:{'|'.join(known.numbers)})(?= ))"
        rf"(?P<plus> ?\+)? ?(?:(?:to )?\d{{1,4}} |of )?(?P<unit>{'|'.join(known.days)})\b"
    )
    for found in span.finditer(words):
        many = known.numbers.get(found["many"])
        days = (float(found["many"]) if many is None else many) * known.days[found["unit"]]
        longer = found["more"] or found["plus"]
        spans.append(0 if found["less"] else days + A_LITTLE * bool(longer))
    rest = span.sub(" ", words)
    for moment, days in known.moments.items():
        if re.search(rf"\b{moment}\b", rest):
            spans.append(days)
            rest = re.sub(rf"\b{moment}\b", " ", rest)
    return spans, rest


def _plain(text: str) -> str:
    """Give a text in small letters, without marks that cannot be seen."""
    composed = unicodedata.normalize("NFKC", text).casefold()
    return "".join(_visible(composed)).replace("'", " ").replace("\u2019", " ")


def _visible(text: str) -> Iterator[str]:
    for letter in text:
        if letter.isspace():
            yield " "
        elif letter.isprintable():
            yield letter


def _one_letter_apart(typed: str, word: str) -> bool:
    """Tell whether one letter is wrong, missing, too many, or two neighbours are swapped."""
    if abs(len(typed) - len(word)) > 1:
        return False
    same = next((n for n, (a, b) in enumerate(zip(typed, word, strict=False)) if a != b), None)
    if same is None:
        return True
    after, wanted = typed[same:], word[same:]
    swapped = after[:2] == wanted[1::-1] and after[2:] == wanted[2:]
    return swapped or after[1:] == wanted[1:] or after[1:] == wanted or after == wanted[1:]
