"""What becomes of a group when somebody leaves it, or the bot may not write there any more."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bot.commands.departing import depart
from bot.commands.handover_ends import end_lost
from bot.commands.others import turn_for
from bot.commands.readable import readable
from bot.commands.request_ends import give_up
from bot.commands.takeover import offer
from bot.incoming import Incoming, Tap
from bot.screens.case_line import case_line
from bot.screens.notices import words
from bot.screens.screen import Button, Screen, in_rows, text
from bot.screens.team import WORDS
from bot.service.auditing import audit
from bot.service.group_cards import show_in_groups
from bot.service.service import Service
from bot.turn import Turn
from state.groups import Colleague
from state.records import FORGOTTEN, StoredCase

MOST_LISTED: Final = 8


def part(service: Service, chat: str, who: str) -> list[str]:
    """Note that somebody has left a group, in the current transaction; return the chats told."""
    if service.store.groups.colleague(chat, who) is None:
        return []
    turn = service.begin(Incoming(chat, who, Tap("", 0)))
    depart(turn, chat, who)
    turn.note_action("left")
    end_lost(turn, ())
    show_in_groups(turn)
    audit(turn)
    return [who, *service.send_beside(turn)]


def say_lacks(service: Service, chat: str) -> list[str]:
    """Say what the bot lacks as a plain member, in the current transaction; return the chats told.

    The group is told, and the admins who act there.
    """
    said = words("places", WORDS)
    turn = service.begin(Incoming(chat, chat, Tap("", 0)))
    for who in _admins(service, chat):
        turn_for(turn, who).say(said["plain_member_of"])
    here = service.begin(Incoming(chat, chat, Tap("", 0)))
    here.screens.append(Screen("info", "CordCall", (text(said["plain_member"]),)))
    turn.beside.append(here)
    return service.send_beside(turn)


def fall_back(service: Service, chat: str) -> list[str]:
    """Give the open cases of a group to one person each, in the current transaction.

    The bot cannot write there any more: each case goes on in its owner's private chat, or if the
    owner acts there no more, in that of the colleague who acted last. They are told once, with a
    list, and so are the admins of the group. One that nobody there may have is offered to everybody
    who may have cases. Returns the chats told.
    """
    store = service.store
    if store.groups.find(chat) is None:
        return []
    turn, given = service.begin(Incoming(chat, chat, Tap("", 0))), defaultdict[str, list[str]](list)
    admins, people = _admins(service, chat), store.groups.colleagues(chat)
    cases = [*readable(store, store.cases.codes_open(chat))]
    for case in cases:
        heir = _heir(service, case, people)
        if heir is None:
            store.ownership.move(case, FORGOTTEN, FORGOTTEN, None)
            continue
        for request in store.requests.of(case.code):
            give_up(turn, replace(case, owner=heir), request)
        moved = store.ownership.move(case, heir, heir, turn.now)
        turn.remind_of(moved, turn.standing(moved))
        taking = service.begin(Incoming(chat, heir, Tap("", 0)))
        taking.note_action("taken over", case.code)
        audit(taking)
        given[heir].append(case.code)
    store.outbox.drop_all(chat)
    store.groups.strike_off(chat)
    for heir, codes in given.items():
        _tell_heir(turn, heir, codes)
    _tell_admins(turn, admins, cases, people)
    offer(turn)
    turn.note_action("struck off")
    audit(turn)
    return service.send_beside(turn)


def _heir(service: Service, case: StoredCase, people: Iterable[Colleague]) -> str | None:
    """Return who has a case of a group from now on; None if nobody may."""
    if service.access.shares(case.owner, case):
        return case.owner
    may = [each for each in people if service.access.sees_cases(each.who)]
    return max(may, key=lambda each: each.seen_at).who if may else None


def _tell_heir(turn: Turn, heir: str, codes: list[str]) -> None:
    said, other = words("places", WORDS), turn_for(turn, heir)
    lines = [case_line(turn.view(case)) for case in readable(turn.store, codes)]
    buttons = [
        Button(said["go_on"].format(code=code), f"resume {code}", typed=f"/resume {code}")
        for code in codes[:MOST_LISTED]
    ]
    blocks = (text(said["yours_now"]), text(*lines[:MOST_LISTED], look="list"))
    other.screens.append(Screen("info", "CordCall", blocks, in_rows(buttons, 1), alert=True))


def _tell_admins(
    turn: Turn, admins: Iterable[str], cases: Iterable[StoredCase], people: Iterable[Colleague]
) -> None:
    names = {each.who: each.name for each in people}
    unknown = words("who", WORDS)["unknown"]
    went = "; ".join(f"{case.code}: {names.get(case.owner, unknown)}" for case in cases)
    said = words("places", WORDS)
    for who in admins:
        turn_for(turn, who).say(said["fell_back" if went else "gone"].format(codes=went))


def _admins(service: Service, chat: str) -> list[str]:
    """Return the admins who act in a group; without one, the owners of this CordCall."""
    found = [each.who for each in service.access.admins_in(chat)]
    return found or sorted(service.owners)
