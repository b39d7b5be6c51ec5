"""What to do first: the lines of the card, at most five, most urgent first."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from bot.logic.assessment import Assessment
from bot.logic.calls import call_coordinator
from bot.logic.fired_rule import Fired
from bot.logic.treatment import explain

MOST_STEPS: Final = 5
KILLS: Final = ("G12", "B7", "B8")
CALLS: Final = ("C1", "C2")

Step = tuple[Fired, ...]  # rules combined in one line


def first_steps(result: Assessment) -> tuple[Step, ...]:
    """Choose the first steps; the pathway is the second once compression is confirmed.

    Life-threatening potassium and calcium come together before it.
    """
    steps = [step for step in _every_step(result) if step]
    if result.found.compression_confirmed:
        pathway = _pathway(result)
        steps.remove(pathway)
        killing = sum(step[0].id in KILLS for step in steps)
        steps.insert(max(1, killing), pathway)
    return tuple(islice(steps, MOST_STEPS))


def _every_step(result: Assessment) -> Iterator[Step]:
    fired = {each.id: each for each in (*result.warnings, *result.actions)}

    def together(*rules: str) -> Step:
        return tuple(fired[rule] for rule in rules if rule in fired)

    unexamined = result.found.cord_signs_unknown
    yield together("W1")
    yield from map(together, KILLS)
    if unexamined:
        yield together("M2")
    yield together(result.steroid.rule, "N2")
    calls = _calls(result, fired)
    yield (*calls, *together("C4")) if calls else ()
    yield together("M1")
    yield together("M7", "G13")
    if not unexamined:
        yield together("M2")
    yield together("N1")
    yield together("M3")
    yield _pathway(result)
    if not calls:
        yield together("C4")
    yield from map(together, ("C3", "M6", "C5"))


def _calls(result: Assessment, fired: dict[str, Fired]) -> Step:
    """Return whom to call now: the meeting, else the surgeon, else the NICE coordinator."""
    for rule in CALLS:
        if rule in fired:
            return (fired[rule],)
    nice = call_coordinator(result.found)
    return (nice,) if nice and "at_once" in nice.say else ()


def _pathway(result: Assessment) -> Step:
    return (explain(result.found, result.treatment),)
