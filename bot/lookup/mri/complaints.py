"""Finds the /mri presentation that a complaint in plain words means. Never guesses downwards.

The most urgent row whose words occur wins; "no" and "without" remove nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.logic.urgency import FAST_WITHIN_DAYS
from bot.lookup.mri.lost_feeling import find_lost_feeling
from bot.lookup.mri.presentations import BOTH_SIDES, INFECTION, PRESENTATIONS
from bot.lookup.mri.word_table import NO_FINDING, ONE_ROOT, WEAK_LIMB, WORD, Table, plain, table

LONGEST_READ: Final = 1000
WITHIN: Final = "deficit_up_to_7_days"
LONGER: Final = "deficit_over_7_days"
CORD: Final = "cord_compression"
CAUDA: Final = "cauda_equina"
FULL_BLADDER_FROM_ML: Final = 200
A_LITTLE: Final = 0.01  # days

_SHORTHAND: Final = {"7": 1.0, "52": 7.0, "12": 30.0}  # 3/7 three days, 2/52 weeks, 1/12 months
_FRACTION: Final = re.compile(r"(?<![\d/])(\d{1,3})/(7|52|12)(?![\d/])", re.ASCII)
_MORE: Final = r"(?:more|longer|greater) than|beyond|>"
_LESS: Final = r"(?:less|fewer) than|under|within|up to|at most|nearly|almost|<|≤"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What was understood of a complaint: the rows it names, most urgent first, and doubts."""

    rows: tuple[str, ...]
    words_not_read: int
    negated: bool
    days_assumed: bool
    days_alone: bool
    cut: bool
    one_weak_limb: bool
    on_haemodialysis: bool
    to_exclude: bool

    @property
    def infected(self) -> bool:
        """Return whether infection signs are named together with a more urgent row."""
        return INFECTION in self.rows[1:]

    @property
    def deficit_on_both_sides(self) -> bool:
        return self.rows[:1] == (BOTH_SIDES,) and bool({WITHIN, LONGER} & {*self.rows})


def read_complaint(typed: str) -> Complaint:
    """Find the rows that a complaint names; none if nothing in it is recognised."""
    known, text = table(), plain(typed[:LONGEST_READ])
    days, rest = _take_days(text, known)
    words = known.words(rest)
    rows, left = _take_phrases(words, known)
    if _residual_ml(words, known) >= FULL_BLADDER_FROM_ML:
        rows.add(CAUDA)
    if {"left", "right"} <= set(text.split()):
        rows.add(BOTH_SIDES)
    negated = any(word in known.negations for word in left)
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
        on_haemodialysis=not known.dialysis.isdisjoint(words)
        and known.other_dialysis.isdisjoint(words),
        to_exclude=not known.to_exclude.isdisjoint(words),
    )


def _with_limbs(found: set[str], words: Sequence[str], known: Table, negated: bool) -> set[str]:
    """Find the row for a weak limb: a root only if one is named, for one limb and one side.

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
    """Find the rows whose phrases occur; each word counts for one phrase."""
    meant = [known.meant(word) for word in words]
    rows, left = set[str](), dict(enumerate(words))
    for row, said in find_lost_feeling(meant, known.losses, known.pain, known.places):
        rows.add(row)
        left = {place: word for place, word in left.items() if place not in said}
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
    return rows - {NO_FINDING}, list(left.values())


def _residual_ml(words: Sequence[str], known: Table) -> float:
    """Return the residual volume stated, in mL: "PVR 600"; 0 if there is none."""
    after = (words[n + 1] for n, word in enumerate(words[:-1]) if word in known.residual)
    return max((float(each) for each in after if each.isascii() and each.isdigit()), default=0)


def _take_days(text: str, known: Table) -> tuple[list[float], str]:
    """Extract every time span from a text, in days. A limit ("within 10 days") counts as short.

    "Over 7 days" may mean during 7 days, so it counts as 7; "more than 7 days" counts as longer.
    """
    spans = [float(many) * _SHORTHAND[of] for many, of in _FRACTION.findall(text)]
    words = " ".join(WORD.findall(_FRACTION.sub(" ", text)))
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
