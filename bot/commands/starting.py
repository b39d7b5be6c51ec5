"""`/start`: what this is, and the case to go on with; where groups share cases none is opened."""

from collections.abc import Iterator
from typing import Final

from bot.access import Right
from bot.commands.cases import resume
from bot.commands.handover import handover
from bot.commands.invitations import join, token_in
from bot.commands.readable import readable
from bot.commands.sharing import led_to, opening_in
from bot.conversation.time_line import is_under_way
from bot.screens.case_line import case_line
from bot.screens.notices import words
from bot.screens.people import about
from bot.screens.screen import Button, Screen, in_rows, text
from bot.screens.team import WORDS
from bot.turn import Turn
from state.records import StoredCase

NEW_CASE: Final = Button("New case", "triage", typed="/triage")
MOST_SHOWN: Final = 4


def start(turn: Turn, _: str) -> None:
    """Say what this is; offer to continue if a case is open. With a token, join first.

    A link from a group leads to its case, or says that it does not. Where groups share cases, whom
    nothing is open for has come to be reached, or for one of theirs: those are offered, and none is
    opened.
    """
    if turn.in_group:
        turn.say(words("enrol", WORDS)["already"])
        return
    if token_in(turn.incoming):
        join(turn)
    right = turn.access.right_of(turn.incoming.who)
    if right is Right.NOBODY:
        return
    if right >= Right.CLINICIAN and (link := led_to(turn)):
        command, code = link
        (handover if command == "handover" else resume)(turn, code)
        return
    turn.say(words("fixed")["welcome"].strip())
    stale = opening_in(turn.incoming) is not None
    if right < Right.CLINICIAN:
        turn.say(about("access")["viewer"])
        return
    if stale:
        turn.say(words("start", WORDS)["stale"])
    case = turn.load()
    if case and is_under_way(case):
        _offer_to_go_on(turn, case)
    elif stale or turn.store.groups.listed():
        _offer(turn)
    else:
        turn.begin()


def _offer_to_go_on(turn: Turn, case: StoredCase) -> None:
    described = f"{case_line(turn.view(case))}."
    turn.note_action("looked at", case.code)
    turn.case = None
    turn.say(
        described,
        (Button(f"Continue {case.code}", f"resume {case.code}", typed="/look", style="primary"),),
        (NEW_CASE,),
    )


def _offer(turn: Turn) -> None:
    """Offer the open cases of a person's groups, those due next, and a new one of their own."""
    said, shown = words("start", WORDS), [*_of_groups(turn)][:MOST_SHOWN]
    turn.case = None
    if shown:
        turn.note_action("listed")
    lines = [case_line(turn.view(case)) for case in shown]
    codes = [case.code for case in shown]
    buttons = [
        Button(said["answer"].format(code=code), f"open {code}", typed=f"/open {code}")
        for code in codes
    ]
    how = text(said["open" if shown else "none"])
    blocks = (how, text(*lines, look="list")) if lines else (how,)
    rows = in_rows((*buttons, NEW_CASE), 1)
    turn.screens.append(Screen("info", "CordCall", blocks, rows))


def _of_groups(turn: Turn) -> Iterator[StoredCase]:
    """Yield the open cases of a person's groups, group by group, by their next deadlines."""
    store, who = turn.store, turn.incoming.who
    for chat in store.groups.groups_of(who):
        listed = store.boards.cases(chat, 0, 0, MOST_SHOWN)
        for case in readable(store, (each.code for each in listed)):
            if turn.access.shares(who, case):
                yield case
