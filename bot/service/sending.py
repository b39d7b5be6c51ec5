"""Puts what a turn says into the outbox, its buttons under one token."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.commands.quiet import is_quiet
from bot.commands.waiting_lines import waiting_in
from bot.export.asked import is_export
from bot.incoming import Tap
from bot.screens.screen import Screen
from bot.service.written_screens import write
from bot.turn import Turn
from state.records import Minted, Priority, StoredCase
from state.store import Store

TOKEN_BYTES: Final = 12


def send(turn: Turn, priority: Priority, reminder: int | None) -> None:
    """Put a turn's output into the outbox, in the current transaction.

    Buttons in a group always have a token: it alone says for which of its cases they are.
    """
    turn.compose()
    if _is_hushed(turn, priority):
        turn.screens = [replace(each, alert=False) for each in turn.screens]
    files = [each for each in turn.screens if is_export(each.file)]
    turn.screens = [each for each in turn.screens if each not in files]
    for each in files:
        _send_file(turn, each, query=None if turn.screens else turn.incoming.query)
    if files and not turn.screens:
        return
    token = mint(turn) if turn.touch or turn.in_group else None
    alert = any(screen.alert for screen in turn.screens)
    brief = all(screen.kind == "toast" for screen in turn.screens)
    turn.store.outbox.enqueue(
        chat=turn.chat,
        code=turn.case.code if turn.case and not brief else None,
        screens=[write(screen) for screen in turn.screens],
        token=token,
        query=turn.incoming.query,
        tapped=turn.incoming.message_id,
        thread=turn.incoming.thread,
        anew=turn.anew or not isinstance(turn.incoming.act, Tap),
        priority=Priority.EMERGENCY if alert and priority is Priority.ANSWER else priority,
        at=turn.now,
        reminder=reminder,
    )


def _send_file(turn: Turn, screen: Screen, *, query: str | None) -> None:
    """Put a file into the outbox apart from what else a turn says: it has to be drawn first.

    `query` is the tap that it answers, unless something else does.
    """
    token = mint_buttons(turn.store, [screen], turn.chat, turn.case, turn.now)
    turn.store.outbox.enqueue(
        chat=turn.chat,
        code=turn.case.code if turn.case else None,
        screens=[write(screen)],
        token=token,
        query=query,
        tapped=None,
        thread=turn.incoming.thread,
        anew=True,
        priority=Priority.FILE,
        at=turn.now,
    )


def _is_hushed(turn: Turn, priority: Priority) -> bool:
    """Return whether a case makes no sound in the quiet hours of its group.

    An emergency does, also one that was read and is not confirmed. So does a reminder of a case
    that nobody has: it is all that comes.
    """
    case = turn.case
    if not turn.in_group or case is None or not is_quiet(turn, turn.chat):
        return False
    alone = priority is Priority.REMINDER and not turn.access.shares(case.owner, case)
    waiting = waiting_in(turn, case)
    read = waiting is not None and waiting.due_at is not None
    return not (alone or read or turn.standing(case).emergency)


def mint(turn: Turn) -> str | None:
    """Give a turn's buttons one unguessable token, bound to the case and its version; return it."""
    return mint_buttons(turn.store, turn.screens, turn.chat, turn.case, turn.now)


def mint_buttons(
    store: Store, screens: Sequence[Screen], chat: str, case: StoredCase | None, at: datetime
) -> str | None:
    """Give the buttons of screens a token; return it, None if there are no buttons."""
    buttons = [button for screen in screens for row in screen.rows for button in row]
    if not buttons:
        return None
    token = secrets.token_urlsafe(TOKEN_BYTES)
    minted = Minted(
        token=token,
        chat=chat,
        code=case.code if case else None,
        version=case.version if case else 0,
        actions=tuple((button.does, button.value) for button in buttons),
    )
    store.buttons.mint(minted, at)
    return token
