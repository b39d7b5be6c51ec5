"""Ends hand-overs that cannot be finished any more, and tells both people why."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from bot.commands.others import turn_for, turn_in
from bot.commands.readable import find_readable
from bot.conversation.handing_over import Ended, ended, renewed
from bot.incoming import Incoming, Tap
from bot.screens.handover import WORDS, case_lines, draw_over
from bot.screens.notices import words
from bot.screens.people import draw_expired
from bot.screens.screen import Screen, text
from bot.screens.team import name_of
from bot.turn import Turn
from state.groups import is_group
from state.handovers import HandOver

RECEIVER: Final[Ended] = "receiver"
GIVER: Final[Ended] = "giver"


def end_lost(turn: Turn, changed: Collection[str]) -> None:
    """End what this turn has made impossible; `changed` are the cases that it has changed."""
    handovers = turn.store.handovers.all()
    lost = turn.store.handovers.lost() if handovers else set()
    for each in handovers:
        may = turn.access.sees_cases(each.receiver)
        if each.code in lost or each.code in changed or not may:
            end_if_lost(turn, each)


def end_if_lost(turn: Turn, handover: HandOver) -> HandOver | None:
    """End a hand-over that cannot be finished any more; else return it as its case is now.

    One of a case that cannot be read is left as it is, and not returned.
    """
    case = find_readable(turn.store, handover.code)
    if case is None:
        return None
    standing, may = turn.standing(case), turn.access.acts_in(handover.chat, handover.receiver)
    why = ended(handover, case, standing, may_receive=may)
    if why:
        end(turn, handover, why)
        return None
    now = renewed(handover, case, standing)
    if now != handover:
        turn.store.handovers.keep(now)
    return now


def has_owner(turn: Turn, handover: HandOver) -> bool:
    """Return whether the giver of a case still may have it; one who has left owns it no more."""
    case = find_readable(turn.store, handover.code)
    return case is not None and turn.access.shares(handover.giver, case)


def end_those_of(turn: Turn, who: str) -> None:
    """End the hand-overs to and from a person who is about to be erased."""
    for each in turn.store.handovers.of_person(who):
        end(turn, each, RECEIVER if each.receiver == who else GIVER)


def end(turn: Turn, handover: HandOver, why: Ended) -> None:
    """End a hand-over and tell both, as far as they may have cases."""
    turn.store.handovers.end(handover.code)
    case = find_readable(turn.store, handover.code)
    giver, receiver = (name_in(turn, handover.chat, who) for who in _both(handover))
    owner = name_in(turn, handover.chat, case.owner) if case else giver
    reason = words("ended", WORDS)[why].format(
        name=owner if why == "passed" else receiver, giver=giver
    )
    said = words("told", WORDS)["ended"].format(
        code=handover.code, giver=giver, name=receiver, why=reason
    )
    now = case_lines([turn.view(case)]) if case and why == "changed" else []
    for who in _both(handover):
        tell(turn, handover.chat, who, *now, said)
    take_off(turn, handover, said, said)
    if case and is_group(case.chat):
        turn.shown_in_group.append(case)


def take_off(turn: Turn, handover: HandOver, to_giver: str, to_receiver: str) -> None:
    """Take the buttons off the messages of an offer if nothing is left of it: say how it ended.

    The message that is tapped in this turn is left to what it shows next.
    """
    if turn.store.handovers.of_offer(handover.offer):
        return
    complete = words("receive", WORDS)["complete"]
    for who, said in zip(_both(handover), (to_giver, to_receiver), strict=True):
        stays = turn.access.acts_in(handover.chat, who)
        screen = draw_over(said, complete) if stays else draw_expired()
        for message in turn.store.buttons.messages_with(who, handover.offer):
            if (turn.chat, turn.incoming.message_id) != (who, message):
                other = turn_in(turn, Incoming(who, who, Tap("", 0), message_id=message))
                other.screens.append(screen)
                turn.beside.append(other)


def say_over(turn: Turn, *sentences: str) -> None:
    """Say how an offer ended: in place of the message that was tapped, if one was."""
    over = draw_over(*sentences)
    turn.screens.append(over if turn.tapped else replace(over, kind="notice"))


def _both(handover: HandOver) -> tuple[str, str]:
    return handover.giver, handover.receiver


def name_in(turn: Turn, chat: str, who: str) -> str:
    """Return the name of somebody in a group; somebody who has left has none any more."""
    return name_of(turn.store.groups.colleague(chat, who))


def tell(turn: Turn, chat: str, who: str, *sentences: str) -> None:
    """Tell somebody of a group something about a hand-over, in their private chat.

    Whoever has left the group, or may have no cases, is told nothing.
    """
    if not turn.access.acts_in(chat, who):
        return
    other = turn if turn.chat == who else _beside(turn, who)
    title, sounds = words("give", WORDS)["title"], other is not turn
    other.screens.append(Screen("notice", title, (text(*sentences),), alert=sounds))


def _beside(turn: Turn, who: str) -> Turn:
    """Return the turn in which a person is told something already, or a new one."""
    told = (each for each in turn.beside if each.chat == who and not each.redraws)
    return next(told, None) or turn_for(turn, who)
