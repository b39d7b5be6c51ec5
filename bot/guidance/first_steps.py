"""What to do first: the lines of the card, at most five, most urgent first."""

from typing import Final

from bot.logic.assessment import Assessment
from bot.logic.calls import call_coordinator
from bot.logic.fired_rule import Fired
from bot.logic.treatment import explain

MOST_STEPS: Final = 5
KILLS: Final = ("G12", "B7", "B8")
CALLS: Final = ("C1", "C2")
BLEEDING: Final = ("M7", "G13")
_CALL: Final = "call"
_PATHWAY: Final = "pathway"

Step = tuple[Fired, ...]  # rules combined in one line


def first_steps(result: Assessment) -> tuple[Step, ...]:
    """Choose the first steps; the pathway is the second once compression is confirmed.

    Life-threatening potassium and calcium come together before it.
    """
    pathway = (explain(result.found, result.treatment),)
    steps = _every_step(result, pathway[0])
    if result.found.compression_confirmed:
        steps.remove(pathway)
        killing = sum(step[0].id in KILLS for step in steps)
        steps.insert(max(1, killing), pathway)
    return tuple(steps[:MOST_STEPS])


def bleeding_step(result: Assessment) -> Step:
    """Return what is said of bleeding, even where the first steps have no room for it."""
    fired = {each.id: each for each in result.actions}
    return tuple([fired[rule] for rule in BLEEDING if rule in fired])


def _every_step(result: Assessment, pathway: Fired) -> list[Step]:
    fired = {each.id: each for each in (*result.warnings, *result.actions)}
    fired[_PATHWAY] = pathway
    call = _call(result, fired)
    if call:
        fired[_CALL] = call
    order = _order(result, calls=call is not None)
    steps = [tuple([fired[rule] for rule in together if rule in fired]) for together in order]
    return [*filter(None, steps)]


def _order(result: Assessment, *, calls: bool) -> tuple[tuple[str, ...], ...]:
    """Return which rules are said together, in their order."""
    examine, unexamined = ("M2",), result.found.cord_signs_unknown
    return (
        ("W1",), *((rule,) for rule in KILLS), examine if unexamined else (),
        (result.steroid.rule, "N2"), (_CALL, "C4") if calls else (), ("M1",), BLEEDING,
        () if unexamined else examine, ("N1",), ("M3",), (_PATHWAY,), () if calls else ("C4",),
        ("C3",), ("M6",), ("C5",),
    )  # fmt: skip


def _call(result: Assessment, fired: dict[str, Fired]) -> Fired | None:
    """Return whom to call now: the meeting, else the surgeon, else the NICE coordinator."""
    for rule in CALLS:
        if rule in fired:
            return fired[rule]
    nice = call_coordinator(result.found)
    return nice if nice and "at_once" in nice.say else None
