"""Which case a chat goes on with after a tap: looking at another one leaves it where it was."""

from typing import Final

from bot.conversation.replies import Notice
from bot.turn import Turn

LOOKS: Final = ("snooze", "why", "sbar", "plan", "card", "sources")


def go_on(turn: Turn, verb: str, before: str | None) -> None:
    """Go on with the case of `before` a tap that only looked or closed another; say a change."""
    stays = turn.case and turn.case.code == before and turn.case.status != "closed"
    if before is None or stays:
        return
    after = turn.store.cases.active_code(turn.chat)
    if before == after:
        return
    kept = turn.store.cases.find(before)
    if kept is None or kept.status == "closed":
        return
    if after is None or verb in LOOKS:
        turn.store.cases.activate(turn.chat, before)
    elif turn.case and turn.case.code == after:
        turn.screens[:0] = turn.draw(turn.case, (Notice("now_on"),))
