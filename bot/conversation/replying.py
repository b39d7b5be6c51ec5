"""The answer of somebody who was asked for it, wherever their case stands meanwhile."""

from bot.conversation.changes import changes
from bot.conversation.events import Replied
from bot.conversation.move import Advanced, Move
from bot.flows.grammar import UNKNOWN, Several, Value
from bot.flows.typed import NotAnAnswer


def take_reply(move: Move, given: Replied) -> Advanced:
    """Accept an answer to a question that the case asks or has asked, else refuse it.

    A tick is set beside those that others have set meanwhile, and counts at once.
    """
    question, trail = move.flow.question(given.key), move.before.trail
    still_asked = (move.before.asked, trail.key, trail.waits_for, *trail.keys)
    if question is None or given.key not in still_asked:
        return move.refuse("old_question")
    try:
        value = _value(move, given)
    except NotAnAnswer:
        return move.refuse("old_question")
    if not question.accepts(value):
        return move.refuse("old_question")
    leads = None if move.case.revisiting == given.key else move.case.revisiting
    case = move.answered((given.key, value), revisiting=leads)
    after = move.stand(case)
    return Advanced(case, changes(move, after, (given.key,)), after)


def _value(move: Move, given: Replied) -> Value:
    ticks, question = move.case.latest.get(given.key), move.question(given.key)
    if given.on is None or not isinstance(question, Several):
        return move.read(given.key, given.text)
    others = [each for each in ticks if each != given.text] if isinstance(ticks, list) else []
    return [*others, given.text] if given.on else others or UNKNOWN
