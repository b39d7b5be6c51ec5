"""Ends hand-overs that cannot be finished any more, and tells both people why."""

from collections.abc import Collection
from typing import Final

from bot.access import Access
from bot.commands.others import turn_for
from bot.conversation.handing_over import Ended, ended, renewed
from bot.screens.handover import WORDS
from bot.screens.notices import words
from bot.screens.screen import Screen, text
from bot.screens.team import WORDS as TEAM
from bot.turn import Turn
from state.groups import is_group
from state.handovers import HandOver
from state.store import Store

RECEIVER: Final[Ended] = "receiver"


def end_lost(turn: Turn, changed: Collection[str]) -> None:
    """End what this turn has made impossible; `changed` are the cases that it has changed."""
    handovers = turn.store.handovers.all()
    lost = turn.store.handovers.lost() if handovers else set()
    for each in handovers:
        may = turn.access.sees_cases(each.receiver)
        if each.code in lost or each.code in changed or not may:
            end_if_lost(turn, each)


def end_if_lost(turn: Turn, handover: HandOver) -> HandOver | None:
    """End a hand-over that cannot be finished any more; else return it as its case is now."""
    case = turn.store.cases.find(handover.code)
    if case is None:
        return None
    standing, may = turn.standing(case), may_receive(turn.store, turn.access, handover)
    why = ended(handover, case, standing, may_receive=may)
    if why:
        end(turn, handover, why)
        return None
    now = renewed(handover, case, standing)
    if now != handover:
        turn.store.handovers.keep(now)
    return now


def may_receive(store: Store, access: Access, handover: HandOver) -> bool:
    """Return whether the receiver of a case still may have it."""
    there = store.groups.colleague(handover.chat, handover.receiver) is not None
    return there and access.sees_cases(handover.receiver)


def end_those_of(turn: Turn, who: str) -> None:
    """End the hand-overs to a person who is about to be erased."""
    for each in turn.store.handovers.of_person(who):
        if each.receiver == who:
            end(turn, each, RECEIVER)


def end(turn: Turn, handover: HandOver, why: Ended) -> None:
    """End a hand-over and tell both, as far as they may have cases."""
    turn.store.handovers.end(handover.code)
    case = turn.store.cases.find(handover.code)
    giver, receiver = (name_in(turn, handover.chat, who) for who in _both(handover))
    owner = name_in(turn, handover.chat, case.owner) if case else giver
    reason = words("ended", WORDS)[why].format(
        name=owner if why == "passed" else receiver, giver=giver
    )
    said = words("told", WORDS)["ended"].format(
        code=handover.code, giver=giver, name=receiver, why=reason
    )
    for who in _both(handover):
        tell(turn, who, said)
    if case and is_group(case.chat):
        turn.shown_in_group.append(case)


def _both(handover: HandOver) -> tuple[str, str]:
    return handover.giver, handover.receiver


def name_in(turn: Turn, chat: str, who: str) -> str:
    """Return the name of somebody in a group; somebody who has left has none any more."""
    found = turn.store.groups.colleague(chat, who)
    return found.name if found else words("who", TEAM)["unknown"]


def tell(turn: Turn, who: str, *sentences: str) -> None:
    """Tell somebody who may have cases something about a hand-over, in their private chat."""
    if not turn.access.sees_cases(who):
        return
    other = turn if turn.chat == who else _beside(turn, who)
    title, sounds = words("give", WORDS)["title"], other is not turn
    other.screens.append(Screen("notice", title, (text(*sentences),), alert=sounds))


def _beside(turn: Turn, who: str) -> Turn:
    """Return the turn in which a person is told something already, or a new one."""
    told = (each for each in turn.beside if each.chat == who and not each.redraws)
    return next(told, None) or turn_for(turn, who)
