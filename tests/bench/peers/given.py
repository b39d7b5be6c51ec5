"""The screens that every peer shows, as many buttons and texts as long as those of CordCall.

`SCREENS` names a file with a list of them; each says which comes next, whichever button is tapped.
Its number stands before its text, and `data` names it and the button.
"""

import json
import os
from pathlib import Path
from typing import Any, NamedTuple


class Screen(NamedTuple):
    """A screen to show: its HTML, its buttons as rows of labels and data, and the next screen."""

    html: str
    rows: list[list[tuple[str, str]]]
    following: int


def _read(number: int, given: dict[str, Any]) -> Screen:
    place, rows = 0, list[list[tuple[str, str]]]()
    for row in given["rows"]:
        rows.append([(label, f"{number}:{place + n}") for n, label in enumerate(row)])
        place += len(row)
    return Screen(f"{number} {given['html']}", rows, given["following"])


SCREENS = [
    _read(number, given)
    for number, given in enumerate(json.loads(Path(os.environ["SCREENS"]).read_text()))
]


def tapped(data: str | None) -> tuple[int, str]:
    """Return the number of the screen that a tap was on, and of the button."""
    number, _, button = str(data).partition(":")
    return int(number), button
