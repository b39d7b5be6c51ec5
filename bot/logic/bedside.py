"""What to do at once at the bedside: the M rules. Source ART, R02, R11, R49, R62."""

from collections.abc import Iterator
from typing import Final

from bot.logic.case import known
from bot.logic.decisions import Picture
from bot.logic.fired_rule import Fired, fire
from bot.logic.sins import UNSTABLE_FROM
from bot.logic.treatment import NO_LOCAL_TREATMENT

ANTICOAGULANTS: Final = ("antiplatelet", "warfarin", "doac", "heparin")


def care(picture: Picture) -> Iterator[Fired]:
    found, case = picture.found, picture.case
    if immobilise(picture):
        yield _position(picture)
    if found.deficit or found.cord_signs_unknown:
        yield fire("M2", cord_signs_unknown=found.cord_signs_unknown)
    if found.cord_sign:
        yield Fired("M3", ("anuric",) if case.urine_output == "anuric" else ("text",))
    if prevent_thrombosis(picture):
        yield fire("M4", kidneys_failing=found.kidneys_failing)
    if found.pain:
        yield fire("M5", renal=found.renal_not_normal)
    no_local = picture.treatment.pathway == NO_LOCAL_TREATMENT
    if picture.urgency.level != "emergency" or no_local:
        yield fire("M6")
    bleeding_matters = found.cord_sign or bool(picture.treatment.indications)
    if case.anticoagulant in ANTICOAGULANTS and bleeding_matters:
        yield fire(
            "M7",
            {"anticoagulant": str(case.anticoagulant)},
            dialysis=found.dialysis and not known(case.last_dialysis),
        )


def immobilise(picture: Picture) -> bool:
    """Rule M1: a cord sign, or mechanical pain in a lesion that may be unstable."""
    found = picture.found
    return found.cord_sign or any(
        score.high >= UNSTABLE_FROM and lesion.pain == "mechanical"
        for score, lesion in zip(found.sins, found.case.lesions or (), strict=True)
    )


def prevent_thrombosis(picture: Picture) -> bool:
    return picture.found.cord_sign or picture.case.walking == "none"


def _position(picture: Picture) -> Fired:
    found = picture.found
    if found.all_stable:
        return Fired("M1", ("stable",))
    if not found.cord_sign and not found.some_unstable:
        return Fired("M1", ("consider",))
    levels = [str(lesion.level) for lesion in found.case.lesions or ()]
    cervical = not levels or any(level.startswith(("C", "N", "u")) for level in levels)
    return fire("M1", collar=cervical)
