"""The steroid decision: the D rules, first match wins. Source ART, R07-R09, R42, R95-R101, R214."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bot.logic.case import known
from bot.logic.findings import Findings
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
    rule = decisive_rule(found)
    decision = DECISIONS[rule]
    return Steroid(
        decision=decision,
        rule=rule,
        daily_mg=DAILY_MG if decision == GIVE_NOW else None,
        ask=tuple(_to_ask(found, decision)),
    )


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


def _to_ask(found: Findings, decision: str) -> Iterator[str]:
    """Name what is not known and whose answer alone could change the decision."""
    case = found.case
    for field, values in WHAT_IF.items():
        if not known(getattr(case, field)):
            answers: list[dict[str, object]] = [{field: value} for value in values]
            if field == "renal" and not known(case.urine_output):
                answers.append({"renal": "haemodialysis", "urine_output": "anuric"})
            if any(_decision_if(found, each) != decision for each in answers):
                yield field


def _decision_if(found: Findings, answers: Mapping[str, object]) -> str:
    return DECISIONS[decisive_rule(found.what_if(answers))]
