"""The codes of cases: short, and easy to say on the phone."""

import secrets
from collections.abc import Iterator
from itertools import count
from typing import Final

CONSONANTS: Final = "KLMNRSVZ"
VOWELS: Final = "AEO"
TRIES_WITH_TWO_DIGITS: Final = 20


def new_codes() -> Iterator[str]:
    """Yield codes that can be said aloud, such as KES-42, endlessly and in random order."""
    for tries in count():
        letters = (secrets.choice(CONSONANTS), secrets.choice(VOWELS), secrets.choice(CONSONANTS))
        digits = 2 if tries < TRIES_WITH_TWO_DIGITS else 3
        number = secrets.randbelow(9 * 10 ** (digits - 1)) + 10 ** (digits - 1)
        yield f"{''.join(letters)}-{number}"
