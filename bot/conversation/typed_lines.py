"""A typed line: an answer, a section of the plan, or something to confirm first."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.conversation.answering import pick
from bot.conversation.looking import choose_sections, explain
from bot.conversation.move import Advanced, Move
from bot.conversation.replies import Ask, Confirm, Notice, ShowSections
from bot.flows.grammar import UNKNOWN, Moment, Number
from bot.flows.typed import NotAnAnswer, asks_for_help, is_bare_number, small_number

SOON: Final = timedelta(minutes=2)


def take_typed(move: Move, text: str, *, elsewhere: bool = False) -> Advanced:
    """Treat a line as the answer to the current question; at the end, as a plan section.

    A bare number typed `elsewhere` than under the question is confirmed first.
    """
    standing = move.before
    if asks_for_help(text):
        return explain(move, Notice("help"))
    if standing.at_end:
        return move.stay(*choose_sections(standing, text))
    meant_for_the_plan = standing.waits_for and small_number(text.strip())
    if meant_for_the_plan or needs_confirming(move, text, elsewhere=elsewhere):
        return suggest(move, text, elsewhere=elsewhere)
    return echo(move, pick(move, standing.asked, text), text)


def echo(move: Move, advanced: Advanced, text: str) -> Advanced:
    """Say which option was meant by its number; a number and a time are said anyway."""
    key = move.before.asked
    taken = len(advanced.case.answers) > len(move.case.answers)
    said = isinstance(move.question(key), Number | Moment)
    if not taken or said or not is_bare_number(text):
        return advanced
    return replace(advanced, replies=(Notice("noted", keys=(key,)), *advanced.replies))


def suggest(move: Move, text: str, *, elsewhere: bool = False) -> Advanced:
    """Accept a number or a time; anything else is matched and must be confirmed."""
    key = move.before.asked
    if asks_for_help(text):
        return explain(move, Notice("help"))
    if move.before.at_end:
        return move.stay(Notice("nothing_asked"), ShowSections())
    doubtful = needs_confirming(move, text, elsewhere=elsewhere)
    if isinstance(move.question(key), Number | Moment) and not doubtful:
        return pick(move, key, text)
    try:
        value = move.read(key, text)
        return (move if move.case.given else move.turn_to(key)).stay(Confirm(key, value))
    except NotAnAnswer as error:
        return move.stay(Notice("not_an_answer", str(error), by_tap=error.by_tap), Ask(key))


def needs_confirming(move: Move, text: str, *, elsewhere: bool) -> bool:
    """Return whether a number is confirmed first.

    It was typed `elsewhere`, it was just typed for another question, or may have another unit.
    So is anything typed before the case went on.
    """
    unseen = elsewhere and is_bare_number(text)
    return move.overtaken or unseen or is_retyped(move, text) or is_implausible(move, text)


def is_implausible(move: Move, text: str) -> bool:
    """Return whether a number lies outside what its question finds plausible."""
    key = move.before.asked
    question = move.question(key)
    if not isinstance(question, Number):
        return False
    try:
        return bool(question.implausible(move.read(key, text)))
    except NotAnAnswer:
        return False


def is_retyped(move: Move, text: str) -> bool:
    """Return whether the number that just answered one question now answers the next.

    The repeat may have been meant for the previous question.
    """
    if not move.case.given:
        return False
    last, asked = move.case.given[-1], move.before.asked
    answered = move.flow.question(last.question)
    numbers = isinstance(answered, Number) and isinstance(move.flow.question(asked), Number)
    if not numbers or last.question == asked:
        return False
    try:
        value = move.read(last.question, text)
    except NotAnAnswer:
        return False
    return value == last.value != UNKNOWN and abs(move.at - last.at) < SOON
