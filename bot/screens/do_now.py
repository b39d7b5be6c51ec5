"""Says what to do now: the first steps in their short lines, and whom to call here."""

from typing import Final

from bot.guidance.card_lines import dose_waits, say_could_change, say_step
from bot.guidance.first_steps import Step, first_steps
from bot.guidance.texts import guidance
from bot.logic.calls import call_coordinator
from bot.logic.steroid import DISCUSS_FIRST, GIVE_NOW
from bot.screens.notices import words
from bot.screens.time_line import say_time
from bot.screens.view import View

WORDS: Final = "card.toml"
DRUG: Final = "Dexamethasone: "
MEETING: Final = "C1"
CALLS: Final = (MEETING, "C2")
PHONED_ABOUT_STEROID: Final = ("D6", "D7")


def do_now(view: View) -> list[str]:
    """Say the first steps, one line each."""
    return [_line(view, step) for step in first_steps(view.result)]


def coordinator(view: View) -> str:
    """Say whom to call here."""
    return f"Call: {view.call}" if view.call else words("fixed")["no_call"]


def call_lines(view: View) -> list[str]:
    """Say the local number where no step says it and somebody is to be called, and NICE's call."""
    said = {step[0].id for step in first_steps(view.result)}
    nice = [] if MEETING in said else _nice_call(view)
    emergency = view.result.urgency.level == "emergency"
    phoned = view.result.steroid.rule in PHONED_ABOUT_STEROID
    here = (emergency or phoned or nice) and not said.intersection(CALLS)
    return [*([coordinator(view)] if here else []), *nice]


def _line(view: View, step: Step) -> str:
    rule = step[0].id
    if rule == view.result.steroid.rule:
        return _steroid(view, step)
    line = say_step(step, view.zone)
    if rule not in CALLS:
        return line
    said = words("call", WORDS)
    return line + (said["number"].format(call=view.call) if view.call else said["switchboard"])


def _steroid(view: View, step: Step) -> str:
    """Say the steroid decision; a dose that was given already is not to be given again."""
    line, given = say_step(step, view.zone), view.case.newest_entry("steroid_given")
    if given is None:
        return line
    said, time = words("given", WORDS), say_time(given.at, view.now, view.zone)
    if dose_waits(view.result):
        return said["questions"].format(time=time, line=line.removeprefix(DRUG))
    if view.result.steroid.decision == GIVE_NOW:
        return said["goes_on"].format(time=time) + say_could_change(step[0])
    if view.result.steroid.decision == DISCUSS_FIRST:
        return said["open"].format(time=time, line=line)
    return line


def _nice_call(view: View) -> list[str]:
    """Say that NICE wants the coordinator phoned at once; an emergency says more by itself."""
    call = call_coordinator(view.result.found)
    emergency = view.result.urgency.level == "emergency"
    said = guidance()[call.id].card(call, view.zone) if call and not emergency else None
    return [said] if said else []
