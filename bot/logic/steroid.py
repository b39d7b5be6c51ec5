"""The steroid decision: the D rules, first match wins. Source ART, R07-R09, R42, R95-R101, R214."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, cast

from bot.logic.case import Case, known
from bot.logic.findings import Findings, find
from bot.logic.once import remembered
from bot.logic.surgery import BLOOD_CANCERS
from bot.logic.urgency import no_symptom

FIRST_MG: Final = 16  # dexamethasone as base, at once; R07, R215
DAILY_MG: Final = 16  # ART, R07
DOSE_EVERY_HOURS: Final = 6  # ART
DOSE_MG: Final = DAILY_MG * DOSE_EVERY_HOURS / 24
TAPER_WEEKS: Final = 2  # ART, R07
REACH_WITHIN_MINUTES: Final = 30  # who is called under D6 and D7; CC

GIVE_NOW: Final = "give_now"
NOT_ROUTINE: Final = "not_routine"
DISCUSS_FIRST: Final = "discuss_first"
STOP: Final = "stop"

DECISIONS: Final[Mapping[str, str]] = {
    "D1": GIVE_NOW,
    "D2": DISCUSS_FIRST,
    "D3": NOT_ROUTINE,
    "D5": STOP,
    "D6": DISCUSS_FIRST,
    "D7": DISCUSS_FIRST,
    "D8": DISCUSS_FIRST,
    "D9": DISCUSS_FIRST,
    "D10": DISCUSS_FIRST,
}

WHAT_IF: Final[Mapping[str, tuple[object, ...]]] = {
    "infection_signs": (True, False),
    "cord_signs": ((), ("weakness",)),
    "radicular_deficit": ("none", "unilateral_progressive", "bilateral"),
    "radicular_pain": ("none", "unilateral", "bilateral"),
    "back_pain": (True, False),
    "asia": ("A", "D", "E"),
    "cancer": ("known", "suspected", "none"),
    "primary": ("breast", "myeloma"),
    "renal": ("normal", "haemodialysis"),
    "urine_output": ("anuric", "residual"),
}  # one representative of the values that no D rule distinguishes
_ALONE: Final = {field: tuple({field: each} for each in WHAT_IF[field]) for field in WHAT_IF}
_ANURIC: Final = {"renal": "haemodialysis", "urine_output": "anuric"}

DECIDED_BY: Final = (
    *WHAT_IF, "paralysis_hours", "access", "dialysis_years", "pth_times_uln",
    "progression_after_rt", "deterioration_during_rt", "mri", "lesions",
)  # fmt: skip
"""The fields of a case that a D rule may depend on: it is shown no others."""
_read: Final = attrgetter(*DECIDED_BY)


@dataclass(frozen=True, slots=True)
class Steroid:
    """A decision, the rule behind it, and the daily dexamethasone in mg if it is given.

    `ask` names what is not known and could still change the decision.
    """

    decision: str
    rule: str
    daily_mg: int | None
    ask: tuple[str, ...]


def decide(found: Findings) -> Steroid:
    """Decide on dexamethasone."""
    return _decide(*_read(found.case))


@remembered
def _decide(*answers: object) -> Steroid:
    given = dict(zip(DECIDED_BY, answers, strict=True))
    found, seen = find(Case().changed(given)), _Seen(given)
    rule = decisive_rule(Findings(cast(Case, seen), found.images))
    decision = DECISIONS[rule]
    return Steroid(
        decision=decision,
        rule=rule,
        daily_mg=DAILY_MG if decision == GIVE_NOW else None,
        ask=tuple(_to_ask(found, decision, seen.fields)),
    )


class _Seen:
    """A case that notes which of its fields were looked at."""

    def __init__(self, given: Mapping[str, object]) -> None:
        self.fields = set[str]()
        self._given = given

    def __getattr__(self, field: str) -> object:
        self.fields.add(field)
        return self._given[field]


def decisive_rule(found: Findings) -> str:
    """Return the first D rule that applies."""
    case = found.case
    if found.infection_first:
        return "D6"
    if found.unexplained:
        return "D8"
    if blood_cancer_of_the_spine(found) and not found.steroid_needed:
        return "D9"
    if found.clean and known(case.radicular_deficit):
        return "D5"
    if not found.steroid_needed:
        return "D3"
    if bladder_alone_while_anuric(found):
        return "D10"
    if found.mimic_suspected and not found.cancer_known:
        return "D7"
    if case.cancer == "none" or not (found.deficit or found.cancer_known):
        return "D2"
    return "D1"


def blood_cancer_of_the_spine(found: Findings) -> bool:
    """Known myeloma or lymphoma, except with lesion-free images or without any symptom."""
    blood_cancer = found.cancer_known and found.case.primary in BLOOD_CANCERS
    return blood_cancer and not found.no_lesion_seen and not no_symptom(found)


def bladder_alone_while_anuric(found: Findings) -> bool:
    """Rule D10: the only sign is one that is not informative without urine."""
    return (
        found.case.cord_signs == ("bladder",)
        and found.anuric
        and not found.cord_sign_besides_ticks
        and found.case.asia != "D"
        and not found.bilateral_root_deficit
        and not found.high_grade
    )


def _to_ask(found: Findings, decision: str, seen: Set[str]) -> Iterator[str]:
    """Name what is not known and whose answer alone could change the decision.

    What was not `seen` when it was decided cannot.
    """
    case = found.case
    both = () if known(case.urine_output) or seen.isdisjoint(_ANURIC) else (_ANURIC,)
    for field in WHAT_IF:
        alone = _ALONE[field] if field in seen else ()
        answers = (*alone, *both) if field == "renal" else alone
        open_ = answers and not known(getattr(case, field))
        if open_ and any(_decision_if(found, each) != decision for each in answers):
            yield field


def _decision_if(found: Findings, answers: Mapping[str, object]) -> str:
    return DECISIONS[decisive_rule(found.what_if(answers))]
