"""Reminds of hand-overs that are not finished: both people after a silence, then their group."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Final

from bot.commands.handover_ends import end_lost, has_owner, name_in
from bot.commands.others import turn_for, turn_in
from bot.commands.quiet import is_quiet
from bot.commands.readable import readable
from bot.conversation.handing_over import SILENT_FOR, TOLD_AFTER, waiting
from bot.incoming import TERMINAL, Command, Incoming
from bot.screens.handover import draw_not_handed_over, draw_waits_for_giver
from bot.screens.reading_back import draw_waits_for_receiver
from bot.service.group_cards import show_in_groups
from bot.service.service import Service
from bot.turn import Turn
from state.handovers import HandOver
from state.records import Priority, StoredCase

REMIND: Final = Command("remind")


def next_of_hand_over(service: Service) -> datetime | None:
    """Return when somebody is reminded of a hand-over next; None while CordCall is out of use."""
    due_at = service.store.handovers.next_due()
    return None if due_at is None or service.out_of_use else due_at


@dataclass(frozen=True, slots=True)
class Due:
    """An offer that is due to be reminded of: whether to both people, and whether to the group."""

    offer: str
    to_both: bool
    to_group: bool


def claim_hand_over(service: Service) -> Due | None:
    """Claim the offer that is due first, in the current transaction, so that it is due no more."""
    store, now = service.store, service.clock()
    first = store.handovers.first_due(now)
    if first is None or service.out_of_use:
        return None
    to_both = not first.reminded and first.heard_at + SILENT_FOR <= now
    to_group = not first.told and first.offered_at + TOLD_AFTER <= now
    for each in store.handovers.of_offer(first.offer):
        reminded, told = each.reminded or to_both, each.told or to_group
        store.handovers.keep(waiting(replace(each, reminded=reminded, told=told)))
    return Due(first.offer, to_both, to_group)


def remind_of_hand_over(service: Service, due: Due) -> tuple[str, ...]:
    """Remind of an offer, in the current transaction; return the chats told.

    What has become impossible of it is ended, and that is said instead.
    """
    handovers = service.store.handovers
    turn = service.begin(Incoming(TERMINAL, TERMINAL, REMIND))
    end_lost(turn, [each.code for each in handovers.of_offer(due.offer)])
    show_in_groups(turn)
    chats = service.send_beside(turn)
    rows = handovers.of_offer(due.offer)
    others = [*(_both(turn, rows) if due.to_both and rows else ())]
    others += [*(_group(turn, rows) if due.to_group and rows else ())]
    for other in others:
        service.send(other, Priority.REMINDER)
    return tuple(dict.fromkeys((*chats, *(other.chat for other in others))))


def _both(turn: Turn, rows: Sequence[HandOver]) -> Iterator[Turn]:
    first = rows[0]
    giver, receiver = (name_in(turn, first.chat, who) for who in (first.giver, first.receiver))
    for who, screen in (
        (first.receiver, draw_waits_for_receiver(rows, giver, has_owner=has_owner(turn, first))),
        (first.giver, draw_waits_for_giver(rows, receiver)),
    ):
        if turn.access.acts_in(first.chat, who):
            other = turn_for(turn, who)
            other.screens.append(screen)
            yield other


def _group(turn: Turn, rows: Sequence[HandOver]) -> Iterator[Turn]:
    """Tell the group in the topic of each case, with sound unless it is quiet and none presses."""
    first = rows[0]
    giver, receiver = (name_in(turn, first.chat, who) for who in (first.giver, first.receiver))
    cases = sorted(readable(turn.store, (each.code for each in rows)), key=_topic)
    for thread, in_topic in groupby(cases, _topic):
        here = [*in_topic]
        presses = any(turn.standing(case).emergency for case in here)
        incoming = Incoming(first.chat, first.giver, REMIND, thread=thread or None)
        other = turn_in(turn, incoming, anew=True)
        owned = has_owner(turn, first)
        drawn = draw_not_handed_over(
            [case.code for case in here],
            giver,
            receiver,
            has_owner=owned,
            sounds=presses or not is_quiet(turn, first.chat),
        )
        other.screens.append(drawn)
        yield other


def _topic(case: StoredCase) -> int:
    return case.thread or 0
