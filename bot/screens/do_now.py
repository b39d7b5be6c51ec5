"""Says what to do now: the first steps in their short lines, and whom to call here."""

from collections.abc import Sequence
from typing import Final

from bot.guidance.card_lines import dose_waits, say_step
from bot.guidance.first_steps import Step
from bot.screens.clocks import cauda_equina_line
from bot.screens.notices import words
from bot.screens.time_line import say_time
from bot.screens.view import View, said_once

WORDS: Final = "card.toml"
DRUG: Final = "Dexamethasone: "
CALLS: Final = ("C1", "C2", "nice_coordinator")
OVERDUE: Final = "W1"
CAUDA_EQUINA: Final = "U11"
ABSCESS_FIRST: Final = "D6"
SWITCHBOARD: Final = "switchboard"  # in every sentence that stands for a number


def do_now(view: View) -> list[str]:
    """Say the first steps, one line each."""
    return [line for _, line in steps_with_rules(view)]


def with_cauda_equina(view: View, steps: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Add the MRI deadline of rule U11 to steps: first, but for a dose to be given now."""
    cauda = cauda_equina_line(view)
    if not cauda:
        return [*steps]
    steroid = view.result.steroid.rule
    dose = any(rule == steroid for rule, _ in steps[:1]) and not dose_waits(view.result)
    return [*steps[:dose], (CAUDA_EQUINA, cauda), *steps[dose:]]


@said_once
def steps_with_rules(view: View) -> tuple[tuple[str, str], ...]:
    """Say the first steps, each with the rule it begins with."""
    return tuple([(step[0].id, _line(view, step)) for step in view.standing.steps])


def coordinator(view: View) -> str:
    """Say whom to call here."""
    return f"Call: {view.call}" if view.call else words("fixed")["no_call"]


def says_whom_to_call(view: View, line: str) -> bool:
    """Return whether a line gives the number to call, or the switchboard if none is set."""
    return (view.call.strip().rstrip(".") or SWITCHBOARD) in line


def call_line(view: View) -> list[str]:
    """Say whom to call in an emergency if the first steps had no room for it."""
    emergency = view.result.urgency.level == "emergency"
    said = any(step[0].id in CALLS for step in view.standing.steps)
    return [coordinator(view)] if emergency and not said else []


def _line(view: View, step: Step) -> str:
    rule = step[0].id
    line = _steroid(view, step) if rule == view.result.steroid.rule else say_step(step, view.zone)
    if rule not in CALLS and not (rule == ABSCESS_FIRST and _phoned(view)):
        return line
    said = words("call", WORDS)
    return line + (said["number"].format(call=view.call) if view.call else said["switchboard"])


def _phoned(view: View) -> bool:
    """Return whether the line of an abscess to drain first says whom to phone."""
    if view.result.steroid.rule != ABSCESS_FIRST:
        return False
    return not any(step[0].id in CALLS for step in view.standing.steps)


def say_steroid_now(view: View) -> str:
    """Say the steroid decision as the card does; a dose already given must not be repeated."""
    rules = (view.result.steroid.rule, "N2")
    return _steroid(view, tuple(each for each in view.result.actions if each.id in rules))


def _steroid(view: View, step: Step) -> str:
    """Say the steroid decision; a dose already given must not be repeated."""
    line, given = say_step(step, view.zone), view.case.newest_entry("steroid_given")
    if given is None:
        return line
    said, time = words("given", WORDS), say_time(given.at, view.now, view.zone)
    if dose_waits(view.result):
        return said["questions"].format(time=time, line=line.removeprefix(DRUG))
    begin = said.get(view.result.steroid.decision, "").format(time=time)
    return say_step(step, view.zone, begin=begin)
