"""The receiver's side of a hand-over: each case is read back, then accepted or declined."""

from dataclasses import replace
from typing import Final

from bot.commands.handover_ends import end_if_lost, name_in, say_over, take_off, tell
from bot.commands.readable import readable
from bot.conversation.handing_over import heard, is_read_back
from bot.screens.handover import WORDS, say_codes
from bot.screens.notices import words
from bot.screens.reading_back import draw_complete, draw_read_back, is_right
from bot.turn import Turn
from state.handovers import HandOver

OPTION: Final = 3  # the number of words before it: the offer, the case, the step


def read(turn: Turn, offer: str, *above: str) -> None:
    """Ask for the next case of an offer to be read back."""
    _hear(turn, offer)
    for each in _of_offer(turn, offer):
        current = end_if_lost(turn, each)
        if current:
            _ask(turn, current, *above)
            return
    said = words("give", WORDS)
    say_over(turn, *(above or (said["ended"],)))


def back(turn: Turn, given: str) -> None:
    """Take one option that was tapped: "OFFER CODE STEP OPTION"; a wrong one is asked again."""
    offer, code, step, option = (*given.split(), "", "", "", "")[: OPTION + 1]
    current = _current(turn, offer, code)
    if current is None:
        return
    if is_read_back(current) or step != str(current.read):
        _ask(turn, current)
        return
    case, number = turn.store.cases.find(code), int(option) if option.isdecimal() else -1
    right = case is not None and is_right(turn.view(case), current, number)
    after = replace(current, read=current.read + 1) if right else current
    turn.store.handovers.keep(after)
    _ask(turn, after, wrong=not right)


def accept(turn: Turn, given: str) -> None:
    """Take a case that was read back: from now on it is the receiver's, and nobody else's."""
    offer, code = (*given.split(), "", "")[:2]
    current = _current(turn, offer, code)
    case = turn.store.cases.find(code) if current else None
    if current is None or case is None:
        return
    if not is_read_back(current):
        _ask(turn, current)
        return
    who, giver = turn.incoming.who, current.giver
    standing = turn.standing(case)
    case = turn.store.ownership.take(case, who, turn.now, read_back=True)
    turn.store.handovers.end(code)
    turn.remind_of(case, standing)
    turn.note_action("handed over", code, about=giver)
    turn.shown_in_group.append(case)
    name = name_in(turn, current.chat, who)
    told = words("told", WORDS)["accepted"].format(code=code, name=name)
    yours = words("receive", WORDS)["yours"].format(code=code)
    tell(turn, current.chat, giver, told)
    take_off(turn, current, told, yours)
    if _of_offer(turn, offer):
        read(turn, offer, yours)
    else:
        turn.screens.append(draw_complete(current))


def decline(turn: Turn, given: str) -> None:
    """Send a case of an offer back, or all of it: "OFFER [CODE]"."""
    offer, code = (*given.split(), "", "")[:2]
    rows = [each for each in _of_offer(turn, offer) if code in ("", each.code)]
    if not rows:
        read(turn, offer)
        return
    for each in rows:
        turn.store.handovers.end(each.code)
        turn.note_action("declined", each.code, about=each.giver)
        turn.shown_in_group += readable(turn.store, [each.code])
    codes, first = say_codes([each.code for each in rows]), rows[0]
    giver, name = (name_in(turn, first.chat, who) for who in (first.giver, first.receiver))
    told = words("told", WORDS)["declined"].format(name=name, codes=codes)
    sent_back = words("receive", WORDS)["declined"].format(giver=giver, codes=codes)
    tell(turn, first.chat, first.giver, told)
    take_off(turn, first, told, sent_back)
    read(turn, offer, sent_back)


def _ask(turn: Turn, handover: HandOver, *above: str, wrong: bool = False) -> None:
    case = turn.store.cases.find(handover.code)
    if case is None:
        return
    turn.note_action("looked at", case.code)
    left = len(_of_offer(turn, handover.offer))
    giver = name_in(turn, handover.chat, handover.giver)
    view = turn.view(case)
    turn.screens.append(draw_read_back(view, handover, giver, left, *above, wrong=wrong))


def _current(turn: Turn, offer: str, code: str) -> HandOver | None:
    """Return a hand-over of this offer as its case is now; else ask for the next one.

    One whose facts have changed with time begins anew, and that is said.
    """
    _hear(turn, offer)
    found = next((each for each in _of_offer(turn, offer) if each.code == code), None)
    current = end_if_lost(turn, found) if found else None
    if found and current and current.read < found.read:
        _ask(turn, current, words("receive", WORDS)["again"])
        return None
    if current is None:
        read(turn, offer)
    return current


def _hear(turn: Turn, offer: str) -> None:
    """Note that the receiver of an offer acts on it: nobody is reminded for a while."""
    for each in _of_offer(turn, offer):
        turn.store.handovers.keep(heard(each, turn.now))


def _of_offer(turn: Turn, offer: str) -> list[HandOver]:
    """Return what is left of an offer to this person, who still acts in the group."""
    rows, who = turn.store.handovers.of_offer(offer), turn.incoming.who
    return [each for each in rows if each.receiver == who and turn.access.acts_in(each.chat, who)]
