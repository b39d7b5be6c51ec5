"""The codes of cases: short, and easy to say on the phone."""

import re
import secrets
from collections.abc import Iterable, Iterator
from itertools import count, islice
from typing import Final

CONSONANTS: Final = "KLMNRSVZ"
VOWELS: Final = "AEO"
TRIES_WITH_TWO_DIGITS: Final = 20
TRIES_WITH_OTHER_LETTERS: Final = 50
LETTERS: Final = 3  # no two open cases of a chat begin alike
_CODE: Final = re.compile(r"\b[A-Z]{3}-\d{2,}\b", re.ASCII)
CODE: Final = re.compile(rf"[{CONSONANTS}][{VOWELS}][{CONSONANTS}]-\d{{2,4}}", re.ASCII)


def new_codes() -> Iterator[str]:
    """Yield codes that can be said aloud, such as KES-42, endlessly and in random order."""
    for tries in count():
        letters = (secrets.choice(CONSONANTS), secrets.choice(VOWELS), secrets.choice(CONSONANTS))
        digits = 2 if tries < TRIES_WITH_TWO_DIGITS else 3
        number = secrets.randbelow(9 * 10 ** (digits - 1)) + 10 ** (digits - 1)
        yield f"{''.join(letters)}-{number}"


def codes_in(text: str) -> set[str]:
    """Return what in a text may be the code of a case."""
    return set(_CODE.findall(text))


def most_unlike(codes: Iterator[str], others: Iterable[str]) -> str:
    """Return the first code whose letters none of the others has; the first of all if none."""
    begun = {code[:LETTERS] for code in others}
    tried = [*islice(codes, 1)]
    if tried[0][:LETTERS] in begun:
        tried += islice(codes, TRIES_WITH_OTHER_LETTERS)
    return next((each for each in tried if each[:LETTERS] not in begun), tried[0])
