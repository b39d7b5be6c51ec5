"""Kidneys and dialysis: the G rules. Source ART, R30-R31, R49, R121-R137, R201-R202, R221-R229."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bot.logic.bedside import immobilise, prevent_thrombosis, stable_position
from bot.logic.calcium import calcium
from bot.logic.case import known
from bot.logic.decisions import Decisions
from bot.logic.findings import Findings
from bot.logic.fired_rule import Figure, Fired, fire
from bot.logic.potassium import potassium_dangerous, potassium_severe
from bot.logic.sessions import sessions

REBOUND_HOURS: Final = 6  # for so long after a session potassium rises again; CC


def kidneys(decisions: Decisions) -> Iterator[Fired]:
    found, case = decisions.found, decisions.case
    operation = decisions.operation_on_dialysis
    if found.kidneys_failing and decisions.awaiting_images:
        yield Fired("G1", ("not_possible",) if case.mri == "not_possible" else ("text",))
    if found.dialysis and decisions.awaiting_images:
        yield _timed("G2", "next_dialysis", case.next_dialysis)
    if found.renal_not_normal:
        yield Fired("G3", ("anuric",) if found.anuric else ("text",))
    if found.anuric:
        yield fire("G4")
    if operation:
        yield _timed("G5", "last_dialysis", case.last_dialysis)
        yield fire("G6")
    if case.access in ("fistula", "graft"):
        yield fire("G7", {"access": str(case.access)})
    if found.cord_sign or operation:
        yield fire("G8")
    if operation:
        yield fire("G9")
    if prevent_thrombosis(found) and found.kidneys_failing:
        yield fire("G10")
    if found.pain and (found.renal_not_normal or kidneys_unknown(found)):
        yield fire("G11", kidneys_unknown=not found.renal_not_normal)
    if potassium_dangerous(found):
        yield high_potassium(decisions)
    if found.dialysis and (immobilise(found) or decisions.threat):
        yield Fired("G13", ("stable",) if stable_position(found) else ("text",))
    if operation:
        yield fire("G14")
    planned = sessions(decisions)
    if planned is not None:
        yield planned


def kidneys_unknown(found: Findings) -> bool:
    return not known(found.case.renal) and not known(found.case.egfr)


def high_potassium(decisions: Decisions) -> Fired:
    """Say rule G12: dialysis today, unless a session has only just ended."""
    found = decisions.found
    level = calcium(found)
    high_calcium = level is not None and level.high and not level.low
    say = [
        "text",
        *([_session(decisions)] if found.dialysis else []),
        "ecg",
        "severe" if potassium_severe(found) else "moderate",
        "glucose",
        *(["high_calcium"] if high_calcium else []),
    ]
    return Fired("G12", tuple(say), {"potassium": f"{found.case.potassium:g}"})


def _session(decisions: Decisions) -> str:
    """Name what a high potassium asks of the unit: a session, or a sample after the last one."""
    last = decisions.case.last_dialysis
    if not isinstance(last, datetime):
        return "dialysis"
    ended = decisions.now - last
    just_ended = timedelta() <= ended <= timedelta(hours=REBOUND_HOURS)
    return "after_session" if just_ended else "dialysis"


def _timed(rule: str, field: str, when: datetime | str | None) -> Fired:
    if not isinstance(when, datetime):
        return fire(rule)
    figures: dict[str, Figure] = {field: when}
    return Fired(rule, ("text", field), figures)
