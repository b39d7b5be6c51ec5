"""Offers the open cases of people who have lost access to those who may have cases, once each."""

from bot.commands.takeover import offer
from bot.incoming import TERMINAL, Command, Incoming
from bot.service.service import Service


def offer_left_cases(service: Service) -> list[str]:
    """Tell everybody who may have cases of those that nobody sees; return the chats told."""
    with service.store.turn():
        return offer_left(service)


def offer_left(service: Service) -> list[str]:
    """Do so in the current transaction."""
    turn = service.begin(Incoming(TERMINAL, TERMINAL, Command("takeover")))
    offer(turn)
    return service.send_beside(turn)
