"""Tells people when CordCall goes out of use, and when it is back."""

from dataclasses import replace
from typing import Final

from bot.incoming import TERMINAL, Command, Incoming
from bot.screens.out_of_use import draw_back, draw_goes_out
from bot.screens.screen import Screen
from bot.service.service import Service
from state.records import Reminder

SWITCHES: Final = ("outofuse", "inuse")


def is_switch(act: object) -> bool:
    """Return whether a person may have taken CordCall out of use with this, or put it back."""
    return isinstance(act, Command) and act.name.casefold() in SWITCHES


def announce(service: Service) -> list[str]:
    """Tell every member what has changed, once, in the current transaction; return who is told.

    What was still to be sent is dropped when CordCall goes out of use, and whoever waits for it
    is told as well.
    """
    store, why = service.store, service.out_of_use
    switch = store.out_of_use.kept()
    if why == switch.told:
        return []
    store.out_of_use.keep(replace(switch, told=why))
    people = _members(service)
    if why:
        people |= _drop_what_waits(service)
    told = sorted(who for who in people if service.may_use(who))
    for who in told:
        _tell(service, who, _goes_out(service, who, why) if why else draw_back())
    return told


def _members(service: Service) -> set[str]:
    """Name everybody who is told: the owners, and whoever has an open case."""
    return {*service.owners, *service.store.cases.owners(besides=TERMINAL)}


def _drop_what_waits(service: Service) -> set[str]:
    """Drop what was still to be sent; return the private chats, named as their people are."""
    outbox = service.store.outbox
    chats = {chat for chat in outbox.chats_waiting() if chat != TERMINAL}
    for chat in chats:
        outbox.drop(chat, outbox.queued(chat)[-1].id)
    return chats


def _goes_out(service: Service, who: str, why: str) -> Screen:
    cases = [
        (code, _first_reminder(service, code))
        for code in service.store.cases.under_way_of(who, besides=TERMINAL)
    ]
    setting = service.setting
    return draw_goes_out(setting.call, why, cases, setting.engine.zone)


def _first_reminder(service: Service, code: str) -> Reminder | None:
    return next(iter(service.store.reminders.pending(code)), None)


def _tell(service: Service, who: str, screen: Screen) -> None:
    turn = service.begin(Incoming(who, who, Command("outofuse")))
    turn.screens.append(screen)
    service.send(turn)
