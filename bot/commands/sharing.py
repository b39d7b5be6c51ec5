"""What a group does with its cases: answer one in private, and have it."""

import re
import secrets
from dataclasses import replace
from typing import Final

from bot.commands.others import turn_for
from bot.conversation.events import Looked
from bot.incoming import Command, Incoming
from bot.logic.case_input import shown_id
from bot.screens.notices import words
from bot.screens.screen import Screen
from bot.screens.team import WORDS, owned_since
from bot.screens.time_line import say_time
from bot.turn import Turn
from state.groups import Answering, is_group
from state.records import Minted, StoredCase

TOKEN_BYTES: Final = 12
_OPENING: Final = re.compile(r"c([A-Za-z0-9_-]{16})", re.ASCII)  # 12 bytes


def open_case(turn: Turn, code: str) -> None:
    """Lead whoever taps to the question that is open, in their private chat.

    While somebody else answers, the first tap only says so. What is typed in a group leads nowhere.
    """
    case = find_shared(turn, code)
    if case is None:
        return
    if turn.in_group and turn.touch and not turn.tapped:
        turn.say(words("taken", WORDS)["typed"].format(code=case.code))
        return
    who, groups = turn.incoming.who, turn.store.groups
    other = turn.team(case).answering_now(turn.now)
    if other and who not in (other.who, other.told):
        groups.note_answering(replace(other, told=who))
        since = say_time(other.at, turn.now, turn.setting.engine.zone)
        name = turn.team(case).name(other.who)
        said = words("taken", WORDS)["answering"].format(name=name, since=since)
        (turn.toast if turn.tapped else turn.say)(said)
        return
    groups.note_answering(Answering(case.code, who, turn.now))
    turn.note_action("looked at", case.code)
    if not turn.in_group:
        turn.take_up(case)
        turn.advance(Looked())
        return
    lead_to(turn, case, f"resume {case.code}")
    turn.shown_in_group.append(case)


def lead_to(turn: Turn, case: StoredCase, does: str) -> None:
    """Lead whoever taps in a group to what is done in their private chat."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    leads = Minted(token, turn.incoming.who, case.code, case.version, ((does, ""),))
    turn.store.buttons.mint(leads, turn.now)
    turn.screens.append(Screen("toast", "", leads_to=f"c{token}"))


def led_to(turn: Turn) -> tuple[str, str] | None:
    """Return the command that a link from a group leads to, and its case; None if nowhere.

    A link works only for whoever tapped.
    """
    token = opening_in(turn.incoming)
    minted = turn.store.buttons.find(token) if token else None
    if minted is None or minted.chat != turn.chat or minted.code is None:
        return None
    return minted.actions[0][0].partition(" ")[0], minted.code


def opening_in(incoming: Incoming) -> str | None:
    """Return the token of a link from a group; None if there is none, or no such."""
    act = incoming.act
    if not isinstance(act, Command) or act.name.casefold() != "start":
        return None
    found = _OPENING.fullmatch(act.rest)
    return found[1] if found else None


def have(turn: Turn, code: str) -> None:
    """Take a case of a group: from now on it is this person's, and its reminders go to them."""
    case = find_shared(turn, code)
    if case is None:
        return
    who, said, before = turn.incoming.who, words("taken", WORDS), case.owner
    to_all, name = turn.in_group and not turn.tapped, turn.team(case).name(who)
    if before == who:
        since = say_time(owned_since(case), turn.now, turn.setting.engine.zone)
        sentence = said["already_named" if to_all else "already"]
        turn.say(sentence.format(code=case.code, name=name, since=since))
        return
    case = turn.store.ownership.take(case, who, turn.now)
    turn.note_action("taken over", case.code)
    turn.remind_of(case, turn.standing(case))
    turn.case = case
    turn.shown_in_group.append(case)
    turn.say(said["named" if to_all else "yours"].format(code=case.code, name=name))
    if turn.access.shares(before, case):
        turn_for(turn, before).say(said["told"].format(code=case.code, name=name))


def find_shared(turn: Turn, code: str) -> StoredCase | None:
    """Return an open case of a group that this person may work on here; else say why not."""
    case = turn.store.cases.find(code.upper()) if code else None
    if case and case.status != "closed" and is_group(case.chat) and turn.may_work_on(case):
        return case
    why = "which" if not code else "not_here" if turn.in_group else "not_found"
    said = words("taken", WORDS)[why]
    turn.say(said.format(code=shown_id(code, "What you typed")))
    return None
