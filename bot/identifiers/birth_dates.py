"""Tells a date of birth from a date of onset, a scan or an operation."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from bot.identifiers.span import Identifier
from bot.identifiers.words import read_lists

ADULT_AT: Final = 16
OLDEST: Final = 115
EVENTS_FROM: Final = 1980  # no scan, operation or diagnosis that matters is older
LOOSELY_FROM: Final = 1990  # for an older one the word stands right before its date
WORDS_BEFORE: Final = 4

_MONTHS: Final = (
    "jan(?:uar[yi]|vier)?|feb(?:ruar[yi])?|f[ée]vrier|m(?:ar(?:ch|s)?|rt|aart|ärz)|a(?:pr(?:il)?|vril)"
    "|ma[iy]|mei|ju(?:n[ei]?|in)|ju(?:l[yi]?|illet)|a(?:ug(?:ust(?:us)?)?|o[uû]t)"
    "|sep(?:t(?:emb(?:er|re))?)?|o[ck]t(?:ob(?:er|re))?|nov(?:emb(?:er|re))?"
    "|d(?:e[cz](?:emb(?:er|re))?|éc(?:embre)?)"
)
_NUMBERED: Final = {
    "ja": 1, "f": 2, "mar": 3, "mrt": 3, "maa": 3, "mär": 3, "ap": 4, "av": 4, "may": 5, "mai": 5,
    "mei": 5, "jun": 6, "juin": 6, "jul": 7, "juil": 7, "au": 8, "ao": 8, "s": 9, "o": 10, "n": 11,
    "d": 12,
}  # fmt: skip
_CUE: Final = (
    r"(?:d\.?\s?o\.?\s?b\b\.?|date of birth|birth ?date|birthday|born|y\.?o\.?b\b\.?|b\.|"
    r"geb(?:\.|oren|oortedatum|urtsdatum|dat(?:um|\.)?)?|g\.d\.|n[ée]e?\(?e?\)? le|"
    r"date de naissance|ddn|\*)"
)
_LINK: Final = r"(?:\s?[:=-]?\s?)(?:(?:on|in|am|op|le|is|the)\s)?"
_NUMERIC: Final = re.compile(
    r"(?<![\w./-])(?:(?P<d>\d{1,2})(?P<sep>[./-])(?P<m>\d{1,2})(?P=sep)(?P<y>\d{4}|\d{2})"
    r"|(?P<d2>\d{1,2}) (?P<m2>\d{1,2}) (?P<y2>(?:19|20)\d\d)"
    r"|(?P<y3>(?:19|20)\d\d)(?P<sep3>[./-])(?P<m3>\d{1,2})(?P=sep3)(?P<d3>\d{1,2}))(?![\d/]|[.-]\d)"
)
_COMPACT: Final = re.compile(
    r"(?<![\w./-])(?:(?P<y>(?:19|20)\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)"
    r"|(?P<d2>[0-3]\d)(?P<m2>[01]\d)(?P<y2>(?:19|20)\d\d))(?:[ T]?[0-2]\d:?[0-5]\d)?(?![\w./-])"
)
_WRITTEN: Final = re.compile(
    rf"(?<![\w./])(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|\.)?[ -]?(?:of )?"
    rf"(?P<m>{_MONTHS})\.?[ ,-]{{0,2}}(?P<y>\d{{4}}|'?\d{{2}})"
    rf"|(?P<m2>{_MONTHS})\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y2>\d{{4}}))(?![\w/]|:\d)",
    re.IGNORECASE,
)
_ANNOUNCED: Final = re.compile(
    rf"(?<![\w.]){_CUE}{_LINK}(?P<said>\d{{6,8}}|\d{{1,2}}([./ -])\d{{1,2}}\2\d{{2,4}}"
    rf"|\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}"
    rf"|(?:\d{{1,2}}(?:st|nd|rd|th|er|\.)?[ -]?(?:of )?)?(?:{_MONTHS})\.?[ ,-]{{0,2}}'?\d{{2,4}}"
    rf"|(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
    rf"|(?:19|20)\d\d|'\d\d)(?![\d/]|:\d)",
    re.IGNORECASE,
)
_UNDOTTED: Final = re.compile("[İı]")  # which re.IGNORECASE takes for an i
_WORD: Final = re.compile(r"[^\W\d_]+")
_OPERATIONS: Final = ("tomy", "plasty", "scopy", "desis")
_EVENTS: Final = read_lists("birth_dates.toml")["events"]


def find_birth_dates(text: str, today: date) -> Iterator[Identifier]:
    """Yield dates of birth: announced as one, or that of somebody who is now an adult."""
    for found in _ANNOUNCED.finditer(text):
        if _may_be_born(found["said"], today):
            yield Identifier(found.start(), found.end(), "birth_date")
    for start, end, day in _dates(text, today):
        if _years(day, today) >= ADULT_AT and not _is_event(text, start, end, day):
            yield Identifier(start, end, "birth_date")


def other_dates(text: str, today: date) -> Iterator[tuple[int, int]]:
    """Yield where dates stand that are no long numbers: start and end of each."""
    for start, end, _ in _dates(text, today):
        yield start, end


def _dates(text: str, today: date) -> Iterator[tuple[int, int, date]]:
    for pattern in (_NUMERIC, _COMPACT, _WRITTEN):
        for found in pattern.finditer(text):
            day = _read(found, today)
            if day is not None and _years(day, today) <= OLDEST:
                yield found.start(), found.end(), day


def _read(found: re.Match[str], today: date) -> date | None:
    """Return the day that was written; the month and the day may be the other way round."""
    named = {key[0]: value for key, value in found.groupdict().items() if value}
    month = _month(named["m"])
    year = _year(named["y"], today)
    for one, other in ((month, int(named["d"])), (int(named["d"]), month)):
        try:
            return date(year, one, other)
        except ValueError:
            continue
    return None


def _month(written: str) -> int:
    if written.isdigit():
        return int(written)
    name = _UNDOTTED.sub("i", written).casefold()
    return next(_NUMBERED[name[:length]] for length in (4, 3, 2, 1) if name[:length] in _NUMBERED)


def _year(written: str, today: date) -> int:
    """Return a year; one of two digits is the last such year."""
    year = int(written.removeprefix("'"))
    if year > 99:
        return year
    century = today.year // 100 * 100
    return century + year if century + year <= today.year + 1 else century - 100 + year


def _years(day: date, today: date) -> int:
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))


def _may_be_born(said: str, today: date) -> bool:
    """Return whether what follows "born" may be a date; a bare year is one of this life time."""
    if said.isdigit() and len(said) == 4:
        return today.year - OLDEST <= int(said) <= today.year
    return True


def _is_event(text: str, start: int, end: int, day: date) -> bool:
    """Return whether a word beside a date of recent decades says what happened then."""
    if day.year < EVENTS_FROM:
        return False
    before = _WORD.findall(text[max(0, start - 60) : start].casefold())[-WORDS_BEFORE:]
    if day.year < LOOSELY_FROM:
        return any(_says_event(each) for each in before[-1:])
    after = _WORD.findall(text[end : end + 30].casefold())[:1]
    return any(_says_event(each) for each in (*before, *after))


def _says_event(word: str) -> bool:
    return word in _EVENTS or word.endswith(_OPERATIONS)
