"""How fast: the U rules, the policies and the MRI deadline. Source ART, R02, R06, R61, CC."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from bot.logic.case import Case, known
from bot.logic.findings import Findings
from bot.logic.fired_rule import Figure, Fired, fire
from bot.logic.once import remembered
from bot.logic.surgery import indications

Policy = Literal["stepwise", "nice", "strictest"]
POLICIES: Final[tuple[Policy, ...]] = get_args(Policy)
GUIDELINES: Final[tuple[Policy, ...]] = ("stepwise", "nice")

FAST_WITHIN_DAYS: Final = 7.0  # day 7 itself counts as within 7 days; R02
SLOW_FROM_DAYS: Final = FAST_WITHIN_DAYS + 1  # the first whole day that is not
TREATMENT_HOURS: Final = 24  # ART, R02, R12
CAUDA_EQUINA_HOURS: Final = 4  # from the request, if the emergency pathway offers it; R68

STEPWISE_HOURS: Final[Mapping[str, int]] = {
    "U1": 12, "U2": 12, "U3?": 12, "U4": 24, "U4?": 24, "U5": 48, "U6": 48, "U7": 168,
    "U7?": 168, "U8": 336, "U8?": 336, "U10": 24, "U10?": 24, "U12": 12, "U13": 24,
}  # fmt: skip
NICE_HOURS: Final[Mapping[str, int]] = dict.fromkeys(STEPWISE_HOURS, 24) | {"U8": 168, "U8?": 168}
HOURS: Final[Mapping[Policy, Mapping[str, int]]] = {
    "stepwise": STEPWISE_HOURS,
    "nice": NICE_HOURS,
    "strictest": {rule: min(STEPWISE_HOURS[rule], NICE_HOURS[rule]) for rule in STEPWISE_HOURS},
}
URGENT_WITHIN_HOURS: Final = 48
SOON_WITHIN_HOURS: Final = 168
EMERGENCY_RULES: Final = ("U1", "U2", "U3?", "U12")
_EMERGENCY: Final = frozenset(EMERGENCY_RULES)
_CERTAIN: Final = frozenset(rule for rule in EMERGENCY_RULES if not rule.endswith("?"))
LEVELS: Final = ("no_mri", "routine", "soon", "urgent", "emergency")


@dataclass(frozen=True, slots=True)
class Urgency:
    """How fast, and why. `hours` is None once images are read or if no symptom calls for MRI."""

    level: str
    hours: int | None
    provisional: bool
    rules: tuple[str, ...]
    others: tuple[tuple[Policy, int | None], ...]
    ask: tuple[str, ...]
    treatment_hours: int | None


def judge(found: Findings, policy: Policy) -> Urgency:
    """Decide the urgency under a policy; the smallest limit of all rules that fire wins."""
    rules = tuple(fired(found))
    limit = limit_hours(rules, policy)
    others = [(guideline, limit_hours(rules, guideline)) for guideline in GUIDELINES]
    return Urgency(
        level=_level(found, rules, limit),
        hours=None if found.read else limit,
        provisional=_provisional(found, rules, policy),
        rules=rules,
        others=() if found.read else tuple(other for other in others if other[1] != limit),
        ask=tuple(_to_ask(found, rules)),
        treatment_hours=TREATMENT_HOURS if found.compression_confirmed else None,
    )


@remembered
def limit_hours(rules: tuple[str, ...], policy: Policy) -> int | None:
    """Return the shortest limit in hours among the rules that have one."""
    table = HOURS[policy]
    return min([table[rule] for rule in rules if rule in table], default=None)


def due(opened_at: datetime, hours: int | None) -> datetime | None:
    """Add a limit to the moment of suspicion, keeping its offset."""
    return None if hours is None else opened_at + timedelta(hours=hours)


def fired(found: Findings) -> Iterator[str]:
    """Name every urgency rule that fires, assumed ones with a question mark."""
    case = found.case
    if found.cord_sign:
        yield "U1"
    if found.bilateral_root_pain or found.bilateral_root_deficit:
        yield "U2"
    if found.cord_signs_unknown and not found.cord_sign:
        yield "U3?"
    yield from _root_deficit(case)
    if case.radicular_pain == "unilateral":
        yield "U7"
    if not known(case.radicular_pain):
        yield "U7?"
    if case.back_pain is True or found.lesion_pain:
        yield "U8"
    elif not known(case.back_pain):
        yield "U8?"
    if no_symptom(found):
        yield "U9"
    if found.infection_suspected:
        yield "U10"
    if found.infection_assumed:
        yield "U10?"
    if cauda_equina_suspected(found):
        yield "U11"
    if found.high_grade and not found.read:
        yield "U12"
    if case.deterioration_during_rt is True and not found.clean:
        yield "U13"


def _root_deficit(case: Case) -> Iterator[str]:
    match case.radicular_deficit, case.deficit_days:
        case "unilateral_progressive", float(days):
            yield "U4" if days <= FAST_WITHIN_DAYS else "U5"
        case "unilateral_progressive" | "unknown" | None, _:
            yield "U4?"
        case "unilateral_stable", _:
            yield "U6"


def explain_rule(found: Findings, rule: str, policy: Policy) -> Fired:
    """Fire an urgency rule with its limit under the policy, and the notes that apply."""
    hours = HOURS[policy].get(rule)
    figures: dict[str, Figure] = {} if hours is None else {"limit_hours": hours}
    if rule == "U11":
        return Fired(rule, ("cord",) if _above_the_cauda(found) else ("text",))
    if rule == "U1" and not found.cord_signs and known(found.case.asia):
        no_root = found.case.asia == "D" and found.case.radicular_deficit == "none"
        figures["asia"] = str(found.case.asia)
        return fire(rule, figures, asia=not no_root, asia_without_root=no_root)
    return fire(rule, figures, no_cancer=found.case.cancer == "none")


def explain_treatment_clock(found: Findings) -> Fired:
    """Fire the treatment clock of a confirmed compression, with the notes that apply."""
    low_grade = found.cord_sign and found.low_grade and not found.clean
    return fire("treatment_clock", infection=found.infection_open, low_grade=low_grade)


def cauda_equina_suspected(found: Findings) -> bool:
    """Rule U11: saddle, bowel or, if urine is still passed, bladder."""
    signs = found.cord_signs
    return (
        "saddle_anaesthesia" in signs
        or "bowel" in signs
        or ("bladder" in signs and not found.anuric)
    )


def _above_the_cauda(found: Findings) -> bool:
    return "sensory_level" in found.cord_signs or "umn_signs" in found.cord_signs


def no_symptom(found: Findings) -> bool:
    """Rule U9: every symptom looked for and absent, and no alarming image or course."""
    case = found.case
    return (
        case.back_pain is False
        and case.radicular_pain == "none"
        and case.radicular_deficit == "none"
        and case.cord_signs == ()
        and not found.cord_sign
        and not found.lesion_pain
        and not found.high_grade
        and not indications(found)
    )


def certain_emergency(found: Findings, rules: Iterable[str]) -> bool:
    """Return whether it is an emergency by what is known, whatever is not: no assumed rule."""
    return found.compression_confirmed or not _CERTAIN.isdisjoint(rules)


def threatened(found: Findings) -> bool:
    """Return whether the cord or a root is at risk: a threat, in the words of the rules."""
    return (
        found.cord_sign
        or found.bilateral_root_pain
        or found.progressive_root_deficit
        or found.bilateral_root_deficit
        or found.infection_suspected
        or found.infection_assumed
        or (found.high_grade and not found.read)
        or bool(indications(found))
    )


def _provisional(found: Findings, rules: tuple[str, ...], policy: Policy) -> bool:
    """Return whether the limit, or the emergency, rests only on an assumption."""
    limit = limit_hours(rules, policy)
    assumed_emergency = "U3?" in rules and not certain_emergency(found, rules)
    return assumed_emergency or (limit is not None and _certain_hours(rules, policy) != limit)


@remembered
def _certain_hours(rules: tuple[str, ...], policy: Policy) -> int | None:
    return limit_hours(tuple(rule for rule in rules if not rule.endswith("?")), policy)


def _level(found: Findings, rules: tuple[str, ...], limit: int | None) -> str:
    if found.compression_confirmed or not _EMERGENCY.isdisjoint(rules):
        return "emergency"
    if found.some_unstable or (limit is not None and limit <= URGENT_WITHIN_HOURS):
        return "urgent"
    if limit is None:
        return "no_mri"
    return "soon" if limit <= SOON_WITHIN_HOURS else "routine"


def _to_ask(found: Findings, rules: tuple[str, ...]) -> Iterator[str]:
    case: Case = found.case
    if "U8?" in rules:
        yield "back_pain"
    if "U7?" in rules:
        yield "radicular_pain"
    if "U4?" in rules:
        yield "deficit_days" if known(case.radicular_deficit) else "radicular_deficit"
    if "U3?" in rules:
        yield "cord_signs"
    if found.dialysis and not known(case.infection_signs):
        yield "infection_signs"
