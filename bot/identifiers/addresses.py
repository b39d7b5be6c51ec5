"""Finds e-mail and street addresses; a postcode counts with an address, a British one alone too."""

import re
from collections.abc import Iterator
from typing import Final

from bot.identifiers.span import Identifier
from bot.identifiers.words import word_lists

_EMAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,4}[^\W\d_]{2,24}")
_STREET: Final = re.compile(
    r"(?<![\w.,/-])\d{1,4}[a-d]?,? (?:[^\W\d_][\w'’.-]{1,20} ){1,3}"
    r"(?:street|road|rd|avenue|ave|lane|drive|crescent|terrace|gardens|grove|square|boulevard|blvd"
    r"|close|court|way|place|parade|mews)\b\.?",
    re.IGNORECASE,
)
_STRAAT: Final = re.compile(
    r"(?<!\w)[A-ZÄÖÜ][\w-]{2,24}(?:straat|laan|weg|plein|gracht|kade|dijk|singel|hof|stra(?:ss|ß)e"
    r"|str\.|gasse|allee|platz|ufer) ?\d{1,4} ?[a-d]?\b"
)
_RUE: Final = re.compile(
    r"(?<!\w)\d{1,4},? (?:bis |ter )?(?:rue|avenue|place|chemin) [A-Zdl][\w'’ -]{2,30}"
)
_LIVES: Final = re.compile(
    r"(?<!\w)(?:address|adres|adresse|anschrift|post ?code|zip(?: code)?|eircode|plz)[ :.=]{0,3}"
    r"(?:\d{1,4}[a-d]? [\w'-]{2,20}(?: [^\W\d_]{2,12})?|\w[\w' .-]{2,40}\d\w{0,4}"
    r"|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|\d{4,5} ?[a-z]{0,2})",
    re.IGNORECASE,
)
_POSTCODE: Final = re.compile(
    r"[ ,]{1,3}(?:[^\W\d_][\w'’-]{1,20}[ ,]{1,2}){0,2}(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
    r"|[A-Z]\d[\dW] ?[A-Z\d]{4}|\d{4} ?[A-Z]{2}|\d{5}(?:-\d{4})?)(?!\w)"
)
_BRITISH: Final = re.compile(
    r"(?<![\w/-])(?:[A-PR-UWYZ][A-HK-Y]\d[A-HJKMNPR-Y\d]? ?|[BEGLMNSW]\d[A-HJKPS-UW\d]? )"
    r"\d(?!GY|ST|ND|RD|TH)[ABD-HJLNP-UW-Z]{2}(?!\w)"
)
_WORD: Final = re.compile(r"[^\W\d_]+")


def find_emails(text: str) -> Iterator[Identifier]:
    """Yield e-mail addresses."""
    if "@" in text:
        for found in _EMAIL.finditer(text):
            yield Identifier(found.start(), found.end(), "email")


def find_addresses(text: str) -> Iterator[Identifier]:
    """Yield street addresses, each with the postcode that follows it.

    "100 yards down the road" is none: everyday words in lower case name no street.
    """
    for found in _BRITISH.finditer(text):
        yield Identifier(found.start(), found.end(), "address")
    for pattern in (_STREET, _STRAAT, _RUE, _LIVES):
        for found in pattern.finditer(text):
            street = _WORD.findall(found[0])[:-1] if pattern is _STREET else []
            if any(word in word_lists().ordinary for word in street):
                continue
            code = _POSTCODE.match(text, found.end())
            yield Identifier(found.start(), code.end() if code else found.end(), "address")
