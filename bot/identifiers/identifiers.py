"""Finds what identifies a person in a typed text, and leaves it out. Knows no chat and no clock."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.identifiers.addresses import find_addresses, find_emails
from bot.identifiers.birth_dates import find_birth_dates, other_dates
from bot.identifiers.names import find_names
from bot.identifiers.numbers import find_numbers, find_phones
from bot.identifiers.span import Identifier, Kind
from bot.identifiers.unseen import as_it_looks

_MARK: Final = "|"
_DATE: Final = "_"
_BEFORE: Final = r"(?<![\s,;:.(\[])(?:[\s,;:.(\[]|(?<=\s)[-/])*"
_AFTER: Final = r"(?:[\s,;:)\]/]|[.-](?![\w>]))*"  # not the sign of -ve, nor the point of .5
_CUT: Final = re.compile(rf"{_BEFORE}\|(?:[\s,;:.()\[\]/-]*\|)*{_AFTER}")
_AT_AN_END: Final = re.compile(rf"^{_AFTER}|{_BEFORE}$")
_CASE_CODE: Final = re.compile(
    r"(?<!\w)[klmnrsvz][aeo][klmnrsvz]-\d{2,3}(?!\w)", re.IGNORECASE | re.ASCII
)
_MENDED: Final = (
    ("\n", "\n"), (".", ". "), (";", "; "), ("()", "; "), ("[]", "; "), ("(", " ("), (")", ") "),
    ("[", " ["), ("]", "] "), ("-", " - "), (",", ", "), (":", ": "), ("/", " / "),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Read:
    """A typed text without what identifies a person, and the kinds of what was left out."""

    text: str
    left_out: tuple[Kind, ...] = ()


def find(text: str, today: date) -> tuple[Identifier, ...]:
    """Return what identifies a person, in order, none overlapping; `today` tells ages."""
    marked = text.replace(_MARK, " ")
    found = list[Identifier]()

    def add(more: Iterable[Identifier]) -> None:
        nonlocal marked
        for each in tuple(more):
            found.append(each)
            marked = _put(marked, each.start, each.end, _MARK)

    add(find_emails(marked))
    if any(map(str.isdigit, marked)):
        add(find_birth_dates(marked, today))
        for start, end in other_dates(marked, today):
            marked = _put(marked, start, end, _DATE)
        add((*find_phones(marked), *find_numbers(marked)))
        add(find_addresses(marked))
    for code in _CASE_CODE.finditer(marked):
        marked = _put(marked, code.start(), code.end(), _DATE)
    add(find_names(marked))
    return _merged(found)


def leave_out(text: str, today: date) -> Read:
    """Return a text without what identifies a person; a text without any is returned unchanged.

    Where something is left out, what separated its neighbours still does: the end of a line, of a
    sentence or of a bracket.
    """
    rest = as_it_looks(text)
    found = find(rest, today)
    if not found:
        return Read(text)
    rest = rest.replace(_MARK, ";")
    for each in reversed(found):
        rest = f"{rest[: each.start]}{_MARK}{rest[each.end :]}"
    rest = _AT_AN_END.sub("", _CUT.sub(_mend, rest))
    rest = "\n".join(" ".join(line.split()) for line in rest.split("\n"))
    return Read(rest, tuple(dict.fromkeys(each.kind for each in found)))


def _mend(cut: re.Match[str]) -> str:
    """Return what separates the neighbours of what was left out: the strongest sign beside it."""
    return next((to for signs, to in _MENDED if all(each in cut[0] for each in signs)), " ")


def _put(text: str, start: int, end: int, mark: str) -> str:
    return f"{text[:start]}{mark * (end - start)}{text[end:]}"


def _merged(found: list[Identifier]) -> tuple[Identifier, ...]:
    """Join what overlaps; the kind of the first counts."""
    merged = list[Identifier]()
    for each in sorted(found, key=lambda one: (one.start, -one.end)):
        if merged and each.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = Identifier(last.start, max(last.end, each.end), last.kind)
        else:
            merged.append(each)
    return tuple(merged)
