"""Tells people when CordCall goes out of use, and when it is back."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.access import Right
from bot.commands.takeover import codes_left
from bot.incoming import TERMINAL, Command, Incoming
from bot.screens.out_of_use import draw_back, draw_goes_out, with_way_back
from bot.screens.screen import Screen
from bot.service.offering import offer_left
from bot.service.service import Service
from state.records import Priority, Reminder

SWITCHES: Final = ("outofuse", "inuse")


def is_switch(act: object) -> bool:
    """Return whether a person may have taken CordCall out of use with this, or put it back."""
    return isinstance(act, Command) and act.name.casefold() in SWITCHES


def announce(service: Service) -> list[str]:
    """Tell every member what has changed, once, in the current transaction; return who is told.

    What was still to be sent is dropped when CordCall goes out of use, and whoever waits for it
    is told as well. When it is back, cases that lost their owner meanwhile are offered.
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
    left = codes_left(store, service.access) if why else []
    for who in told:
        _tell(service, who, _goes_out(service, who, why, left) if why else draw_back())
    return told if why else [*told, *offer_left(service)]


def _members(service: Service) -> set[str]:
    """Name everybody who is told: whoever has access, and whoever has an open case."""
    people = service.access.people(Right.VIEWER)
    return {*people, *service.store.ownership.owners(besides=TERMINAL)}


def _drop_what_waits(service: Service) -> set[str]:
    """Drop what was still to be sent; return the private chats, named as their people are.

    Refusals remain, such as the edits of messages about cases that are erased: they give no advice.
    """
    outbox, chats = service.store.outbox, set[str]()
    for chat in outbox.chats_waiting():
        advice = [row for row in outbox.queued(chat) if row.priority is not Priority.REFUSAL]
        if chat != TERMINAL and advice:
            outbox.sent([row.id for row in advice])
            chats.add(chat)
    return chats


def _goes_out(service: Service, who: str, why: str, left: Sequence[str]) -> Screen:
    """Tell somebody of their open cases and, if they may have cases, of those nobody else sees."""
    own = service.store.ownership.under_way_of(who, besides=TERMINAL)
    codes = [*own, *left] if service.access.sees_cases(who) else []
    cases = [(code, _first_reminder(service, code)) for code in codes]
    setting = service.setting
    screen = draw_goes_out(setting.call, why, cases, setting.engine.zone)
    return with_way_back(screen) if service.may_put_back(who) else screen


def _first_reminder(service: Service, code: str) -> Reminder | None:
    return next(iter(service.store.reminders.pending(code)), None)


def _tell(service: Service, who: str, screen: Screen) -> None:
    turn = service.begin(Incoming(who, who, Command("outofuse")))
    turn.screens.append(screen)
    service.send(turn)
