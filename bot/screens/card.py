"""Draws the card: urgency, deadline, do now, why, time line. At most 900 characters."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from bot.conversation.time_line import offered
from bot.guidance.first_steps import MOST_STEPS
from bot.logic.figures import say_hours
from bot.screens.age import age_line
from bot.screens.card_reasons import reasons
from bot.screens.clocks import clocks
from bot.screens.do_now import call_line, do_now
from bot.screens.notices import words
from bot.screens.screen import Block, Button, Screen, in_rows, text
from bot.screens.time_line import HEADING, WORDS, fitting, newest_lines, say_outcome
from bot.screens.view import View

MOST_CHARACTERS: Final = 900
MOST_IN_ROW: Final = 3
DOES: Final = {
    "mri_requested": "requested",
    "mri_done": "scanned",
    "steroid_given": "given",
    "called": "called",
    "treatment_begun": "begun",
    "new_signs": "newsigns",
    "sbar": "sbar",
    "close": "outcome",
}


@dataclass(frozen=True, slots=True)
class _Size:
    """How much a card says: reasons, steps, and the additions `beside` its clocks."""

    reasons: int
    steps: int = MOST_STEPS
    beside: bool = True


SIZES: Final = (
    _Size(3), _Size(2), _Size(1), _Size(1, beside=False), _Size(1, 4, beside=False),
    _Size(1, 3, beside=False),
)  # fmt: skip


def draw_card(view: View, *, urgent: bool = False) -> Screen:
    """Draw the card of a case, with reader's clock, reasons and time line as space allows."""
    drawn = _draw(view, urgent, SIZES[0])
    if view.reader_zone and not _fits(drawn):
        view = replace(view, reader_zone=None)
        drawn = _draw(view, urgent, SIZES[0])
    for smaller in SIZES[1:]:
        drawn = drawn if _fits(drawn) else _draw(view, urgent, smaller)
    return _with_time_line(drawn, view)


def _fits(drawn: Screen) -> bool:
    return len(drawn.plain()) <= MOST_CHARACTERS


def _draw(view: View, urgent: bool, size: _Size) -> Screen:
    level = view.result.urgency.level
    return Screen(
        kind="emergency" if level == "emergency" else "card",
        title=_title(view),
        blocks=tuple(_blocks(view, size)),
        rows=tuple(_rows(view)),
        alert=urgent,
    )


def _with_time_line(drawn: Screen, view: View) -> Screen:
    """Put as much of the time line as fits above the fixed lines at the end."""
    lines = newest_lines(view, MOST_CHARACTERS - len(drawn.plain()) - 1)
    if not lines:
        return drawn
    place = len(drawn.blocks) - 1
    block = text(*lines, heading=HEADING, look="fold")
    return replace(drawn, blocks=(*drawn.blocks[:place], block, *drawn.blocks[place:]))


def _rows(view: View) -> Iterator[tuple[Button, ...]]:
    """Offer the likely next steps, then what a case always offers; nothing if closed."""
    if view.case.status == "closed":
        return
    labels = words("buttons", WORDS)
    can_be_noted = [kind for kind in offered(view.case, view.standing) if kind in labels]
    buttons = [
        Button(labels[fitting(view, kind)], DOES[kind]) for kind in (*can_be_noted, "sbar", "close")
    ]
    yield from in_rows(buttons, MOST_IN_ROW)
    always = _always(view)
    if always:
        yield always


def _always(view: View) -> tuple[Button, ...]:
    asked = view.flow.landmarks.suspected_at
    earlier = Button("Suspected earlier", f"edit {asked}", typed="/earlier")
    copy = Button("Copy call number", "copy", view.call)
    return (*((earlier,) if asked else ()), *((copy,) if view.call else ()))


def _title(view: View) -> str:
    urgency = view.result.urgency
    level = words("levels")[urgency.level]
    if view.case.status == "closed":
        outcome = say_outcome(view.case)
        return f"{view.case.code} · {level} – CLOSED" + (f": {outcome}" if outcome else "")
    limit = f" – within {say_hours(urgency.hours)}" if urgency.hours else ""
    provisional = " (provisional)" if urgency.provisional else ""
    begun = view.case.newest_entry("treatment_begun") is not None
    if urgency.treatment_hours:
        within = "begun" if begun else f"within {urgency.treatment_hours} h"
        limit = f" – treatment {within}"
    due = view.result.due or (None if begun else view.result.treatment_due)
    if due and view.now > due:
        limit += " – OVERDUE"
    return f"{view.case.code} · {level}{limit}{provisional}"


def _blocks(view: View, size: _Size) -> Iterator[Block]:
    yield Block(tuple(clocks(view, beside=size.beside)), look="lead")
    closed = view.case.status == "closed"
    if not closed:
        yield text(*do_now(view, size.steps), heading="Do now", look="list")
    yield text(*reasons(view, size.reasons), heading="Why", look="fold")
    call = [] if closed else call_line(view)
    if call:
        yield text(*call)
    yield text(words("fixed")["disclaimer"], *age_line(view.now, view.zone), look="help")
