"""The command that takes back a note or the last answer."""

from bot.access import Right
from bot.conversation.events import Undone
from bot.conversation.undoing import ANSWER, BY_TAP, KINDS, meant, word_for
from bot.logic.case_input import shown_id
from bot.screens.notices import words
from bot.screens.screen import Button
from bot.screens.team import WORDS as GROUP_WORDS
from bot.screens.undo import draw_undo
from bot.turn import Turn
from state.groups import is_group
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
        named = shown_id(what, "/undo")
        turn.say(f"{named}: nothing to take back by that name; allowed: {allowed}")
    elif case.status == "closed" and word not in ("", "closed"):
        turn.say(f"{case.code} is closed; /resume {case.code} reopens it.")
    elif turn.tapped and not word and case.status != "closed":
        turn.screens.append(draw_undo(turn.view(case)))
    else:
        word = "closed" if case.status == "closed" else word
        whose = _whose(turn, case, word)
        if whose:
            said = words("undo", GROUP_WORDS)["not_yours"]
            turn.say(said.format(code=case.code, name=turn.team(case).name(whose)))
            return
        turn.take_up(case)
        turn.advance(Undone(word, tapped=turn.tapped))


def _whose(turn: Turn, case: StoredCase, word: str) -> str:
    """Return who alone may take back a note of a group's case; "" if this person may.

    Whoever made it may, the owner of the case, and an admin.
    """
    act = meant(case, turn.setting.engine.machine.flow.landmarks, word)
    who = turn.incoming.who
    if not is_group(case.chat) or act is None or act.entry is None:
        return ""
    may = who in (act.entry.who, case.owner) or turn.access.may(who, Right.ADMIN)
    return "" if may else act.entry.who


def _closed_last(case: StoredCase, closed: StoredCase) -> bool:
    """Return whether the closing is newer than anything done in the case at hand."""
    ends = closed.newest_entry("closed")
    if ends is None or case.code == closed.code:
        return False
    answered, noted = (each.at for each in case.answers), (each.at for each in case.timeline)
    return all(ends.at >= at for at in (*answered, *noted))


def _closed_just_now(turn: Turn) -> StoredCase | None:
    """Return the case that this chat closed last, if that can still be a slip."""
    listed = turn.store.cases.listed(turn.chat, turn.now - BY_TAP)
    return next((case for case in listed if case.status == "closed"), None)
