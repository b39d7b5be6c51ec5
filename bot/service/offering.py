"""Offers the open cases of people who have lost access to those who still have it, once each."""

from dataclasses import replace

from bot.commands.takeover import codes_left, listed
from bot.incoming import Command, Incoming
from bot.service.service import Service


def offer_left_cases(service: Service) -> list[str]:
    """Tell each owner, with sound, of the cases that nobody sees; return the chats told.

    Somebody is told of a case once, and again only if its owner had access in between. Nobody is
    told while CordCall is out of use: the list says how urgent each case is.
    """
    told = list[str]()
    if not service.owners or service.out_of_use:
        return told
    with service.store.turn() as store:
        for owner in store.cases.owners():
            if service.may_use(owner):
                store.offers.withdraw(owner)
        left = set(codes_left(store, service.may_use))
        for who in sorted(service.owners):
            new = left - store.offers.told(who)
            if not new:
                continue
            turn = service.begin(Incoming(who, who, Command("takeover")))
            listed(turn)
            turn.screens = [replace(each, alert=True) for each in turn.screens]
            service.send(turn)
            store.offers.note(sorted(new), who, turn.now)
            told.append(who)
    return told
