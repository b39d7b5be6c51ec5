"""Folds what is typed: case, accents, punctuation and invisible marks do not count."""

import unicodedata
from functools import lru_cache
from typing import Final

LONGEST_TYPED: Final = 200
MOST_REMEMBERED: Final = 512
_DROPPED: Final = ("Mn", "Cf", "Me")
_APOSTROPHES: Final = "'’`´"


def fold(text: str) -> str:
    """Give lower-case words of letters and digits, one space apart."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(map(_folded, plain)).split())


def fold_typed(text: str) -> str:
    """Fold a typed line; only its first characters are looked at."""
    return fold(text[:LONGEST_TYPED])


def squeeze(folded: str) -> str:
    """Drop the spaces of a folded name, so that "co codamol" and "co-codamol" are one."""
    return folded.replace(" ", "")


@lru_cache(maxsize=MOST_REMEMBERED)
def _folded(letter: str) -> str:
    if letter in _APOSTROPHES or unicodedata.category(letter) in _DROPPED:
        return ""
    return letter if letter.isalnum() else " "
