"""Offers the open cases of people who have lost access to those who still have it, once each."""

from collections.abc import Iterator
from dataclasses import replace

from bot.commands.takeover import codes_left, list_left
from bot.incoming import Command, Incoming
from bot.service.service import Service


def offer_left_cases(service: Service) -> Iterator[str]:
    """Tell each owner, with sound, of the cases that nobody sees; give the chats told.

    Each has a transaction of their own. Somebody is told of a case once, and again only if its
    owner had access in between.
    """
    if not service.owners:
        return
    with service.store.turn() as store:
        for owner in store.cases.owners():
            if service.may_use(owner):
                store.offers.withdraw(owner)
    for who in sorted(service.owners):
        if _offer(service, who):
            yield who


def _offer(service: Service, who: str) -> bool:
    with service.store.turn() as store:
        new = set(codes_left(store, service.may_use)) - store.offers.told(who)
        if not new:
            return False
        turn = service.begin(Incoming(who, who, Command("takeover")))
        list_left(turn)
        turn.screens = [replace(each, alert=True) for each in turn.screens]
        service.send(turn)
        store.offers.note(sorted(new), who, turn.now)
        return True
