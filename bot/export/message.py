"""The message that a case's file goes with, the buttons that ask for one, and what is said of it.

What is said in place of a file stands above the same buttons: the text is one of them.
"""

import json
from datetime import UTC, datetime
from typing import Final

from bot.export.asked import kind_asked, write_asked
from bot.export.kinds import KINDS, Kind, said
from bot.guidance.spoken_times import say_moment
from bot.screens.case_row import CASE
from bot.screens.screen import Button, Rows, Screen, in_rows, text
from bot.screens.time_zones import find_zone
from bot.screens.view import View

IN_ROW: Final = 2
MENU: Final = "export"
AS_TEXT: Final = "sbar"


def kind_buttons() -> Rows:
    """Offer each kind of file."""
    return in_rows([_button(each) for each in KINDS.values()], IN_ROW)


def draw_message(view: View, kind: Kind) -> Screen:
    """Draw the message that a file goes with; the file itself is drawn later."""
    lines = said("lines")
    title = lines["title"].format(code=view.case.code, kind=kind.label)
    as_of = lines["as_of"].format(time=say_moment(view.now, view.zone))
    as_text = Button(said("labels")["text"], AS_TEXT, typed=f"/{AS_TEXT}")
    return Screen(
        "kept",
        title,
        (text(said("what")[kind.name], as_of),),
        ((as_text, CASE),) if view.touch else (),
        file=write_asked(view, kind),
    )


def say_of(key: str, file: str) -> str:
    """Say something of a file that a screen names, such as that it could not be drawn."""
    asked = json.loads(file.split(" ", 2)[2])
    zone = find_zone(asked["zone"]) or UTC
    time = say_moment(datetime.fromisoformat(asked["now"]), zone)
    kind = kind_asked(file).label
    return said("lines")[key].format(kind=kind, code=asked["case"]["code"], time=time)


def _button(kind: Kind) -> Button:
    does = f"{MENU} {kind.name}"
    return Button(kind.label, does, typed=f"/{does}")
