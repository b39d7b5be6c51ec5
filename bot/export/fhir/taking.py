"""Takes single elements out of a parsed bundle; whatever is not as expected is refused."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from bot.logic.case_input import quoted
from bot.refusal import Refusal

Element = Mapping[str, Any]

EXPORTED: Final = "as CordCall has exported it"
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2199
_MOMENT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?[+-]\d{2}:\d{2}", re.ASCII
)


def refused(what: str, given: object, allowed: str = EXPORTED) -> Refusal:
    return Refusal(f"{what}: {quoted(given)} given; allowed: {allowed}")


def element(given: object, what: str) -> Element:
    """Return an element. Raises Refusal if it is none."""
    if not isinstance(given, dict):
        raise refused(what, given)
    return given


def elements(given: Element, name: str) -> Iterator[Element]:
    """Return the elements of a list; none if it is left out."""
    found = given.get(name, [])
    if not isinstance(found, list):
        raise refused(name, found)
    return (element(each, name) for each in found)


def text(given: Element, name: str) -> str:
    """Return a text, "" if there is none."""
    found = given.get(name, "")
    if not isinstance(found, str):
        raise refused(name, found)
    return found


def moment(given: object, what: str) -> datetime:
    """Return a moment in UTC, of a year in which cases can be."""
    if not isinstance(given, str) or not _MOMENT.fullmatch(given):
        raise refused(what, given)
    try:
        at = datetime.fromisoformat(given).astimezone(UTC)
    except (ValueError, OverflowError):
        raise refused(what, given) from None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise refused(what, given)
    return at


def extended(given: Element, url: str) -> list[Element]:
    """Return the extensions of an element that have an address."""
    return [each for each in elements(given, "extension") if text(each, "url") == url]


def part(given: Element, url: str, kind: str) -> Any:
    """Return the value of the one extension that has an address; None if there is none."""
    found = extended(given, url)
    if len(found) > 1:
        raise refused(url, f"{len(found)} times", "once")
    return found[0].get(f"value{kind}") if found else None


def said(given: Element, url: str, kind: str = "String") -> str:
    """Return the text of the one extension that has an address; "" if there is none."""
    found = part(given, url, kind)
    if found is not None and not isinstance(found, str):
        raise refused(url, found)
    return found or ""


def number(given: Element, url: str, kind: str = "PositiveInt") -> int | None:
    """Return the whole number of the one extension that has an address; None if there is none."""
    found = part(given, url, kind)
    if found is not None and type(found) is not int:
        raise refused(url, found)
    return found


def truth(given: Element, url: str) -> bool:
    """Return whether an extension says that something is so."""
    found = part(given, url, "Boolean")
    if found not in (None, True):
        raise refused(url, found)
    return found is True
