"""The command that takes over an open case whose owner has no access any more."""

from dataclasses import replace
from functools import partial
from typing import Final

from bot.access import Access, Right
from bot.commands.others import turn_for
from bot.commands.sharing import have
from bot.conversation.events import AskedForCard
from bot.incoming import TERMINAL
from bot.logic.case_input import shown_id
from bot.screens.case_line import case_line
from bot.screens.notices import words
from bot.screens.pages import page_of, split_page
from bot.screens.screen import Button, Screen, in_rows, text
from bot.screens.time_line import say_time
from bot.turn import Turn
from state.groups import is_group
from state.records import HANDED_OVER, StoredCase
from state.store import Store, StoreError

MOST_ON_PAGE: Final = 4


def takeover(turn: Turn, code: str) -> None:
    """Take over a case by its code, or list those that may be taken over.

    It moves to this chat with its reminders, and its card says what has been done. A
    second tap finds it there and shows it.
    """
    named, page = split_page(code)
    if not named:
        list_left(turn, page)
        return
    case = turn.store.cases.find(named.upper())
    if case is None or case.status == "closed" or not (_is_left(turn, case) or _is_own(turn, case)):
        given = shown_id(named, "/takeover")
        said = say_taken(turn, case) if case else ""
        turn.say(said or words("left")["not_left"].format(given=given))
        return
    if is_group(case.chat):
        have(turn, case.code)
        return
    if _is_left(turn, case):
        case = turn.store.ownership.move(case, turn.chat, turn.incoming.who, turn.now)
        turn.note_action("taken over", case.code)
        turn.store.reminders.claim(case.code, turn.now)
        turn.remind_of(case, turn.standing(case))
    turn.take_up(case)
    turn.advance(AskedForCard())


def list_left(turn: Turn, number: int = 1) -> None:
    """List the open cases whose owner has no access, page by page, each with its button.

    One that cannot be read is named without a button, and holds up no other.
    """
    who, store = turn.incoming.who, turn.store
    shared = [
        code for chat in store.groups.groups_of(who) for code in store.ownership.without_one(chat)
    ]
    page = page_of([*codes_left(store, turn.access), *shared], number, beside=0, most=MOST_ON_PAGE)
    lines, buttons = list[str](), list[Button]()
    for code in page.shown:
        try:
            case = turn.store.cases.find(code)
            lines += [case_line(turn.view(case))] if case else []
        except StoreError:
            raise
        except Exception:
            lines.append(words("left")["unreadable"].format(code=code))
        else:
            does = f"takeover {code}"
            buttons.append(Button(f"Take over {code}", does, typed=f"/{does}"))
    turn.case = None
    turn.note_action("listed")
    said = words("left")
    blocks = (text(said["offered"] if lines else said["none"]), text(*lines, look="list"))
    rows = in_rows((*buttons, *page.turn("takeover")), 1)
    turn.screens.append(Screen("notice", said["title"], blocks if lines else blocks[:1], rows))


def offer(turn: Turn, *, besides: str = "") -> None:
    """Tell everybody who may have cases, with sound, of those that nobody sees, once each.

    Somebody who has just given them away is left out (`besides`).

    Somebody is told of a case once, and again only if its owner had access in between. Nobody is
    told while CordCall is out of use: the list says how urgent each case is.
    """
    store, access = turn.store, turn.access
    if turn.setting.why_out_of_use(store):
        return
    for owner in store.ownership.owners():
        if access.sees_cases(owner):
            store.offers.withdraw(owner)
    left = set(codes_left(store, access))
    for who in access.people(Right.CLINICIAN) if left else ():
        if who == besides:
            continue
        new = left - store.offers.told(who)
        if new:
            other = turn_for(turn, who)
            list_left(other)
            other.screens = [replace(each, alert=True) for each in other.screens]
            store.offers.note(sorted(new), who, turn.now)


def codes_left(store: Store, access: Access) -> list[str]:
    """Return the cases under way outside groups whose owner may have none, person by person."""
    owners = store.ownership.owners(besides=TERMINAL)
    left = (each for each in owners if not access.sees_cases(each))
    under_way = partial(store.ownership.under_way_of, besides=TERMINAL, shared=False)
    return [code for owner in left for code in under_way(owner)]


def say_taken(turn: Turn, case: StoredCase) -> str:
    """Say that a colleague has taken a case over, and when; empty if nobody has.

    Of a group's case nothing is said to anybody outside.
    """
    taken = case.newest_entry(HANDED_OVER)
    outside = is_group(case.chat) and not turn.may_work_on(case)
    if taken is None or case.chat == turn.chat or outside:
        return ""
    time = say_time(taken.at, turn.now, turn.setting.engine.zone)
    return words("left")["taken"].format(code=case.code, time=time)


def _is_left(turn: Turn, case: StoredCase) -> bool:
    if is_group(case.chat):
        access = turn.access
        return access.shares(turn.incoming.who, case) and not access.shares(case.owner, case)
    return case.chat != TERMINAL and not turn.access.sees_cases(case.owner)


def _is_own(turn: Turn, case: StoredCase) -> bool:
    return (case.chat, case.owner) == (turn.chat, turn.incoming.who)
