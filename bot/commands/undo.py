"""The command that takes back a note or the last answer."""

from bot.conversation.events import Undone
from bot.conversation.undoing import ANSWER, BY_TAP, KINDS, word_for
from bot.logic.case_input import quoted
from bot.screens.notices import words
from bot.screens.screen import Button
from bot.screens.undo import draw_undo
from bot.turn import Turn
from state.records import StoredCase


def undo(turn: Turn, what: str) -> None:
    """Take back the newest act, or the newest of a kind; from a button without one, list them."""
    case, closed = turn.load(), _closed_just_now(turn)
    if case and closed and not what and not turn.tapped and _closed_last(case, closed):
        reopen = Button(
            f"Reopen {closed.code}", f"resume {closed.code}", typed=f"/resume {closed.code}"
        )
        turn.say(
            f"{closed.code} was closed last. In {case.code}, tap what to take back.", (reopen,)
        )
        turn.screens.append(draw_undo(turn.view(case)))
        return
    case = case or closed
    word = word_for(what)
    if case is None:
        turn.say(words("fixed")["no_case"])
    elif word is None:
        allowed = ", ".join((*KINDS, ANSWER))
        turn.say(f"{quoted(what[:20])}: nothing to take back by that name; allowed: {allowed}")
    elif case.status == "closed" and word not in ("", "closed"):
        turn.say(f"{case.code} is closed; /resume {case.code} reopens it.")
    elif turn.tapped and not word and case.status != "closed":
        turn.screens.append(draw_undo(turn.view(case)))
    else:
        turn.take_up(case)
        turn.advance(Undone("closed" if case.status == "closed" else word, tapped=turn.tapped))


def _closed_last(case: StoredCase, closed: StoredCase) -> bool:
    """Return whether the closing is newer than anything done in the case at hand."""
    ends = closed.newest_entry("closed")
    answered, noted = (each.at for each in case.answers), (each.at for each in case.timeline)
    newest = max((*answered, *noted), default=None)
    if ends is None or case.code == closed.code:
        return False
    return newest is None or ends.at >= newest


def _closed_just_now(turn: Turn) -> StoredCase | None:
    """Return the case that this chat closed last, if that can still be a slip."""
    listed = turn.store.cases.listed(turn.chat, turn.now - BY_TAP)
    return next((case for case in listed if case.status == "closed"), None)
