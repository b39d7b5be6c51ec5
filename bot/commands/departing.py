"""Somebody acts in a group no more: its cases go at once, and theirs are offered to the group."""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.commands.expiring import expire
from bot.commands.others import turn_in
from bot.commands.quiet import is_quiet
from bot.commands.readable import readable
from bot.conversation.alarm import unanswered_since
from bot.conversation.case_codes import codes_in
from bot.incoming import Incoming, Tap
from bot.screens.handover import case_lines
from bot.screens.notices import words
from bot.screens.screen import Button, Screen, in_rows, text
from bot.screens.team import WORDS
from bot.screens.time_line import WORDS as TIME_LINE
from bot.turn import Turn
from state.records import StoredCase
from state.store import Store

MOST_OFFERED: Final = 8


def depart(turn: Turn, chat: str, who: str) -> None:
    """Record that somebody acts in a group no more.

    What shows its cases in their private chat expires, and what waits to be sent there and names
    one is dropped. Nobody is on call in their place, and the group is told. Until somebody takes
    them, the cases that they owned stay theirs by name, and the group is reminded of them.
    """
    store = turn.store
    known = store.groups.colleague(chat, who)
    if known is None:
        return
    duties = [each.role for each in store.groups.on_call(chat, turn.now) if each.who == who]
    store.groups.part(chat, who)
    store.outbox.sent([*_naming(store, chat, who)])
    shown = store.cards.of_group(chat, who)
    expire(store, shown, turn.now)
    for card in shown:
        store.cards.drop(card.code, card.role, who)
    left = readable(store, store.ownership.without_one(chat))
    mine = [case for case in left if case.owner == who]
    for thread in dict.fromkeys(case.thread for case in mine):
        offer_in_group(turn, chat, known.name, [case for case in mine if case.thread == thread])
    if duties:
        _say_vacant(turn, chat, known.name, duties)


def _say_vacant(turn: Turn, chat: str, name: str, roles: Sequence[str]) -> None:
    """Tell a group that nobody is on call in some roles any more; no alarm names who was."""
    said, called = words("departed", WORDS)["vacant"], words("called", TIME_LINE)
    other = turn_in(turn, Incoming(chat, turn.incoming.who, Tap("", 0)), anew=True)
    named = ", ".join(called[role].lower() for role in roles)
    blocks = (text(said.format(name=name, roles=named)),)
    other.screens.append(Screen("info", "CordCall", blocks, alert=not is_quiet(turn, chat)))
    turn.beside.append(other)
    cases = readable(turn.store, turn.store.cases.codes_under_way(chat))
    turn.shown_in_group += [case for case in cases if unanswered_since(case)]


def offer_in_group(turn: Turn, chat: str, name: str, cases: Sequence[StoredCase]) -> None:
    """Offer a group its cases without an owner, with sound unless it is quiet and none presses."""
    said, shown = words("departed", WORDS), cases[:MOST_OFFERED]
    incoming = Incoming(chat, turn.incoming.who, Tap("", 0), thread=cases[0].thread)
    other = turn_in(turn, incoming, anew=True)
    buttons = [
        Button(said["have"].format(code=each.code), f"have {each.code}", typed=f"/have {each.code}")
        for each in shown
    ]
    codes = ", ".join(case.code for case in cases)
    sentence = said["offered"].format(name=name, codes=codes)
    presses = any(turn.standing(case).emergency for case in cases)
    screen = Screen(
        "info",
        "CordCall",
        (text(*case_lines([turn.view(case) for case in cases]), look="list"), text(sentence)),
        in_rows(buttons, 1),
        alert=presses or not is_quiet(turn, chat),
    )
    other.screens.append(screen)
    turn.beside.append(other)
    turn.shown_in_group += cases


def _naming(store: Store, chat: str, who: str) -> Iterator[int]:
    """Return what waits for a person and names a case of a group, though it is about none."""
    for row in store.outbox.queued(who):
        found = set[str]().union(*map(codes_in, row.screens))
        codes = found if row.code is None else ()
        if any(case.chat == chat for case in readable(store, codes)):
            yield row.id
