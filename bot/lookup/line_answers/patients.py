"""Whether a typed line speaks of more than one patient, or of another one than a case."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.flows.grammar import UNKNOWN

PRIMARY: Final = "primary"
OF_THE_CANCER: Final = (PRIMARY, "cancer")
NOT_SAID: Final = (UNKNOWN, "unknown_primary", "other", None)
_PATIENT: Final = r"(?:pts?|patients?)"
_NUMBERED: Final = re.compile(
    rf"\b{_PATIENT} ?#?([1-9])(?![\w.])|\b([1-9])(?:st|nd|rd|th) {_PATIENT}\b"
)
_ANOTHER: Final = re.compile(rf"\b(?:second|other|another|next) {_PATIENT}\b|^\W*new {_PATIENT}\b")
_AGED: Final = re.compile(
    r"(?<![\w./])(?P<age>\d{2,3})[ -]?(?:y/?o|yrs?|years?)?(?:[ -]old)?,? ?"
    r"(?P<sex>m|f|male|female|man|woman|lady|gentleman)\b(?! ?(?:/|ago|walk))"
)
_BEFORE: Final = re.compile(
    r"(?:walk\w*|only|for|after|about|approx|than|over|past|max|[<>~]|"
    r"wife|husband|mother|father|mum|dad|son|daughter|brother|sister|partner)\W*$"
)
_WOMAN: Final = ("f", "female", "woman", "lady")


def speaks_of_two(typed: str) -> bool:
    """Return whether a line gives two ages or sexes, or numbers two patients."""
    folded = " ".join(typed.casefold().split())
    numbers = {one or other for one, other in _NUMBERED.findall(folded)}
    return len({*_aged(folded)}) > 1 or len(numbers) > 1


def is_of_a_patient(typed: str) -> bool:
    """Return whether a line gives the age and sex of somebody."""
    return any(_aged(" ".join(typed.casefold().split())))


def is_of_another(typed: str, fields: Mapping[str, Any], primary: object) -> bool:
    """Return whether a line is of another patient than a case with that primary tumour.

    It says so, or it says more than another primary: that alone would correct it.
    """
    folded = " ".join(typed.casefold().split())
    numbers = [int(one or other) for one, other in _NUMBERED.findall(folded)]
    if _ANOTHER.search(folded) or max(numbers, default=1) > 1:
        return True
    new = fields.get(PRIMARY)
    differs = new not in NOT_SAID and primary not in NOT_SAID and new != primary
    return differs and bool(fields.keys() - {*OF_THE_CANCER})


def _aged(folded: str) -> Iterator[tuple[str, bool]]:
    """Yield each age with a sex; a distance that somebody walks, and a relative, is none."""
    for found in _AGED.finditer(folded):
        if not _BEFORE.search(folded, max(0, found.start() - 12), found.start()):
            yield found["age"], found["sex"] in _WOMAN
