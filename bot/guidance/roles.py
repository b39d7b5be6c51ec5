"""The order of the plan for each role: what comes first differs, what it says does not."""

from collections.abc import Iterable, Mapping
from typing import Final

FIRST_FOR: Final[Mapping[str, tuple[str, ...]]] = {
    "emergency": ("now", "imaging", "steroid", "calls"),
    "oncologist": ("treatment", "steroid", "prognosis", "bones"),
    "surgeon": ("treatment", "stability", "now"),
    "nephrologist": ("dialysis", "mimics", "bones"),
    "radiologist": ("imaging", "stability"),
    "nurse": ("now", "calls", "imaging"),
}


def ordered(sections: Iterable[str], role: str | None) -> tuple[str, ...]:
    """Put the sections that a role needs first before the others; none chosen changes nothing."""
    first = FIRST_FOR.get(role or "", ())
    given = tuple(sections)
    rest = tuple(name for name in given if name not in first)
    return (*(name for name in first if name in given), *rest)
