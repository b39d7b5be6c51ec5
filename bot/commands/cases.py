"""The commands on a case: begin, list, resume, move around, cancel."""

from datetime import timedelta
from typing import Final

from bot.commands.group_ways import may_close
from bot.commands.lines import begin, begin_with
from bot.commands.notes import outcome
from bot.commands.readable import readable
from bot.commands.takeover import say_taken
from bot.commands.waiting_lines import say_waiting, waiting_in
from bot.conversation.events import (
    AskedForCard,
    AskedForMore,
    AskedForPlan,
    AskedWhatItMeans,
    Edited,
    Event,
    Looked,
    SuspectedEarlier,
    WentBack,
    WentOn,
)
from bot.conversation.noting import needs_outcome
from bot.conversation.time_line import is_under_way
from bot.logic.case_input import shown_id
from bot.screens.case_line import case_line, say_few
from bot.screens.notices import words
from bot.screens.pages import page_of, split_page
from bot.screens.screen import Button, Screen, in_rows, text
from bot.screens.team import WORDS
from bot.turn import Turn
from state.groups import is_group
from state.records import StoredCase

CLOSED_LATELY: Final = timedelta(days=1)
CASES_IN_ROW: Final = 2
MOST_ON_PAGE: Final = 6  # with More
LISTED: Final = "edit "  # the command that a number completes where the answers were shown last


def triage(turn: Turn, line: str) -> None:
    """Start a new case of this chat; offer what a line typed after the command says of it."""
    if line:
        begin_with(turn, line)
    else:
        begin(turn)


def look(turn: Turn, _: str) -> None:
    """Show where the chat's case stands, or start one."""
    case = turn.load()
    if case is None or not is_under_way(case):
        turn.begin()
    else:
        turn.advance(Looked())


def cases(turn: Turn, which: str) -> None:
    """List the cases that are open or were recently closed, page by page.

    Those of this chat come first, then those that this person has in groups.
    """
    _, number = split_page(which)
    listed = [*turn.store.cases.listed(turn.chat, turn.now - CLOSED_LATELY), *_shared(turn)]
    page = page_of(listed, number, beside=0, most=MOST_ON_PAGE)
    active = turn.load()
    turn.note_action("listed")
    lines = []
    for case in page.shown:
        here = " (this one)" if active and active.code == case.code else ""
        shared = " (in a group)" if is_group(case.chat) else ""
        lines.append(f"{case_line(turn.view(case))}{say_waiting(turn, case)}{shared}{here}")
    buttons = [
        Button(f"Continue {case.code}", f"resume {case.code}", typed=f"/resume {case.code}")
        for case in page.shown
    ]
    turn.case = None
    blocks = (text(*(lines or [_none_is_open(turn)]), look="list"),)
    rows = in_rows((*buttons, *page.turn("cases")), CASES_IN_ROW)
    turn.screens.append(Screen("notice", "Cases", blocks, rows))


def _none_is_open(turn: Turn) -> str:
    """Say that whoever asks has no open case, and which are open in their groups."""
    store, who = turn.store, turn.incoming.who
    groups = () if turn.in_group else store.groups.groups_of(who)
    open_there = (code for chat in groups for code in store.cases.codes_under_way(chat))
    found = readable(store, open_there)
    codes = [case.code for case in found if turn.access.shares(who, case)]
    said = words("start", WORDS)
    return said["not_yours"].format(codes=say_few(codes)) if codes else said["none_open"]


def _shared(turn: Turn) -> list[StoredCase]:
    """Return the open cases of groups that whoever asks in private owns, last touched first."""
    owned = turn.store.ownership.under_way_of(turn.incoming.who, besides=turn.chat)
    found = readable(turn.store, owned)
    return [case for case in found if is_group(case.chat) and turn.may_work_on(case)]


def resume(turn: Turn, code: str) -> None:
    """Resume a case of this chat by its code."""
    if not code:
        cases(turn, "")
        return
    case = turn.store.cases.find(code.upper())
    if case and not turn.may_work_on(case) and _has_known(turn, case):
        turn.say(say_taken(turn, case))
        return
    if case is None or not turn.may_work_on(case):
        turn.say(f"{shown_id(code, '/resume')}: no such case; allowed: a code that /cases lists")
        return
    turn.take_up(case)
    turn.advance(Looked())


def earlier(turn: Turn, time: str) -> None:
    """Ask when it was first suspected, or use the time given with the command."""
    _on_case(turn, SuspectedEarlier(time))


def back(turn: Turn, _: str) -> None:
    """Go back to the question before."""
    _on_case(turn, WentBack())


def edit(turn: Turn, which: str) -> None:
    """Show every answer, or ask one of them again; a number typed after the list is one of them."""
    _on_case(turn, Edited(which))
    if not which and turn.case:
        turn.look_up = LISTED


def define(turn: Turn, _: str) -> None:
    """Explain the options of the current question."""
    _on_case(turn, AskedWhatItMeans())


def card(turn: Turn, _: str) -> None:
    """Show the card again."""
    _on_case(turn, AskedForCard())


def plan(turn: Turn, which: str) -> None:
    """Show the list of plan sections, or the sections named."""
    _on_case(turn, AskedForPlan(which))


def more(turn: Turn, which: str) -> None:
    """Show what else can be done in the case."""
    _on_case(turn, AskedForMore(split_page(which)[1]))


def go_on(turn: Turn, _: str) -> None:
    """Go on with the question that is open."""
    _on_case(turn, WentOn())


def cancel(turn: Turn, _: str) -> None:
    """Ask for confirmation before closing a case."""
    case = turn.load()
    if case is None:
        turn.say(words("fixed")["no_case"])
        return
    if not may_close(turn, case):
        return
    if needs_outcome(turn.standing(case)) or waiting_in(turn, case):
        outcome(turn, "")
        return
    turn.say(
        f"Close {case.code}? Its answers are kept.",
        (Button("Yes, close it", "close", typed="/close", style="danger"),),
        (Button("No, go on", "continue", typed="/continue"),),
    )


def _has_known(turn: Turn, case: StoredCase) -> bool:
    """Return whether the person has worked on a case that a colleague has taken over."""
    people = {*(each.who for each in case.answers), *(each.who for each in case.timeline)}
    return turn.incoming.who in people and bool(say_taken(turn, case))


def _on_case(turn: Turn, event: Event) -> None:
    turn.load()
    turn.advance(event)
