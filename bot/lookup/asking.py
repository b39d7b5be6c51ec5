"""Shows a look-up's result; if it asks something, the next typed line goes to it, not a case."""

from dataclasses import replace
from typing import Final

from bot.lookup.drawing import back_to_case
from bot.screens.pages import LONGEST_OF_TWO
from bot.screens.screen import Rows, Screen, text
from bot.turn import Turn

BACK: Final = 1  # the button back to the case, below every look-up while one is open


def show(turn: Turn, screen: Screen, begun: str = "") -> None:
    """Show a screen; `begun` is the command that the next typed line completes, if any."""
    turn.look_up = begun
    turn.show(replace(screen, rows=_with_way_back(screen.rows, back_to_case(turn))))


def refuse(turn: Turn, sentence: str, begun: str, rows: Rows = ()) -> None:
    """Say that something was not understood; the next typed line still goes to the look-up."""
    begun = turn.look_up or begun
    show(turn, Screen("info", "CordCall", (text(*sentence.split("\n")),), rows), begun)


def _with_way_back(rows: Rows, back: Rows) -> Rows:
    """Put the way back beside a short button that stands alone below others, else below all."""
    alone = len(rows) > 1 and len(rows[-1]) == 1 and len(rows[-1][0].label) <= LONGEST_OF_TWO
    if alone and back:
        return (*rows[:-1], (*rows[-1], *back[0]))
    return (*rows, *back)
