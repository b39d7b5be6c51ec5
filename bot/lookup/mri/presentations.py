"""The presentations of /mri: each is a case, so that its limit comes only from the rules."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from bot.logic.case import Case
from bot.logic.text_files import read_texts
from bot.logic.urgency import FAST_WITHIN_DAYS, SLOW_FROM_DAYS

BOTH_SIDES: Final = "bilateral"
INFECTION: Final = "infection"


def _only(**present: Any) -> Case:
    """Build a case in which every other symptom was looked for and is absent."""
    absent = {
        "back_pain": False,
        "radicular_pain": "none",
        "radicular_deficit": "none",
        "cord_signs": (),
    }
    return Case.model_validate(absent | present)


PRESENTATIONS: Final[Mapping[str, Case]] = MappingProxyType(
    {
        "cauda_equina": _only(cord_signs=("saddle_anaesthesia",)),
        "cord_compression": _only(cord_signs=("weakness",)),
        "bilateral": _only(radicular_pain="bilateral"),
        "infection": _only(back_pain=True, infection_signs=True),
        "deficit_up_to_7_days": _only(
            radicular_deficit="unilateral_progressive", deficit_days=FAST_WITHIN_DAYS
        ),
        "deficit_over_7_days": _only(
            radicular_deficit="unilateral_progressive", deficit_days=SLOW_FROM_DAYS
        ),
        "radicular_pain": _only(radicular_pain="unilateral"),
        "back_pain": _only(back_pain=True),
    }
)
"""Most urgent first."""

WITH_CORD_SIGN: Final[Mapping[str, Case]] = MappingProxyType(
    {
        "bilateral": _only(radicular_pain="bilateral", cord_signs=("lhermitte",)),
        "infection": _only(back_pain=True, infection_signs=True, cord_signs=("weakness",)),
    }
)
"""Presentations where a cord sign may be part and changes the steroid, with that sign."""

DEFICIT_ON_BOTH_SIDES: Final = _only(radicular_deficit="bilateral")


def with_infection(case: Case) -> Case:
    """Return the same presentation with infection signs."""
    return case.model_copy(update={"infection_signs": True})


def on_dialysis(case: Case) -> Case:
    """Return the same presentation on haemodialysis, anuric, with no cancer proven."""
    return case.model_copy(update={"renal": "haemodialysis", "urine_output": "anuric"})


@cache
def mri_words() -> Mapping[str, Any]:
    """Load the wording of the presentations, and the words that find them."""
    return read_texts("bot.lookup.mri", "presentations.toml")
