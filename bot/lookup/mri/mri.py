"""/mri: from a presentation to its MRI limit in one tap, by the rules and both guidelines."""

from typing import Final

from bot.lookup.asking import refuse, show
from bot.lookup.mri.answer import Answer, button
from bot.lookup.mri.doubts import cautions_of
from bot.lookup.mri.presentations import PRESENTATIONS, mri_words
from bot.lookup.mri.understood import Understood, understand
from bot.screens.screen import Rows, Screen, in_rows, text
from bot.screens.time_zones import find_zone
from bot.turn import Turn

ASKS: Final = "mri "
BUTTONS_IN_ROW: Final = 2


def mri(turn: Turn, rest: str) -> None:
    """Show the presentations, or the answer for the one tapped or typed."""
    if not rest.strip():
        show(turn, _menu(), ASKS)
        return
    engine, key = turn.setting.engine, rest.strip().casefold().replace(" ", "_")
    understood = Understood((key,), tapped=True) if key in PRESENTATIONS else understand(rest)
    if understood.asks_for_row(engine.policy):
        refuse(turn, _which_row(understood), ASKS, _rows())
        return
    zone = find_zone(turn.reader.zone) if turn.reader.zone else None
    answer = Answer(understood.rows[0], understood, engine.policy, turn.now, engine.zone, zone)
    show(turn, answer.draw())


def _which_row(understood: Understood) -> str:
    """Say what was understood, and ask for the row."""
    said, rows = mri_words()["said"], mri_words()["rows"]
    if not understood.rows:
        asked = said["to_exclude" if understood.to_exclude else "not_found"]
        denied = understood.denied or understood.not_taken
        return "\n".join((asked, *(cautions_of(understood) if denied else ())))
    named = ", ".join(rows[each]["button"] for each in understood.rows)
    return "\n".join((said["understood"].format(rows=named), *cautions_of(understood)))


def _menu() -> Screen:
    said = mri_words()["said"]
    blocks = (text(said["ask"], look="lead"), text(said["help"], look="help"))
    return Screen("plan", said["title"], blocks, _rows())


def _rows() -> Rows:
    return in_rows([button(key) for key in PRESENTATIONS], BUTTONS_IN_ROW)
