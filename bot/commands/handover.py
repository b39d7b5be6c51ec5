"""The giver's side of a hand-over: which cases of a group are offered, and to whom."""

from collections.abc import Callable, Mapping
from itertools import groupby
from secrets import token_urlsafe
from typing import Final

from bot.commands.handover_ends import name_in, say_over, take_off, tell
from bot.commands.handover_receiving import accept, back, decline, read
from bot.commands.others import turn_for
from bot.commands.readable import readable
from bot.commands.sharing import find_shared, lead_to
from bot.conversation.handing_over import waiting
from bot.conversation.reading_back import facts_of
from bot.logic.case_input import shown_id
from bot.screens.handover import (
    ALL,
    NONE,
    WORDS,
    Stands,
    draw_colleagues,
    draw_groups,
    draw_offered,
    draw_overview,
    draw_ticks,
    say_codes,
)
from bot.screens.notices import words
from bot.screens.pages import split_page
from bot.screens.reading_back import draw_offer
from bot.screens.time_line import say_time
from bot.turn import Turn
from state.groups import Colleague
from state.handovers import HandOver
from state.records import StoredCase

TOKEN_BYTES: Final = 6


def handover(turn: Turn, given: str) -> None:
    """Hand over cases of a group, or one of them; without either, list what stands."""
    word, _, rest = given.partition(" ")
    turn.case, step = None, STEPS.get(word)
    if turn.in_group and not turn.tapped and (turn.touch or not given):
        turn.say(words("give", WORDS)["in_private"])
    elif turn.in_group:
        _from_group(turn, given)
    elif step:
        step(turn, rest)
    elif given:
        _one(turn, given)
    else:
        _overview(turn)


def _from_group(turn: Turn, code: str) -> None:
    """Lead the owner of a case to their private chat, where it is handed over."""
    case = find_shared(turn, code)
    if case is None:
        return
    if case.owner != turn.incoming.who:
        turn.say(_not_yours(turn, case))
        return
    lead_to(turn, case, f"handover {case.code}")


def _one(turn: Turn, code: str) -> None:
    """Ask to whom one case is handed over."""
    turn.anew = True
    case = find_shared(turn, code)
    if case is None:
        return
    offered = turn.store.handovers.of(case.code)
    if case.owner != turn.incoming.who:
        turn.say(_not_yours(turn, case))
    elif offered:
        said = words("give", WORDS)["already"]
        name = name_in(turn, offered.chat, offered.receiver)
        turn.say(said.format(code=case.code, name=name, since=_since(turn, offered)))
    else:
        _whom(turn, f"{case.chat} {case.code}")


def _not_yours(turn: Turn, case: StoredCase) -> str:
    name = name_in(turn, case.chat, case.owner)
    return words("give", WORDS)["not_yours"].format(code=case.code, name=name)


def _overview(turn: Turn) -> None:
    """List the offers that this person has made and is made; without any, begin one."""
    who, found = turn.incoming.who, turn.store.handovers.of_person(turn.incoming.who)
    standing = [each for each in found if turn.access.acts_in(each.chat, who)]
    if not standing:
        _pick(turn, "")
        return
    offers = list[list[HandOver]]()
    for offer in dict.fromkeys(each.offer for each in standing):
        offers.append([each for each in standing if each.offer == offer])
    given = [_stands(turn, each, each[0].receiver) for each in offers if each[0].giver == who]
    received = [_stands(turn, each, each[0].giver) for each in offers if each[0].receiver == who]
    turn.screens.append(draw_overview(given, received, others=bool(_own(turn))))


def _stands(turn: Turn, rows: list[HandOver], other: str) -> Stands:
    codes = tuple(each.code for each in rows)
    name = name_in(turn, rows[0].chat, other)
    return Stands(rows[0].offer, codes, name, _since(turn, rows[0]))


def _since(turn: Turn, offered: HandOver) -> str:
    return say_time(offered.offered_at, turn.now, turn.setting.engine.zone)


def _pick(turn: Turn, given: str) -> None:
    """Offer the cases of one group to tick: "CHAT CODES", or of which group if there are many."""
    named, number = split_page(given)
    chat, _, ticked = named.partition(" ")
    groups = _own(turn)
    if not groups:
        turn.say(words("give", WORDS)["none"])
        return
    if len(groups) == 1 and not chat:
        chat, ticked = next(iter(groups)), ALL
    if chat not in groups:
        codes = [(chat, [each.code for each in cases]) for chat, cases in groups.items()]
        turn.screens.append(draw_groups(codes))
        return
    all_codes = [each.code for each in groups[chat]]
    codes_ticked = all_codes if ticked == ALL else ticked.split(",")
    views = [turn.view(each) for each in groups[chat]]
    turn.screens.append(draw_ticks(chat, views, codes_ticked, number))


def _whom(turn: Turn, given: str) -> None:
    """Ask to whom cases are offered: "CHAT CODES"."""
    named, number = split_page(given)
    chat, _, codes = named.partition(" ")
    may, not_started = _colleagues(turn, chat)
    if _all_own(turn, chat, codes):
        turn.screens.append(draw_colleagues(chat, codes.split(","), may, not_started, number))


def _colleagues(turn: Turn, chat: str) -> tuple[list[Colleague], list[Colleague]]:
    """Return who else of a group may have cases: who can be written to, and who cannot."""
    others = [
        each
        for each in turn.store.groups.colleagues(chat)
        if each.who != turn.incoming.who and turn.access.sees_cases(each.who)
    ]
    may = [each for each in others if _has_started(turn, each.who)]
    return may, [each for each in others if each not in may]


def _has_started(turn: Turn, who: str) -> bool:
    """Return whether somebody has started the bot; a member did when they joined.

    In a terminal everybody reads what is sent to them.
    """
    if not turn.touch:
        return True
    reachable = turn.store.chats.is_reachable(who)
    return turn.store.members.role_of(who) is not None if reachable is None else reachable


def _offer_to(turn: Turn, given: str) -> None:
    """Offer cases to a colleague: "WHO CHAT CODES". They stay the giver's until accepted."""
    who, _, rest = given.partition(" ")
    chat, _, named = rest.partition(" ")
    may, _ = _colleagues(turn, chat)
    receiver = next((each for each in may if each.who == who), None)
    cases = _all_own(turn, chat, named)
    if not cases:
        return
    if receiver is None:
        _whom(turn, rest)
        return
    offer, codes = token_urlsafe(TOKEN_BYTES), [each.code for each in cases]
    for case in cases:
        _keep_offer(turn, case, offer, who)
    first = turn.store.handovers.of_offer(offer)[0]
    other = turn_for(turn, who)
    views = [other.view(each) for each in cases]
    other.screens.append(draw_offer(views, first, name_in(turn, chat, turn.incoming.who)))
    turn.screens.append(draw_offered(offer, codes, receiver.name))


def _keep_offer(turn: Turn, case: StoredCase, offer: str, who: str) -> None:
    facts = facts_of(case, turn.standing(case))
    giver, now = turn.incoming.who, turn.now
    row = HandOver(case.code, offer, case.chat, giver, who, case.version, facts, now, now)
    turn.store.handovers.keep(waiting(row))
    turn.note_action("offered", case.code, about=who)
    turn.shown_in_group.append(case)


def _withdraw(turn: Turn, offer: str) -> None:
    """Take an offer back; what was accepted of it stays handed over."""
    rows, who = turn.store.handovers.of_offer(offer), turn.incoming.who
    if not rows or rows[0].giver != who or not turn.access.acts_in(rows[0].chat, who):
        say_over(turn, words("give", WORDS)["ended"])
        return
    for each in rows:
        turn.store.handovers.end(each.code)
        turn.note_action("taken back", each.code, about=each.receiver)
        turn.shown_in_group += readable(turn.store, [each.code])
    codes = say_codes([each.code for each in rows])
    chat, giver = rows[0].chat, name_in(turn, rows[0].chat, who)
    told = words("told", WORDS)["withdrawn"].format(giver=giver, codes=codes)
    tell(turn, chat, rows[0].receiver, told)
    withdrawn = words("give", WORDS)["withdrawn"].format(codes=codes)
    take_off(turn, rows[0], withdrawn, told)
    say_over(turn, withdrawn)


def _own(turn: Turn) -> dict[str, list[StoredCase]]:
    """Return this person's open cases of each group, without those that are offered already."""
    codes = turn.store.ownership.open_in_groups(turn.incoming.who)
    found = readable(turn.store, codes)
    free = [each for each in found if turn.store.handovers.of(each.code) is None]
    groups = groupby(free, lambda each: each.chat)
    return {chat: [*cases] for chat, cases in groups if turn.access.is_enrolled(chat)}


def _all_own(turn: Turn, chat: str, named: str) -> list[StoredCase]:
    """Return cases that this person may offer; else say which of them not, and ask again."""
    own = {each.code: each for each in _own(turn).get(chat, [])}
    codes = [each for each in named.split(",") if each]
    gone = [code for code in codes if code not in own]
    if codes and not gone:
        return [own[code] for code in codes]
    if gone:
        named = say_codes([shown_id(code, "/handover") for code in gone])
        turn.say(words("give", WORDS)["gone"].format(codes=named))
    _pick(turn, f"{chat} {NONE}")
    return []


STEPS: Final[Mapping[str, Callable[[Turn, str], None]]] = {
    "pick": _pick,
    "whom": _whom,
    "to": _offer_to,
    "withdraw": _withdraw,
    "read": read,
    "back": back,
    "accept": accept,
    "decline": decline,
}
