"""The sections of the plan: their order for each role, their contents, what can wait for day."""

from collections.abc import Iterable, Mapping
from typing import Final

from bot.logic.assessment import Assessment
from bot.logic.fired_rule import Fired

SYMPTOMS: Final = ("radicular_deficit", "deficit_days", "radicular_pain", "back_pain")
SECTIONS: Final = (
    "now", "why", "imaging", "steroid", "calls", "mimics", "treatment", "stability", "dialysis",
    "bones", "prognosis", "checks", "unknown", "sources",
)  # fmt: skip
PREFIXES: Final[Mapping[str, str]] = {
    "now": "M", "imaging": "I", "steroid": "D", "calls": "C", "treatment": "RP", "stability": "S",
    "bones": "B", "dialysis": "G", "mimics": "N", "prognosis": "Q", "checks": "W",
}  # fmt: skip
AT_ONCE: Final = ("G12", "B7", "B8")  # they come first, in "now" too
ALSO: Final[Mapping[str, tuple[str, ...]]] = {"now": (*AT_ONCE, "R6"), "calls": ("N2",)}
WAIT_FOR_DAY: Final = (
    "I5", "C3", "C6", "C7", "P1", "B1", "B2", "B4", "B6", "Q1", "W2", "W5", "W6",
)  # fmt: skip
ALWAYS: Final = ("why", "steroid", "calls", "treatment", "sources")
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
    has = {name: any(tonight_and_day(result, name)) for name in PREFIXES if name not in ALWAYS}
    has |= {
        "bones": has["bones"] or result.adjusted_calcium is not None,
        "stability": bool(result.sins),
        "unknown": bool(unknown_fields(result)),
    }
    return tuple(name for name in SECTIONS if has.get(name, True))


def tonight_and_day(result: Assessment, section: str) -> tuple[list[Fired], list[Fired]]:
    """Return the actions and checks of a section: tonight's work, and what can wait for the day."""
    prefixes, also = PREFIXES.get(section, ""), ALSO.get(section, ())
    fired = (*result.actions, *result.warnings)
    here = [each for each in fired if each.id[0] in prefixes or each.id in also]
    here.sort(key=lambda each: [*AT_ONCE, each.id].index(each.id))
    tonight = [each for each in here if each.id not in WAIT_FOR_DAY]
    return tonight, [each for each in here if each.id in WAIT_FOR_DAY]


def unknown_fields(result: Assessment) -> tuple[str, ...]:
    """Name every field that urgency, steroid or treatment still needs, each once."""
    asked = (*urgency_still_asks(result), *result.steroid.ask, *result.treatment.ask)
    return tuple(dict.fromkeys(asked))


def urgency_still_asks(result: Assessment) -> tuple[str, ...]:
    """Name what could still change the urgency: a definite emergency needs no symptom more."""
    urgency = result.urgency
    if not limit_settled(result):
        return urgency.ask
    return tuple(field for field in urgency.ask if field not in SYMPTOMS)


def limit_settled(result: Assessment) -> bool:
    """Return whether no symptom can change the limit: a definite emergency."""
    return result.urgency.level == "emergency" and not result.urgency.provisional


def ordered(sections: Iterable[str], role: str | None) -> tuple[str, ...]:
    """Put the sections that a role needs first; no role keeps the usual order."""
    first = FIRST_FOR.get(role or "", ())
    given = tuple(sections)
    rest = tuple(name for name in given if name not in first)
    return (*(name for name in first if name in given), *rest)
