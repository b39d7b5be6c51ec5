"""Draws the views that change a case rather than say what to do: its answers, and More."""

from collections.abc import Iterator
from typing import Final

from bot.conversation.undoing import undoable
from bot.screens.card import button_for, every_kind, on_card
from bot.screens.case_row import ANSWERS, MORE, case_row
from bot.screens.pages import page_of
from bot.screens.screen import Block, Button, Screen, in_rows, text
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View

MOST_ON_PAGE: Final = 5
IN_ROW: Final = 2
UNDO: Final = Button("Undo", "undo", typed="/undo")
SEND_TO: Final = Button("Send to …", "sendto", typed="/sendto")
CLOSE: Final = Button("Close case", "cancel", typed="/cancel")
SETTINGS: Final = Button("Settings", "settings", typed="/settings")


def draw_more(view: View, number: int = 1) -> Screen:
    """Offer what neither the card nor a question offers; Undo unless it stands on the card."""
    shown = on_card(view)
    rest = [button_for(view, kind) for kind in every_kind(view) if kind not in shown]
    rest += [] if view.standing.at_end else [ANSWERS]
    rest += [] if undoable(view.case, view.now) else [UNDO]
    rest += [SEND_TO] if view.colleagues is not None else []
    page = page_of([*rest, CLOSE, SETTINGS], number, beside=len(case_row(view)))
    label = "Further" if page.number < page.last else "First page"
    further = [each._replace(label=label) for each in page.turn("more")]
    rows = (*in_rows([*page.shown, *further], IN_ROW), case_row(view, on=MORE))
    return Screen("plan", f"{view.case.code} · More", (), rows, head=urgency_line(view))


def draw_answers(view: View, page: int) -> Screen:
    """List the answers, newest first, each with a button to change it."""
    steps = [*enumerate(view.standing.trail.steps, 1)][::-1]
    pages = max(1, -(-len(steps) // MOST_ON_PAGE))
    page = min(page, pages)
    shown = steps[(page - 1) * MOST_ON_PAGE : page * MOST_ON_PAGE] if view.touch else steps[::-1]
    lines = [
        f"{number}. {view.label(step.key)}: {view.answer(step.question, step.value)}"
        f"{_by(view, step.key)}"
        for number, step in shown
    ]
    blocks = [text(*(lines or ["Nothing is answered yet."])), *_aside(view)]
    if not view.touch:
        blocks.append(text("Change one: /edit and its number", look="help"))
    buttons = [Button(view.short_label(step.key), f"edit {step.key}") for _, step in shown]
    title = f"{view.case.code} · Answers"
    if view.touch and pages > 1:
        label = "Earlier answers" if page < pages else "Newest answers"
        buttons.append(Button(label, f"edit page {page % pages + 1}"))
        title += f", page {page} of {pages}"
    rows = (*in_rows(buttons, IN_ROW), case_row(view, on=ANSWERS)) if view.touch else ()
    return Screen("plan", title, tuple(blocks), rows, head=urgency_line(view))


def _by(view: View, key: str) -> str:
    """Say who has answered a question of a group's case."""
    given = view.newest(key)
    by = view.by(given.who) if given else ""
    return f" ({by})" if by else ""


def _aside(view: View) -> Iterator[Block]:
    """Say what is kept beside the answers: when it was suspected, what is no longer asked."""
    since = view.latest(view.flow.landmarks.suspected_at)
    if since:
        yield text(f"Suspected since: {since} – /earlier")
    kept = [key for key in view.case.latest if key not in view.standing.trail.keys]
    aside = [key for key in kept if key not in {each.id for each in view.flow.aside}]
    if aside:
        yield text("Set aside: " + ", ".join(view.label(key) for key in aside))
