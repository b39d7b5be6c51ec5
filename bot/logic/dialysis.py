"""Kidneys, dialysis and the mimics: the G and N rules. Source ART, R30-R49, R121-R136, R168."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.logic.bedside import immobilise, prevent_thrombosis
from bot.logic.decisions import Picture
from bot.logic.fired_rule import Figure, Fired, fire

HIGH_POTASSIUM_FROM: Final = 6.0  # mmol/L


def kidneys(picture: Picture) -> Iterator[Fired]:
    found, case = picture.found, picture.case
    around_operation = found.dialysis and picture.operation_possible
    if found.kidneys_failing and picture.awaiting_mri:
        yield fire("G1")
    if found.dialysis and picture.awaiting_mri:
        yield _timed("G2", "next_dialysis", case.next_dialysis)
    if found.renal_not_normal:
        yield Fired("G3", ("anuric",) if case.urine_output == "anuric" else ("text",))
    if case.urine_output == "anuric":
        yield fire("G4")
    if around_operation:
        yield _timed("G5", "last_dialysis", case.last_dialysis)
        yield fire("G6")
    if case.access in ("fistula", "graft"):
        yield fire("G7", {"access": str(case.access)})
    if found.cord_sign or around_operation:
        yield fire("G8")
    if around_operation:
        yield fire("G9")
    if prevent_thrombosis(picture) and found.kidneys_failing:
        yield fire("G10")
    if found.renal_not_normal and found.pain:
        yield fire("G11")
    if potassium_dangerous(picture):
        yield fire("G12", {"potassium": f"{case.potassium:g}"}, dialysis=found.dialysis)
    if found.dialysis and immobilise(picture):
        yield fire("G13")


def mimics(picture: Picture) -> Iterator[Fired]:
    found = picture.found
    if found.mimic_suspected:
        unproven = not found.cancer_known or found.case.infection_signs is True
        yield Fired("N1", ("unproven" if unproven else "consider", "text"))
    if found.infection_suspected:
        yield fire("N2")


def potassium_dangerous(picture: Picture) -> bool:
    potassium = picture.case.potassium
    return isinstance(potassium, float) and potassium >= HIGH_POTASSIUM_FROM


def _timed(rule: str, field: str, when: datetime | str | None) -> Fired:
    if not isinstance(when, datetime):
        return fire(rule)
    figures: dict[str, Figure] = {field: when}
    return Fired(rule, ("text", field), figures)
