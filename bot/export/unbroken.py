"""Splits a text into words for lines: a number stays with its unit, hours with their minutes."""

import re
from typing import Final

UNITS: Final = ("%", "d", "g", "g/L", "Gy", "h", "mg", "min", "mL", "mL/h", "mL/min", "mmol/L", "y")
_UNIT: Final = "|".join(UNITS)
_WITHIN: Final = re.compile(rf"(?<=\d) (?=(?:{_UNIT})(?![\w/]))|(?<=\d h) (?=\d+ min\b)")
_JOINED: Final = "\N{NO-BREAK SPACE}"


def words_of(text: str) -> list[str]:
    """Split a text at its spaces, but not within "8 h 14 min", "16 mg" or "50 mL/h"."""
    return [word.replace(_JOINED, " ") for word in _WITHIN.sub(_JOINED, text).split(" ")]
