"""What to do at once at the bedside: the M rules. Source ART, R02, R11, R49, R62, R213, CC."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.logic.case import known
from bot.logic.decisions import Decisions
from bot.logic.findings import Findings
from bot.logic.fired_rule import Figure, Fired, fire
from bot.logic.sins import UNSTABLE_FROM
from bot.logic.stability import stable

ANTICOAGULANTS: Final = ("warfarin", "doac", "heparin")
IMMOBILISE_ADVICE_HOURS: Final = 24  # R11, R62
RECENT_CLOT_MONTHS: Final = 3  # R213
RECENT_STENT_MONTHS: Final = 12  # CC


def bedside(decisions: Decisions) -> Iterator[Fired]:
    found = decisions.found
    if immobilise(found):
        yield _position(found)
    if found.deficit or found.cord_signs_unknown:
        yield fire("M2", cord_signs_unknown=found.cord_signs_unknown)
    if found.cord_sign:
        yield Fired("M3", ("anuric",) if found.anuric else ("text",))
    if prevent_thrombosis(found):
        yield fire("M4", kidneys_failing=found.kidneys_failing)
    if found.pain:
        suitable = interventional_suitable(decisions)
        yield fire(
            "M5",
            interventional=suitable,
            no_interventional=not suitable,
            renal=found.renal_not_normal,
            acute=found.kidneys_failing,
        )
    if decisions.urgency.level != "emergency":
        yield fire("M6")
    if mind_bleeding(decisions):
        yield _bleeding(decisions)


def immobilise(found: Findings) -> bool:
    """Rule M1: a cord sign, an unstable spine, or mechanical pain where it may be unstable."""
    return lie_flat(found) or any(
        score.high >= UNSTABLE_FROM and lesion.pain == "mechanical"
        for score, lesion in zip(found.sins, found.case.lesions or (), strict=True)
    )


def lie_flat(found: Findings) -> bool:
    return found.cord_sign or found.some_unstable


def prevent_thrombosis(found: Findings) -> bool:
    return found.cord_sign or found.case.walking == "none"


def interventional_suitable(decisions: Decisions) -> bool:
    """Return whether the cord was examined, nothing is at risk, and no blood thinner is taken."""
    examined = not decisions.found.cord_signs_unknown
    return examined and not decisions.threat and decisions.case.blood_thinners == ()


def mind_bleeding(decisions: Decisions) -> bool:
    """Rule M7: a threat, and blood thinners that are not known to be absent."""
    return decisions.case.blood_thinners != () and decisions.threat


def stable_position(found: Findings) -> bool:
    """Return whether rule M1 says that stability does not require lying flat."""
    return immobilise(found) and stable(found) and found.read


def _position(found: Findings) -> Fired:
    if stable_position(found):
        return Fired("M1", ("stable",))
    if not lie_flat(found):
        return Fired("M1", ("consider",))
    if found.no_lesion_seen:
        return Fired("M1", ("no_lesion",))
    levels = [str(lesion.level) for lesion in found.case.lesions or ()]
    cervical = not levels or any(level.startswith(("C", "N", "u")) for level in levels)
    return fire("M1", collar=cervical)


def _name(blood_thinner: str) -> str:
    return "DOAC" if blood_thinner == "doac" else blood_thinner


def taken_beside_dialysis(found: Findings) -> tuple[str, ...]:
    """Give the blood thinners other than the heparin of dialysis; none without dialysis."""
    thinners = found.case.blood_thinners
    if not found.dialysis or not isinstance(thinners, tuple):
        return ()
    return tuple(each for each in thinners if each != "heparin")


def _bleeding(decisions: Decisions) -> Fired:
    case, found = decisions.case, decisions.found
    thinners = case.blood_thinners if isinstance(case.blood_thinners, tuple) else ()
    last = case.last_blood_thinner
    figures: dict[str, Figure] = {"blood_thinners": ", ".join(map(_name, thinners))}
    if isinstance(last, datetime):
        figures["last_blood_thinner"] = last
    if isinstance(case.last_dialysis, datetime):
        figures["last_dialysis"] = case.last_dialysis
    taken = taken_beside_dialysis(found)
    figures["taken"] = " and ".join(map(_name, taken))
    known_dose = isinstance(last, datetime)
    return fire(
        "M7",
        figures,
        "text" if thinners else "not_known",
        anticoagulant=any(each in ANTICOAGULANTS for each in thinners),
        antiplatelet="antiplatelet" in thinners,
        last_blood_thinner=known_dose and not taken,
        last_dose_unknown=bool(thinners) and not known_dose and not taken,
        last_of_taken=known_dose and bool(taken),
        last_of_taken_unknown=not known_dose and bool(taken),
        dialysis=found.dialysis,
        last_session=found.dialysis and isinstance(case.last_dialysis, datetime),
        last_session_unknown=found.dialysis and not known(case.last_dialysis),
    )
