"""Draws the card, the case view: urgency, deadlines, do now, why, and what is done most."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from textwrap import shorten
from typing import Final

from bot.conversation.time_line import OVERRIDDEN, offered
from bot.conversation.undoing import undoable
from bot.guidance.first_steps import MOST_STEPS
from bot.logic.figures import say_hours
from bot.screens.age import age_line
from bot.screens.answered_by import answered_by, owned_by
from bot.screens.card_reasons import reasons
from bot.screens.case_row import case_row
from bot.screens.clocks import (
    cauda_equina_line,
    clocks,
    deadlines,
    limit_and_session,
    said_beside,
)
from bot.screens.do_now import OVERDUE, call_line, steps_with_rules
from bot.screens.drawn_lines import LINES_OF_A_ROW, screen_lines
from bot.screens.notices import words
from bot.screens.overriding import overrides
from bot.screens.screen import Block, Button, Line, Rows, Screen, in_rows, text
from bot.screens.time_line import HEADING, WORDS, Newest, fitting, say_entry, say_outcome
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View

MOST_CHARACTERS: Final = 900
MOST_LINES: Final = 16
MOST_LINES_BELOW: Final = 7
MOST_DONE: Final = 6
MOST_REASONS: Final = 3
MOST_IN_ROW: Final = 2
MOST_OVERRIDDEN: Final = 2  # in view
LONGEST_ALONE: Final = 32
DO_NOW: Final = "Do now"
DOES: Final = {
    "mri_requested": "requested",
    "mri_done": "scanned",
    "steroid_given": "given",
    "called": "called",
    "treatment_begun": "begun",
    "new_signs": "newsigns",
    "sbar": "sbar",
    OVERRIDDEN: "differs",
}
ORDER: Final = (
    "mri_requested", "mri_done", "steroid_given", "treatment_begun", "called", "new_signs",
    "suspected_earlier", "sbar", OVERRIDDEN,
)  # fmt: skip
FIRST_TO_GO: Final = ("called", "suspected_earlier", "sbar")


@dataclass(frozen=True, slots=True)
class _Size:
    """How much a card says: its reasons, its steps, and the additions `beside` its clocks."""

    reasons: int
    steps: int = MOST_STEPS
    beside: bool = True


SIZES: Final = (
    _Size(MOST_REASONS), _Size(2), _Size(1), _Size(1, beside=False), _Size(1, 4, beside=False),
    _Size(1, 3, beside=False),
)  # fmt: skip
WHOLE, BARE, BARER, DEADLINES = range(4)  # how much of the clocks is in view
IN_VIEW: Final = (
    (WHOLE, 5), *((BARE, steps) for steps in (5, 4, 3, 2)),
    *((BARER, steps) for steps in (3, 2, 1, 0)),
)  # fmt: skip
IN_VIEW_BELOW: Final = tuple((DEADLINES, steps) for steps in range(5, -1, -1))


def draw_card(view: View, *, below: bool = False, notices: int = 0) -> Screen:
    """Draw the card of a case, as high as fits below its notices, or `below` an alert.

    What has no room in view is folded: what stands beside the clocks, then the last steps.
    """
    room = (MOST_LINES_BELOW if below else MOST_LINES) - notices
    room -= LINES_OF_A_ROW if undoable(view.case, view.now) else 0
    said = _said(view)
    size, newest = _fitting(said), Newest.of(view)
    if view.reader_zone and size != SIZES[0]:
        said = replace(_said(replace(view, reader_zone=None)), head=said.head)
        size = _fitting(said)
    for in_view in IN_VIEW_BELOW if below else IN_VIEW:
        drawn = _with_time_line(said.draw(size, *in_view), newest)
        if screen_lines(drawn) <= room and len(drawn.plain()) <= MOST_CHARACTERS:
            break
    return drawn


def _fitting(said: "_Said") -> _Size:
    """Return the most that a card may say."""
    drawn = ((size, said.draw(size, *IN_VIEW[-1])) for size in SIZES)
    fits = (size for size, card in drawn if len(card.plain()) <= MOST_CHARACTERS)
    return next(fits, SIZES[-1])


@dataclass(frozen=True, slots=True)
class _Said:
    """Everything that a card can say of a case, worked out once.

    `clocks` are said at four lengths; what each leaves out is `also` folded. `urgent` are the
    steps without the one that the urgency line says.
    """

    head: Line
    title: str
    clocks: tuple[tuple[Line, ...], ...]
    also: tuple[list[str], ...]
    steps: list[str]
    urgent: list[str]
    why: list[str]
    overridden: list[str]
    answered: list[str]
    last: tuple[str, ...]
    rows: Rows

    def draw(self, size: _Size, clocks: int, in_view: int) -> Screen:
        """Draw a card with its clocks at a length, and so many steps in view."""
        length = max(clocks, 0 if size.beside else BARE)
        blocks = tuple(self._blocks(size, length, in_view))
        return Screen("card", self.title, blocks, self.rows, head=self.head)

    def _blocks(self, size: _Size, length: int, in_view: int) -> Iterator[Block]:
        yield Block(self.clocks[length], look="lead")
        departed = MOST_OVERRIDDEN if in_view else 1
        if self.overridden:
            yield text(*self.overridden[:departed])
        steps = self.steps if size.steps == MOST_STEPS else self.urgent[: size.steps]
        first, rest = steps[:in_view], steps[in_view:]
        if first:
            yield text(*first, heading=DO_NOW, look="list")
        also = self.also[length] if size.beside or length > BARE else []
        why = self.why[: size.reasons]
        others = self.overridden[departed:] if size.beside else []
        folded = (*rest, *others, *also, *why, *self.answered, words("fixed")["disclaimer"])
        yield text(*folded, heading="" if first or not rest else DO_NOW, look="fold")
        if self.last:
            yield text(*self.last)


def _said(view: View) -> _Said:
    head, closed = urgency_line(view), view.case.status == "closed"
    steps = [] if closed else steps_with_rules(view)
    calls = () if closed else call_line(view)
    bare = replace(view, reader_zone=None)
    beside, limits, cauda = said_beside(view), limit_and_session(view), cauda_equina_line(view)
    return _Said(
        head=head,
        title="" if head else title(view),
        clocks=(
            tuple(clocks(view)),
            tuple(clocks(bare, beside=False)),
            tuple(clocks(bare, beside=False, collisions=False)),
            tuple(deadlines(bare)),
        ),
        also=(
            [],
            beside,
            [*limits, *beside],
            [*([cauda] if cauda else []), *limits, *beside],
        ),
        steps=[line for _, line in steps],
        urgent=[line for rule, line in steps if rule != OVERDUE],
        why=[f"Why: {reason}" for reason in reasons(view, MOST_REASONS)],
        overridden=overrides(view),
        answered=answered_by(view),
        last=(*owned_by(view), *calls, *age_line(view.now, view.zone)),
        rows=tuple(_rows(view)),
    )


def _with_time_line(drawn: Screen, newest: Newest) -> Screen:
    """Put the newest lines of the time line below what is folded, in the same quote."""
    lines = newest.fitting(MOST_CHARACTERS - len(drawn.plain()) - 1) if newest.count else []
    if not lines:
        return drawn
    place = [block.look for block in drawn.blocks].index("fold") + 1
    block = text(*lines, heading=HEADING, look="fold")
    return replace(drawn, blocks=(*drawn.blocks[:place], block, *drawn.blocks[place:]))


def _rows(view: View) -> Iterator[tuple[Button, ...]]:
    """Offer what is done most, then the way on; nothing if closed."""
    if view.case.status == "closed":
        return
    yield from in_rows([button_for(view, kind) for kind in on_card(view)], MOST_IN_ROW)
    noted = undoable(view.case, view.now)
    if noted:
        undo = words("buttons", WORDS)["undo"].format(detail=say_entry(view, noted))
        yield (Button(shorten(undo, LONGEST_ALONE, placeholder=" …"), f"undo {noted.kind}"),)
    yield case_row(view)


def on_card(view: View) -> tuple[str, ...]:
    """Name what the card offers; the rest is under More."""
    kinds = [kind for kind in ORDER if kind in every_kind(view) and kind != OVERRIDDEN]
    if "mri_requested" in kinds and "mri_done" in kinds:
        kinds.remove("mri_done")
    most = MOST_DONE - (undoable(view.case, view.now) is not None)
    for kind in FIRST_TO_GO:
        if len(kinds) > most and kind in kinds:
            kinds.remove(kind)
    return tuple(kinds)


def every_kind(view: View) -> tuple[str, ...]:
    """Name everything that can now be noted or shown of the case."""
    earlier = ("suspected_earlier",) if view.flow.landmarks.suspected_at else ()
    kinds = (*offered(view.case, view.standing), *earlier, "sbar")
    return tuple(kind for kind in ORDER if kind in kinds)


def button_for(view: View, kind: str) -> Button:
    """Return the button that notes or shows something."""
    label = words("buttons", WORDS)[fitting(view, kind)]
    if kind == "suspected_earlier":
        return Button(label, f"edit {view.flow.landmarks.suspected_at}", typed="/earlier")
    return Button(label, DOES[kind], typed=f"/{DOES[kind]}")


def title(view: View) -> str:
    """Name a case that is closed, or whose urgency is still open."""
    urgency = view.result.urgency
    level = words("levels")[urgency.level]
    if view.case.status == "closed":
        outcome = say_outcome(view.case)
        return f"{view.case.code} · {level} – CLOSED" + (f": {outcome}" if outcome else "")
    if not view.case.answers:
        return f"{view.case.code} · nothing answered yet"
    limit = f", within {say_hours(urgency.hours)}" if urgency.hours else ""
    return f"{view.case.code} · so far {level}{limit}; not settled"
