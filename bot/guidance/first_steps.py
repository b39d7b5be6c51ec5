"""What to do first: the lines of the card, at most five, most pressing first."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from bot.logic.assessment import Assessment
from bot.logic.fired_rule import Fired
from bot.logic.treatment import explain

MOST_STEPS: Final = 5
KILLS: Final = ("G12", "B7", "B8")

Step = tuple[Fired, ...]  # the rules that one line says together


def first_steps(result: Assessment) -> tuple[Step, ...]:
    """Choose the first steps; the pathway is the second once compression is confirmed."""
    steps = [step for step in _every_step(result) if step]
    if result.found.compression_confirmed:
        pathway = _pathway(result)
        steps.remove(pathway)
        steps.insert(1, pathway)
    return tuple(islice(steps, MOST_STEPS))


def _every_step(result: Assessment) -> Iterator[Step]:
    fired = {each.id: each for each in (*result.warnings, *result.actions)}

    def together(*rules: str) -> Step:
        return tuple(fired[rule] for rule in rules if rule in fired)

    unexamined = result.found.cord_signs_unknown
    yield together("W1")
    yield from _kills(fired)
    if unexamined:
        yield together("M2")
    yield together(result.steroid.rule, "N2")
    called = "C1" if "C1" in fired else "C2"
    if called in fired:
        yield together(called, "C4")
    yield together("M1")
    yield together("M7", "G13")
    if not unexamined:
        yield together("M2")
    yield together("N1")
    yield together("M3")
    yield _pathway(result)
    if called not in fired:
        yield together("C4")
    yield from map(together, ("C3", "M6", "C5"))


def _kills(fired: dict[str, Fired]) -> Iterator[Step]:
    """Give potassium and calcium that kill; two figures that disagree take one line."""
    for rule in KILLS:
        if rule == "B8" and "B7" in fired and "disagree" in fired["B7"].say:
            continue
        yield (fired[rule],) if rule in fired else ()


def _pathway(result: Assessment) -> Step:
    return (explain(result.found, result.treatment),)
