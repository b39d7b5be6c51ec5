"""Draws what is said while CordCall is out of use, and when it is back."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import tzinfo
from typing import Final

from bot.conversation.reminders import clock_of
from bot.guidance.spoken_times import say_moment
from bot.screens.notices import say_call, words
from bot.screens.screen import Screen, text
from state.records import Reminder

LONGEST_REASON: Final = 100
WORDS: Final = "out_of_use.toml"


def say_out_of_use(call: str, reason: str) -> str:
    """Say not to use CordCall, whom to call and why; short enough to answer a tap."""
    fixed = words("fixed", WORDS)
    return fixed["do_not_use"].format(call=say_call(call), reason=reason.strip().rstrip("."))


def draw_out_of_use(call: str, reason: str) -> Screen:
    """Draw the answer to everything while CordCall is out of use."""
    said = (say_out_of_use(call, reason), words("fixed", WORDS)["any_deficit"])
    return Screen("info", "CordCall", (text(*said),))


def draw_goes_out(
    call: str, reason: str, cases: Iterable[tuple[str, Reminder | None]], zone: tzinfo
) -> Screen:
    """Tell somebody that CordCall goes out of use, with the deadlines of their open cases.

    The deadlines are those of the reminders already set: nothing is worked out.
    """
    fixed = words("fixed", WORDS)
    screen = draw_out_of_use(call, reason)
    lines = [_say_case(code, reminder, zone) for code, reminder in cases]
    about = (text(fixed["still_open"]), text(*lines, look="list")) if lines else ()
    blocks = (*screen.blocks, text(fixed["from_now"]), *about)
    return Screen("info", screen.title, blocks, alert=True)


def with_way_back(screen: Screen) -> Screen:
    """Add for an owner how CordCall is put back in use."""
    said = words("command", WORDS)["is_out"]
    return replace(screen, blocks=(*screen.blocks, text(said)))


def draw_back() -> Screen:
    """Tell somebody that CordCall is in use again."""
    return Screen("info", "CordCall", (text(words("fixed", WORDS)["back"]),), alert=True)


def draw_deadline(call: str, reason: str, reminder: Reminder, zone: tzinfo) -> Screen:
    """Draw what comes in place of a reminder: the deadline that it was set for, not vouched for."""
    screen = draw_out_of_use(call, reason)
    said = _say("deadline", reminder.code, reminder, zone)
    return Screen("info", screen.title, (*screen.blocks, text(said, look="lead")), alert=True)


def _say_case(code: str, reminder: Reminder | None, zone: tzinfo) -> str:
    return _say("code_and_deadline", code, reminder, zone) if reminder else code


def _say(name: str, code: str, reminder: Reminder, zone: tzinfo) -> str:
    clock = words("clocks", WORDS)[clock_of(reminder.kind)]
    time = say_moment(reminder.deadline, zone)
    return words("fixed", WORDS)[name].format(code=code, clock=clock, time=time)
