"""A group becomes a supergroup: all of it goes on under the new id, its cards shown there anew."""

from bot.commands.readable import readable
from bot.commands.waiting_lines import draw_for_group
from bot.incoming import Incoming, Tap
from bot.service.service import Service
from state.records import SCREEN, Priority, StoredCase


def move(service: Service, old: str, new: str) -> None:
    """Move a group to its new id, in the current transaction.

    Telegram may tell of it twice: the second time nothing is left to do.
    """
    store = service.store
    store.chats.rename(old, new)
    for case in readable(store, store.cases.codes_open(new)):
        if store.cards.find(case.code, SCREEN, new) is None:
            show_card(service, case)


def show_card(service: Service, case: StoredCase) -> None:
    """Queue the card of a case for its group, in the current transaction."""
    turn = service.begin(Incoming(case.chat, case.owner, Tap("", 0), thread=case.thread), case)
    turn.screens.append(draw_for_group(turn, case))
    service.send(turn, Priority.CARD)
