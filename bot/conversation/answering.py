"""Answers: one, several at once, a tick. Refused if given already or unfit."""

from dataclasses import replace
from typing import Final

from bot.conversation.changes import alert, changes
from bot.conversation.events import Answers
from bot.conversation.move import Advanced, Move
from bot.conversation.replies import Ask, Confirm, Notice, RenewAlert, has_alert
from bot.conversation.time_line import missing, still_there
from bot.flows.grammar import UNKNOWN, Moment, Number, Value
from bot.flows.typed import NotAnAnswer, allowed
from bot.guidance.first_steps import KILLS

YES: Final = "yes "


def answer(move: Move, key: str, value: Value) -> Advanced:
    """Accept an answer to the current question, or to one that can be answered at any time."""
    if key not in (move.before.asked, *move.flow.asked_at_any_time):
        return move.refuse("old_question")
    question = move.question(key)
    if not question.accepts(value):
        words = move.words(key)
        detail, by_tap = allowed(question, words), allowed(question, words, numbered=False)
        return move.stay(Notice("not_an_answer", detail, by_tap=by_tap), Ask(key))
    if move.case.adding and key == move.flow.landmarks.cord_signs and isinstance(value, list):
        value = still_there(move.case.latest[key], value) if value else value
    case = move.answered((key, value), *_unread(move, key, value), revisiting=None)
    after = move.stand(case)
    noted = (Notice("noted", keys=(key,)),) if isinstance(question, Number | Moment) else ()
    return Advanced(case, (*noted, *changes(move, after, (key,))), after)


def _unread(move: Move, key: str, value: Value) -> Answers:
    """Return the answer that the images of a repeated MRI have not been read."""
    marks, latest = move.flow.landmarks, move.case.latest
    anew = key == marks.mri and value == "done" and latest.get(key, "done") != "done"
    return ((marks.lesions_seen, UNKNOWN),) if anew and marks.lesions_seen in latest else ()


def bring_in(move: Move, answers: Answers) -> Advanced:
    """Accept several answers at once; none if the flow would refuse one of them."""
    keys = tuple(key for key, _ in answers)
    fitting = [(key, value) for key, value in answers if move.question(key).accepts(value)]
    case = move.answered(*fitting, revisiting=None)
    after = move.stand(case)
    if not set(keys) <= set(after.trail.keys):
        return move.refuse("old_question")
    return Advanced(case, (Notice("noted", keys=keys), *changes(move, after, keys)), after)


def take_line(move: Move, answers: Answers) -> Advanced:
    """Accept what a typed line said; what the flow does not ask for is kept all the same.

    What kills is named at once, also before the urgency is settled.
    """
    case = move.answered(*answers, revisiting=None)
    after = move.stand(case)
    keys = tuple(key for key, _ in answers)
    had = [step[0].id for step in move.before.steps]
    steps = () if after.settled else after.steps
    kills = [step[0].id for step in steps if step[0].id in KILLS and step[0].id not in had]
    said = (Notice("from_line"), *(Notice("new_step", each) for each in kills))
    return Advanced(case, (*said, *changes(move, after, keys)), after)


def pick(move: Move, key: str, text: str) -> Advanced:
    """Accept what was typed, or what a button stands for, as the answer to a question.

    What would take recorded ticks away is asked back, unless it begins with YES; the cord signs
    have a question of their own.
    """
    if move.flow.question(key) is None:
        return move.refuse("old_question")
    try:
        value = move.read(key, without_yes(text))
    except NotAnAnswer as error:
        return move.stay(Notice("not_an_answer", str(error), by_tap=error.by_tap), Ask(key))
    confirmed = text != without_yes(text) or key == move.flow.landmarks.cord_signs
    if key == move.before.asked and not confirmed and missing(move.case.latest.get(key), value):
        return move.stay(Confirm(key, value))
    return answer(move, key, value)


def without_yes(text: str) -> str:
    """Strip the word that confirms an answer."""
    return text[len(YES) :] if text[: len(YES)].casefold() == YES else text


def tick(move: Move, key: str, option: str, *, on: bool) -> Advanced:
    """Set or clear one of several ticks; the question stays open. A second tap changes nothing."""
    if key != move.before.asked or not move.question(key).accepts([option]):
        return move.refuse("old_question")
    ticks = move.case.latest.get(key)
    ticked = [*ticks] if isinstance(ticks, list) else []
    if (option in ticked) == on:
        return move.stay(Ask(key))
    left = [*ticked, option] if on else [each for each in ticked if each != option]
    value: Value = left or UNKNOWN
    case = move.answered((key, value), revisiting=key)
    after = move.stand(case)
    return Advanced(case, (*alert(move, after, (key,), ticking=True), Ask(key)), after)


def finish(move: Move, key: str) -> Advanced:
    """Accept the ticks of a question as they are; without any, say what else to tap.

    An alert was short over the ticks: now it is whole.
    """
    ticks = move.case.latest.get(key)
    if key == move.before.asked and not (isinstance(ticks, list) and ticks):
        return move.stay(Notice("nothing_ticked"), Ask(key))
    advanced = answer(move, key, ticks or UNKNOWN)
    whole = advanced.standing.settled and not has_alert(advanced.replies)
    return replace(advanced, replies=(RenewAlert(), *advanced.replies)) if whole else advanced
