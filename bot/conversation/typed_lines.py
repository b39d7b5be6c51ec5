"""A typed line: an answer, a section of the plan, or something to confirm first."""

from datetime import timedelta
from typing import Final

from bot.conversation.answering import pick
from bot.conversation.looking import choose_sections, explain
from bot.conversation.move import Advanced, Move
from bot.conversation.replies import Ask, Confirm, Notice, ShowSections
from bot.flows.grammar import UNKNOWN, Moment, Number
from bot.flows.typed import NotAnAnswer, asks_for_help, small_number

SOON: Final = timedelta(minutes=2)
YES: Final = "yes "


def take_typed(move: Move, text: str) -> Advanced:
    """Treat a line as the answer to the current question; at the end, as a plan section."""
    standing = move.before
    if asks_for_help(text):
        return explain(move, Notice("help"))
    if standing.at_end:
        return move.stay(choose_sections(standing, text))
    meant_for_the_plan = standing.waits_for and small_number(text.strip())
    if meant_for_the_plan or needs_confirming(move, text):
        return suggest(move, text)
    return pick(move, standing.asked, without_yes(text))


def suggest(move: Move, text: str) -> Advanced:
    """Accept a number or a time; anything else is matched and must be confirmed."""
    key = move.before.asked
    if asks_for_help(text):
        return explain(move, Notice("help"))
    if move.before.at_end:
        return move.stay(Notice("nothing_asked"), ShowSections())
    if isinstance(move.question(key), Number | Moment) and not needs_confirming(move, text):
        return pick(move, key, text)
    try:
        return move.stay(Confirm(key, move.read(key, text)))
    except NotAnAnswer as error:
        return move.stay(Notice("not_an_answer", str(error)), Ask(key))


def needs_confirming(move: Move, text: str) -> bool:
    """Return whether a number needs confirming: it was just typed, or may be in another unit."""
    return is_retyped(move, text) or is_implausible(move, text)


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
    if not move.case.answers:
        return False
    last, asked = move.case.answers[-1], move.before.asked
    answered = move.flow.question(last.question)
    numbers = isinstance(answered, Number) and isinstance(move.flow.question(asked), Number)
    if not numbers or last.question == asked:
        return False
    try:
        value = move.read(last.question, text)
    except NotAnAnswer:
        return False
    return value == last.value != UNKNOWN and abs(move.now - last.at) < SOON


def without_yes(text: str) -> str:
    """Strip the word that confirms a number when nothing can be tapped."""
    return text[len(YES) :] if text[: len(YES)].casefold() == YES else text
