"""What /mri understands of a typed line: the rows that it may mean, the most urgent first.

Findings are read as everywhere; words that only name a row count where the line says nothing else
of it. It never guesses downwards.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from bot.logic.escc import HIGH_GRADES
from bot.logic.figures import HOURS_A_WEEK
from bot.logic.findings import find
from bot.logic.urgency import FAST_WITHIN_DAYS, Policy, judge, limit_hours
from bot.lookup.mri.presentations import BOTH_SIDES, INFECTION, PRESENTATIONS, mri_words

if TYPE_CHECKING:
    from bot.reading.reader import Reading

WITHIN: Final = "deficit_up_to_7_days"
LONGER: Final = "deficit_over_7_days"
CORD: Final = "cord_compression"
CAUDA: Final = "cauda_equina"
RADICULAR: Final = "radicular_pain"
BACK: Final = "back_pain"
NOT_WALKING: Final = "none"
LONGEST: Final = 4096
OF_THE_CAUDA: Final = ("saddle_anaesthesia", "bladder", "bowel")
_NAMES_OF_SIGNS: Final = {
    **dict.fromkeys(("saddle", "perineum", "perineal", "perianal"), "saddle_anaesthesia"),
    **dict.fromkeys(("genital", "genitals"), "saddle_anaesthesia"),
    **dict.fromkeys(("bladder", "urine", "micturition", "waterworks"), "bladder"),
    **dict.fromkeys(("pee", "peeing", "wee", "void", "voiding"), "bladder"),
    **dict.fromkeys(("bowel", "bowels", "anal tone", "rectal tone", "anus"), "bowel"),
    **dict.fromkeys(("sphincter", "sphincters"), "bowel"),
    **dict.fromkeys(("gait", "balance"), "gait"),
}
_NOT_TAKEN: Final = ("asked", "past", "others")
_A_TIME: Final = re.compile(
    r"(?:exactly |for |since )?[<>≤≥]? ?\d{1,3}(?:\.\d)? ?\+? ?"
    r"(?:/7|/52|/12|h|hrs?|hours?|d|days?|w|wks?|weeks?|months?)",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Understood:
    """The rows that a line means, most urgent first, what it denies, and what is in doubt."""

    rows: tuple[str, ...] = ()
    words_not_read: int = 0
    denied: tuple[str, ...] = ()
    not_taken: bool = False
    days_assumed: bool = False
    days_alone: bool = False
    one_weak_limb: bool = False
    on_haemodialysis: bool = False
    to_exclude: bool = False
    sins_total: bool = False
    tapped: bool = False

    @property
    def infected(self) -> bool:
        """Return whether infection signs are named together with a more urgent row."""
        return INFECTION in self.rows[1:]

    @property
    def deficit_on_both_sides(self) -> bool:
        return self.rows[:1] == (BOTH_SIDES,) and bool({WITHIN, LONGER} & {*self.rows})

    def asks_for_row(self, policy: Policy) -> bool:
        """Return whether the row is asked for: none was found, or only one that may wait.

        That is so where something of the line was not taken that could be more urgent.
        """
        in_doubt = self.words_not_read or self.not_taken or self.to_exclude or self.sins_total
        return not self.rows or bool(in_doubt and _may_wait(self.rows[0], policy))


def understand(typed: str) -> Understood:
    """Find the rows that a line means; none if nothing in it is recognised."""
    from bot.reading.reader import read

    folded = " ".join(typed.casefold().split())
    alone = _A_TIME.fullmatch(folded) is not None
    named = "deficit" in folded.split() or alone
    reading = read(typed)
    if named and "radicular_deficit" not in reading.fields and not reading.denied:
        reading = read(f"root deficit {folded.replace('deficit', ' ')}")
    rows = {*_rows(reading.fields), *_named(typed[:LONGEST], reading)}
    if not rows and "?" in typed:
        reading = read(typed.replace("?", " "))
        rows = {*_rows(reading.fields)}
    longer = _is_longer(reading.fields, folded)
    if {WITHIN, LONGER} & rows:
        rows = (rows - {WITHIN, LONGER}) | {LONGER if longer else WITHIN}
    both = reading.fields.get("radicular_deficit") == "bilateral"
    dialysed = reading.fields.get("renal") == "haemodialysis" and "hodgkin" not in folded
    return Understood(
        rows=tuple(row for row in PRESENTATIONS if row in rows | ({WITHIN} if both else set())),
        words_not_read=reading.unread,
        denied=reading.denied,
        not_taken=bool({*_NOT_TAKEN} & {*reading.doubts}),
        days_assumed=WITHIN in rows and "deficit_days" not in reading.fields,
        days_alone=alone,
        one_weak_limb="weak_limb" in reading.doubts and CORD in rows,
        on_haemodialysis=dialysed,
        to_exclude=_has(folded, mri_words()["read"]["to_exclude"]),
        sins_total="sins_total" in reading.doubts,
    )


def names_a_diagnosis(typed: str) -> bool:
    """Return whether a line names a diagnosis, such as MSCC or an epidural haematoma."""
    read = mri_words()["read"]
    return _has(typed[:LONGEST].casefold(), (*read["diagnoses"], *read["to_exclude"]))


def _may_wait(row: str, policy: Policy) -> bool:
    """Return whether a row's limit is a week or more: too long to rest on half a line."""
    rules = judge(find(PRESENTATIONS[row]), policy).rules
    return (limit_hours(rules, policy) or HOURS_A_WEEK) >= HOURS_A_WEEK


def _rows(fields: Mapping[str, Any]) -> Iterator[str]:
    """Return the rows that the findings of a line belong to."""
    signs = {*fields.get("cord_signs", ())}
    graded = any(each.get("escc") in HIGH_GRADES for each in fields.get("lesions", ()))
    if signs & {*OF_THE_CAUDA}:
        yield CAUDA
    if signs - {*OF_THE_CAUDA, "lhermitte"} or fields.get("asia") in ("A", "B", "C", "D") or graded:
        yield CORD
    if fields.get("walking") == NOT_WALKING or "paralysis_hours" in fields:
        yield CORD
    both = "bilateral" in (fields.get("radicular_deficit"), fields.get("radicular_pain"))
    if both or "lhermitte" in signs:
        yield BOTH_SIDES
    if fields.get("infection_signs"):
        yield INFECTION
    if str(fields.get("radicular_deficit", "")).startswith("unilateral"):
        yield LONGER if fields["radicular_deficit"] == "unilateral_stable" else WITHIN
    if fields.get("radicular_pain") == "unilateral":
        yield RADICULAR
    if fields.get("back_pain"):
        yield BACK


def _is_longer(fields: Mapping[str, Any], folded: str) -> bool:
    """Return whether a deficit is older than the limit; a time that may be shorter is not."""
    if fields.get("radicular_deficit") == "unilateral_stable":
        return True
    days, read = fields.get("deficit_days", 0.0), mri_words()["read"]
    if days == FAST_WITHIN_DAYS:
        return _has(folded, read["longer"])
    return bool(days > FAST_WITHIN_DAYS and not _has(folded, read["shorter"]))


def _named(typed: str, reading: "Reading") -> Iterator[str]:
    """Return the rows that words outside the findings name, unless they are denied."""
    left = list(typed)
    for found in (each for each in reading.found if each.field != RADICULAR):
        left[slice(*found.span)] = " " * (found.span[1] - found.span[0])
    denials = mri_words()["read"]["denials"]
    for part in re.split(r"[,;.]", "".join(left).casefold()):
        for row, names in _names().items():
            for name, pattern in names:
                sign = _NAMES_OF_SIGNS.get(name)
                if not pattern.search(part) or (sign and sign in reading.denied):
                    continue
                if row == CAUDA or not _has(part, denials):
                    yield row


@cache
def _names() -> Mapping[str, Sequence[tuple[str, re.Pattern[str]]]]:
    rows = mri_words()["rows"]
    return {
        row: tuple((name.casefold(), _word(name)) for name in rows[row]["named"]) for row in rows
    }


def _has(text: str, words: Iterable[str]) -> bool:
    return any(_word(each).search(text) for each in words)


@cache
def _word(name: str) -> re.Pattern[str]:
    between = r"(?<!\w){}(?!\w)" if name[0].isalpha() else "{}"
    return re.compile(between.format(re.escape(name.casefold())))
