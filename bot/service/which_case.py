"""Which of a chat's cases a typed line is for: the one it replies to, or the one shown last."""

from datetime import timedelta
from typing import Final

from bot.commands.traits import CASE, DONE, Traits
from bot.conversation.replies import Notice
from bot.screens.case_line import case_line
from bot.screens.notices import words
from bot.screens.screen import Button, Screen, in_rows, text
from bot.turn import Turn
from state.records import StoredCase

NAME_THEIR_CASE: Final = ("cases", "board", "resume", "takeover")
CHANGES_ALL: Final = "earlier"  # it moves every deadline, though nothing is noted
A_SECOND: Final = timedelta(seconds=1)  # Telegram's times are whole seconds
MOST_OFFERED: Final = 6
IN_ROW: Final = 2


def is_about_a_case(traits: Traits) -> bool:
    """Return whether a command is about the case at hand."""
    return traits.group in (CASE, DONE) and traits.name not in NAME_THEIR_CASE


def replied_to(turn: Turn) -> StoredCase | None:
    """Return the case, another than the chat's own, whose message this one replies to."""
    shown = turn.incoming.replies_to
    minted = turn.store.buttons.find(shown) if shown else None
    code = minted.code if minted else shown
    case = turn.store.cases.find(code) if code and code != turn.active_code else None
    return case if case and turn.may_work_on(case) else None


def go_on_with(turn: Turn, case: StoredCase) -> bool:
    """Switch to a case and say so; return False if it is closed, which is said instead."""
    if case.status == "closed":
        turn.say(words("which")["closed"].format(code=case.code))
        return False
    before = turn.load()
    turn.take_up(case)
    if before and before.status != "closed":
        turn.screens += turn.draw(case, (Notice("now_on"),))
    return True


def shown_since(turn: Turn) -> list[str]:
    """Name the other open cases that the chat saw after its own, when the line was sent."""
    code = turn.active_code
    return turn.store.cases.shown_after(code, turn.chat, turn.said_at + A_SECOND) if code else []


def ask_which(turn: Turn, name: str, codes: list[str]) -> None:
    """Ask which case a command is for; its button does it there, as of when it was sent.

    What was typed after the command is not kept: it is asked for again.
    """
    own = turn.active_code or ""
    found = [turn.store.cases.find(code) for code in (*codes[: MOST_OFFERED - 1], own)]
    cases = [case for case in found if case]
    lines = [case_line(turn.view(case)) for case in cases]
    sent = turn.said_at.isoformat()
    buttons = [
        Button(case.code, name, f"{case.code} {sent}", typed=f"/resume {case.code}")
        for case in cases
    ]
    turn.case = None
    said = words("which")
    blocks = (text(said["asked"].format(command=name)), text(*lines, look="list"))
    turn.screens.append(Screen("notice", said["title"], blocks, in_rows(buttons, IN_ROW)))
