"""A number typed twice: the second time it may have been meant for the question before."""

from datetime import timedelta
from typing import Final

from bot.flows.grammar import UNKNOWN, Flow, Number
from bot.flows.typed import Clock, NotAnAnswer, read_typed
from bot.flows.wording import words_of
from state.records import StoredCase

SOON: Final = timedelta(minutes=2)
YES: Final = "yes "


def is_retyped(case: StoredCase, flow: Flow, key: str, typed: str, clock: Clock) -> bool:
    """Tell a number that answered the question before, a moment ago, and now meets `key`."""
    if not case.answers:
        return False
    last = case.answers[-1]
    answered, asked = flow.question(last.question), flow.question(key)
    if not isinstance(answered, Number) or not isinstance(asked, Number) or last.question == key:
        return False
    try:
        value = read_typed(typed, answered, words_of(flow, answered.id), clock)
    except NotAnAnswer:
        return False
    return value == last.value != UNKNOWN and abs(clock.now - last.at) < SOON


def without_yes(typed: str) -> str:
    """Take the word off with which a number is confirmed where nothing can be tapped."""
    return typed[len(YES) :] if typed[: len(YES)].casefold() == YES else typed
