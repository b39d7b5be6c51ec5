"""Finds numbers that belong to one person: of records, of patients, of phones."""

import re
from collections.abc import Iterator
from typing import Final

from bot.identifiers.check_digits import is_bsn, is_ihi, is_kvnr, is_nhs, is_pps, is_ssn
from bot.identifiers.span import Identifier, Kind

LONG: Final = 6
SHORTEST_ANNOUNCED: Final = 4
FULL_NATIONAL: Final = 9
FEWEST_IN_PHONE: Final = 8
FEWEST_ANNOUNCED: Final = 5
FULL_AT_HOME: Final = 10
FULL_ABROAD: Final = 11

_SEPARATOR: Final = r"[ \u00a0\u2009./\u2010-\u2013-]"
_RECORD: Final = (
    r"(?:mrn|crn|urn|umrn|(?:hosp(?:ital)?|unit|chart|patient|pat|pt|(?:medical )?record|file|case"
    r"|accession|acc|encounter|visit|health card|insurance(?: card)?|policy|member|medicare"
    r"|medicaid)"
    r"[ .-]{0,2}(?:no|nr|num|number|id|#)|(?:pati[ëe]nt(?:en)?|fall|dossier|aufnahme|versicherten)"
    r"-?n(?:umme)?r|nhs|bsn|ihi|ppsn?|ssn|kvnr|chi|h&c|hcn|social security)"
)
_BRIEF: Final = r"(?:zis|nhi|ipp|pid|id|ref|hosp|mrn|urn|nummer|number)"
_MEASURED: Final = (
    r"(?!\s?(?:(?:mg|mcg|g|kg|mls?|l|h|hrs?|hours?|d|days?|w|wks?|weeks?|months?|y|yo|yrs?|years?"
    r"|m|f)\b|/|%))"
)
_BEFORE_IT: Final = r"(?:[ .]{0,2}(?:no|nr|num|number|id)\b)?[ .]{0,2}[:=#]?\s{0,2}(?:is\s)?"
_ANNOUNCED: Final = re.compile(
    rf"(?<![\w/])(?:{_RECORD}{_BEFORE_IT}(?P<said>\d{{2,3}}(?: \d{{2,4}}\b{_MEASURED}){{1,5}}\b"
    rf"|[a-z]{{0,4}}-?\d[a-z\d]*(?:[./\u2010-\u2013-][a-z\d]+){{0,6}})"
    rf"|{_BRIEF}{_BEFORE_IT}(?P<brief>[a-z]{{0,4}}-?\d{{4,}}[a-z]{{0,2}}))(?!\w)",
    re.IGNORECASE,
)
_TELEPHONE: Final = re.compile(
    r"(?<!\w)(?:tel(?:ephone|efoon|efon)?|phone|mob(?:ile)?|cell|fax|handy|gsm|landline|whatsapp)"
    r"\b[ .]{0,2}(?:no|nr|number)?[ .:]{0,3}(?P<said>\+?\(?\d(?:[ ()./-]{0,2}\d){4,14})",
    re.IGNORECASE,
)
_CALLED: Final = re.compile(
    r"(?<!\w)(?:call|ring|phone|contact|nok|wife|husband|son|daughter)(?: \w{2,8}){0,2}[ :]{1,2}"
    r"(?P<said>\d{3}[ .-]\d{4})(?![\d/])",
    re.IGNORECASE,
)
_THREES: Final = re.compile(r"\d{3} \d{3} \d{3}(?!\d)")
_DECIMAL: Final = re.compile(r"\d+\.\d+")
_PHONE: Final = re.compile(
    r"(?<![\w.,/+-])(?P<said>(?:\+|00|\(0?|0)[1-9](?:[ ()/\u00a0\u2010-\u2013.-]{0,2}\d){6,14})"
    r"(?![\d/%]|[.,]\d)"
)
_GROUPED: Final = re.compile(
    rf"(?<![\w.,/-])[a-z]?\d{{1,8}}(?:{_SEPARATOR}\d{{1,8}}){{1,8}}[a-z]{{0,2}}(?![\w/]|[.,]\d)",
    re.IGNORECASE,
)
_RUN: Final = re.compile(
    r"(?<![^\W_])(?P<letters>[^\W\d_]{0,4})(?P<digits>\d{5,30})(?:(?<=\d{6})[-+]\d{4}|[^\W\d_]{0,3})(?![^\W_])"
)
_FISCAL: Final = re.compile(
    r"(?<!\w)[a-z]{6}\d\d[a-ehlmprst]\d\d[a-z]\d{3}[a-z](?!\w)", re.IGNORECASE
)  # an Italian codice fiscale
_LAB: Final = re.compile(
    r"(?:pl(?:a?te?let)?s?|plts?|wbc|wcc|rbc|neut\w*|anc|lymph\w*|ferritin|b?hcg|afp|cea|ca ?\d{,3}"
    r"(?:-\d)?|psa|ckd?|(?:nt-?pro)?-?bnp|ldh|alp|ggt|crp|trop\w*|tg|trig\w*|count|copies|load|na"
    r"|hr|bp|obs|paraprotein|igg|iga|flc|kappa|lambda)"
    r"(?: (?:is|was|now|of|at|count|level))?[ :=<>~≈]*\Z",
    re.IGNORECASE,
)
_UNIT: Final = re.compile(
    r"\s?(?:(?:k|m)?(?:iu|units?|u)\b|/\s?(?:[uµμ]l|mm|ml|l)|[µμm]?g\b|mcg|mls?\b|x ?10|copies|"
    r"cells|per\b|%|mmol|steps)",
    re.IGNORECASE,
)
_NAMED: Final[dict[str, Kind]] = {
    "nhs": "nhs", "bsn": "bsn", "ihi": "ihi", "pps": "pps", "ssn": "ssn", "social": "ssn",
    "kvnr": "kvnr",
}  # fmt: skip
_NHS_GROUPS: Final = [3, 3, 4]
_SSN_GROUPS: Final = [3, 2, 4]
_BSN_GROUPS: Final = ([4, 2, 3], [3, 3, 3])
_HYPHENS: Final = frozenset("-\u2010\u2011\u2012\u2013")


def find_numbers(text: str) -> Iterator[Identifier]:
    """Yield patient and record numbers: announced, grouped as such, or of six digits and more."""
    for found in _ANNOUNCED.finditer(text):
        which = "said" if found["said"] else "brief"
        said: Kind = _NAMED.get(re.split(r"\W", found[0].casefold(), maxsplit=1)[0], "number")
        full = LONG if said == "number" else FULL_NATIONAL
        end = _end(text, found.start(which), found.end(), full)
        announced = len(_digits(text[found.start(which) : end])) >= SHORTEST_ANNOUNCED
        if announced and not _UNIT.match(text, end):
            yield Identifier(found.start(), end, said)
    for found in _FISCAL.finditer(text):
        yield Identifier(found.start(), found.end(), "number")
    for found in _GROUPED.finditer(text):
        yield from _in_groups(text, found.start(), found.end())
    for found in _RUN.finditer(text):
        kind = _kind_of_run(found[0], found["letters"], found["digits"])
        if kind and not _is_measured(text, found.start("digits"), found.end()):
            yield Identifier(found.start(), found.end(), kind)


def find_phones(text: str) -> Iterator[Identifier]:
    """Yield phone numbers: announced, or with the prefix of a country or a place."""
    for pattern, least in (
        (_TELEPHONE, FEWEST_ANNOUNCED), (_CALLED, FEWEST_ANNOUNCED), (_PHONE, FEWEST_IN_PHONE),
    ):  # fmt: skip
        for found in pattern.finditer(text):
            abroad = found["said"].startswith(("+", "00"))
            full = FULL_ABROAD if abroad else FULL_AT_HOME
            end = _end(text, found.start("said"), found.end(), full)
            groups = re.findall(r"\d+", text[found.start("said") : end])
            clock = all(len(each) == 4 and each[:2] < "24" and each[2:] < "60" for each in groups)
            if len("".join(groups)) >= least and not (clock and pattern is _PHONE):
                yield Identifier(found.start(), end, "phone")


def _end(text: str, start: int, end: int, full: int) -> int:
    """Return where a number in groups ends: when it is `full`, or before one with a point."""
    if _THREES.match(text, start):
        full = max(full, FULL_NATIONAL)
    digits, last = 0, start
    for group in re.finditer(r"[^ \u00a0]+", text[start:end]):
        if digits >= full or (digits and _DECIMAL.fullmatch(group[0])):
            break
        digits += len(_digits(group[0]))
        last = start + group.end()
    return last


def _in_groups(text: str, start: int, end: int) -> Iterator[Identifier]:
    """Yield the numbers among neighbouring groups of digits, the longest first."""
    groups = [(each.start(), each.end()) for each in re.finditer(r"\w+", text[start:end])]
    first = 0
    while first < len(groups):
        for last in range(len(groups) - 1, first, -1):
            begins, ends = start + groups[first][0], start + groups[last][1]
            if ends - begins - (last - first) <= LONG:
                break
            kind = _kind_of_groups(text[begins:ends])
            if kind and not _is_measured(text, begins, ends):
                yield Identifier(begins, ends, kind)
                first = last
                break
        first += 1


def _kind_of_groups(written: str) -> Kind | None:
    """Return what digits with separators are; None if they may be several values."""
    groups = re.findall(r"\d+", written)
    digits, sizes = "".join(groups), [len(each) for each in groups]
    separators = set(re.findall(r"[^\w]", written))
    if is_ihi(digits):
        return "ihi"
    if written[0].isalpha():
        return "kvnr" if is_kvnr(f"{written[0]}{digits}") else None
    if written[-1].isalpha():
        return "pps" if is_pps(digits + re.sub(r"[\W\d_]", "", written)) else None
    if len(separators) > 1 or "/" in separators:
        return None
    if min(sizes) > 2 and is_nhs(digits):
        return "nhs"
    if sizes == _NHS_GROUPS:
        return "number"
    hyphens = separators <= _HYPHENS
    if sizes == _SSN_GROUPS and is_ssn(digits) and hyphens:
        return "ssn"
    if sizes in _BSN_GROUPS and is_bsn(digits):
        return "bsn"
    joined = len(groups) > 2 and max(sizes) > 2 and "0" not in groups
    return "number" if joined and hyphens and len(digits) > LONG else None


def _kind_of_run(written: str, letters: str, digits: str) -> Kind | None:
    """Return what a run of digits is, with the letters before and behind it."""
    if len(letters) == 1 and is_kvnr(letters + digits):
        return "kvnr"
    if not letters and len(digits) == 7 and is_pps(written):
        return "pps"
    if len(digits) < LONG and not letters:
        return None
    if letters:
        return "number"
    checks: tuple[tuple[bool, Kind], ...] = (
        (is_nhs(digits), "nhs"), (is_ihi(digits), "ihi"), (is_bsn(digits), "bsn"),
    )  # fmt: skip
    return next((kind for right, kind in checks if right), "number")


def _is_measured(text: str, start: int, end: int) -> bool:
    """Return whether a number is a result or a dose: a test or a unit stands beside it."""
    return bool(_LAB.search(text, max(0, start - 24), start) or _UNIT.match(text, end))


def _digits(written: str) -> str:
    return "".join(each for each in written if each.isdigit())
