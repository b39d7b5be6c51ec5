"""Folds what is typed: case, accents, punctuation and invisible marks do not count."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

LONGEST_TYPED: Final = 200
MOST_REMEMBERED: Final = 512
_DROPPED: Final = ("Mn", "Cf", "Me")
_WORD: Final = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
_APOSTROPHES: Final = "'’`´"


def fold(text: str) -> str:
    """Return lower-case words and figures, one space apart; 6.5 and 6,5 are equal."""
    plain = "".join(map(_kept, unicodedata.normalize("NFKD", text.casefold())))
    return " ".join(_WORD.findall(plain)).replace(",", ".")


def fold_typed(text: str) -> str:
    """Fold a typed line; only its first characters count."""
    return fold(text[:LONGEST_TYPED])


def squeeze(folded: str) -> str:
    """Drop the spaces of a folded name, so that "co codamol" and "co-codamol" are one."""
    return folded.replace(" ", "")


@lru_cache(maxsize=MOST_REMEMBERED)
def _kept(letter: str) -> str:
    return "" if letter in _APOSTROPHES or unicodedata.category(letter) in _DROPPED else letter
