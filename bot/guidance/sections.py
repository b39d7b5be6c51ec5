"""The sections of the plan: their order, and which have something to say."""

from typing import Final

from bot.logic.assessment import Assessment

SECTIONS: Final = (
    "now", "why", "imaging", "steroid", "calls", "mimics", "treatment", "stability", "bones",
    "dialysis", "prognosis", "checks", "unknown", "sources",
)  # fmt: skip
MEANWHILE: Final = ("now", "imaging")


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
