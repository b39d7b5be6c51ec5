"""Shows a look-up's result; if it asks something, the next typed line goes to it, not a case."""

from dataclasses import replace

from bot.lookup.drawing import back_to_case
from bot.screens.screen import Rows, Screen, text
from bot.turn import Turn


def show(turn: Turn, screen: Screen, begun: str = "") -> None:
    """Show a screen; `begun` is the command that the next typed line completes, if any."""
    if begun:
        turn.store.chats.keep_look_up(turn.chat, begun)
    else:
        turn.store.chats.end_look_up(turn.chat)
    turn.screens.append(replace(screen, rows=(*screen.rows, *back_to_case(turn))))


def refuse(turn: Turn, sentence: str, begun: str, rows: Rows = ()) -> None:
    """Say that something was not understood; the next typed line still goes to the look-up."""
    begun = turn.store.chats.look_up(turn.chat) or begun
    show(turn, Screen("info", "CordCall", (text(*sentence.split("\n")),), rows), begun)
