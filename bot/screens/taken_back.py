"""Draws the question whether a cord sign that an answer takes away is still there."""

from bot.conversation.time_line import missing, still_there
from bot.flows.grammar import Value, option_key
from bot.flows.wording import words_of
from bot.screens.notices import words
from bot.screens.screen import Button, Screen, text
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View


def draw_taken_back(view: View, value: Value) -> Screen:
    """Ask whether the signs that this answer takes away are a correction, or still there."""
    blocks = (text(words("notices")["taken_back"].format(keys=say_gone(view, value))),)
    rows = (buttons_of(view, value),)
    return Screen("notice", view.case.code, blocks, rows, head=urgency_line(view))


def say_gone(view: View, value: Value) -> str:
    """Name the signs that an answer takes away."""
    key = view.flow.landmarks.cord_signs
    asked = words_of(view.flow, key)
    gone = missing(view.case.latest[key], value)
    return ", ".join(asked.in_full(sign) for sign in gone) or asked.label


def buttons_of(view: View, value: Value) -> tuple[Button, Button]:
    """Return the two answers: without those signs, or with them."""
    typed = as_typed(value)
    kept = as_typed(still_there(view.case.latest[view.flow.landmarks.cord_signs], value))
    return (
        Button("Correction", f"correct {typed}", typed=f"/correct {typed}"),
        Button("Still there", f"correct {kept}", typed=f"/correct {kept}"),
    )


def as_typed(value: Value) -> str:
    """Write an answer as it would be typed."""
    return ",".join(value) or "none" if isinstance(value, list) else option_key(value)
