"""Every figure in the rules by name, written as on the ward.

A constant in capitals in one of the topics below can be used in any text by its name in small
letters: `HIGH_POTASSIUM_FROM` is `{high_potassium_from}`.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from types import ModuleType
from typing import Final

from bot.logic import (
    bedside,
    bones,
    calcium,
    calls,
    contradictions,
    dialysis,
    doses,
    escc,
    findings,
    potassium,
    radiotherapy,
    sessions,
    sins,
    steroid,
    surgery,
    tokuhashi,
    treatment,
    urgency,
)

TOPICS: Final[tuple[ModuleType, ...]] = (
    bedside, bones, calcium, calls, contradictions, dialysis, doses, escc, findings, potassium,
    radiotherapy, sessions, sins, steroid, surgery, tokuhashi, treatment, urgency,
)  # fmt: skip
DECIMALS: Final = {"calcium": 2, "potassium": 1}  # 2.10 and 6.0, as laboratories report them
HOURS_A_WEEK: Final = 168


@cache
def figures() -> Mapping[str, str]:
    """Return every figure as written, by name."""
    return dict(_figures())


def say_hours(hours: int) -> str:
    """Say a limit: in weeks if a whole number of weeks, else in hours."""
    if hours % HOURS_A_WEEK == 0:
        return f"{hours // HOURS_A_WEEK} week" + ("s" if hours > HOURS_A_WEEK else "")
    return f"{hours} h"


def _figures() -> Iterator[tuple[str, str]]:
    for topic in TOPICS:
        for name, value in vars(topic).items():
            if name.isupper() and not name.startswith("_"):
                match value:
                    case str() if any(each.isdigit() for each in value):
                        yield name.lower(), value
                    case int() | float() | Decimal():
                        yield name.lower(), _say(name.lower(), value)
    for guideline in urgency.GUIDELINES:
        for rule, hours in urgency.HOURS[guideline].items():
            yield f"{guideline}_{rule}".lower(), say_hours(hours)


def _say(name: str, value: int | float | Decimal) -> str:
    """Write a number with the decimals of its quantity, else with as many as it has."""
    decimals = next((count for each, count in DECIMALS.items() if each in name), None)
    return f"{value:g}" if decimals is None else f"{value:.{decimals}f}"
