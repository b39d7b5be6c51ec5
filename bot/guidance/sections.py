"""The sections of the plan: their order for each role, and which have something to say."""

from collections.abc import Iterable, Mapping
from typing import Final

from bot.logic.assessment import Assessment

SECTIONS: Final = (
    "now", "why", "imaging", "steroid", "calls", "mimics", "treatment", "stability", "bones",
    "dialysis", "prognosis", "checks", "unknown", "sources",
)  # fmt: skip
MEANWHILE: Final = ("now", "imaging")
FIRST_FOR: Final[Mapping[str, tuple[str, ...]]] = {
    "emergency": ("now", "imaging", "steroid", "calls"),
    "oncologist": ("treatment", "steroid", "prognosis", "bones"),
    "surgeon": ("treatment", "stability", "now"),
    "nephrologist": ("dialysis", "mimics", "bones"),
    "radiologist": ("imaging", "stability"),
    "nurse": ("now", "calls", "imaging"),
}


def sections_of(result: Assessment) -> tuple[str, ...]:
    """Name the sections of the plan that have something to say."""
    prefixes = {fired.id.rstrip("0123456789") for fired in result.actions}
    has = {
        "now": bool(prefixes & {"M"}),
        "imaging": "I" in prefixes,
        "bones": "B" in prefixes or result.adjusted_calcium is not None,
        "mimics": "N" in prefixes,
        "dialysis": "G" in prefixes,
        "prognosis": "Q" in prefixes,
        "stability": bool(result.sins),
        "checks": bool(result.warnings),
        "unknown": bool(unknown_fields(result)),
    }
    return tuple(name for name in SECTIONS if has.get(name, True))


def unknown_fields(result: Assessment) -> tuple[str, ...]:
    """Name every field that the urgency or the treatment still asks for, each once."""
    return tuple(dict.fromkeys((*result.urgency.ask, *result.treatment.ask)))


def ordered(sections: Iterable[str], role: str | None) -> tuple[str, ...]:
    """Put the sections that a role needs first before the others; none chosen changes nothing."""
    first = FIRST_FOR.get(role or "", ())
    given = tuple(sections)
    rest = tuple(name for name in given if name not in first)
    return (*(name for name in first if name in given), *rest)
