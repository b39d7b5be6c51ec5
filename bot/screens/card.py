"""Draws the card, the case view: urgency, deadlines, do now, why, and what is done most."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from bot.conversation.time_line import OVERRIDDEN, offered
from bot.conversation.undoing import undoable
from bot.guidance.first_steps import MOST_STEPS
from bot.logic.figures import say_hours
from bot.screens.age import age_line
from bot.screens.answered_by import answered_by, owned_by
from bot.screens.card_reasons import reasons
from bot.screens.case_row import case_row
from bot.screens.clocks import BARE, BARER, DEADLINES, WHOLE, Clocks, clocks
from bot.screens.do_now import OVERDUE, call_line, steps_with_rules
from bot.screens.drawn_lines import LINES_OF_A_ROW, Said, text_lines
from bot.screens.notices import words
from bot.screens.overriding import overrides
from bot.screens.screen import Block, Button, Line, Screen, in_rows, say_line, shortened, text
from bot.screens.time_line import HEADING, WORDS, Newest, fitting, say_entry, say_outcome
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View, said_once
from state.records import Entry

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


class _Size(NamedTuple):
    """How much a card says: its reasons, its steps, and the additions `beside` its clocks."""

    reasons: int
    steps: int = MOST_STEPS
    beside: bool = True


SIZES: Final = (
    _Size(MOST_REASONS), _Size(2), _Size(1), _Size(1, beside=False), _Size(1, 4, beside=False),
    _Size(1, 3, beside=False),
)  # fmt: skip
IN_VIEW: Final = (
    (WHOLE, 5), *((BARE, steps) for steps in (5, 4, 3, 2)),
    *((BARER, steps) for steps in (3, 2, 1, 0)),
)  # fmt: skip
IN_VIEW_BELOW: Final = tuple((DEADLINES, steps) for steps in range(5, -1, -1))


def draw_card(view: View, *, below: bool = False, notices: int = 0) -> Screen:
    """Draw the card of a case, as high as fits below its notices, or `below` an alert.

    What has no room in view is folded: what stands beside the clocks, then the last steps. How much
    has room is counted before anything is drawn.
    """
    noted = undoable(view.case, view.now)
    room = (MOST_LINES_BELOW if below else MOST_LINES) - notices - LINES_OF_A_ROW * bool(noted)
    said, newest = _say(view), Newest.of(view)
    size = _fitting(said)
    if view.reader_zone and size != SIZES[0]:
        said = replace(said, clocks=clocks(replace(view, reader_zone=None)))
        size = _fitting(said)
    for length, in_view in IN_VIEW_BELOW if below else IN_VIEW:
        blocks = said.blocks(size, length, in_view)
        left = MOST_CHARACTERS - _characters(said.above, blocks)
        _add_time_line(blocks, newest, left)
        if left >= 0 and text_lines(said.above, blocks) <= room:
            break
    drawn = (text(*block.lines, heading=block.heading, look=block.look) for block in blocks[1:])
    lead = Block(said.clocks.lengths[_length(size, length)], look="lead")
    title = said.above[1]
    return Screen("card", title, (lead, *drawn), tuple(_rows(view, noted)), head=said.head)


def _fitting(said: "_Said") -> _Size:
    """Return the most that a card may say."""
    for size in SIZES:
        if _characters(said.above, said.blocks(size, *IN_VIEW[-1])) <= MOST_CHARACTERS:
            return size
    return SIZES[-1]


def _length(size: _Size, length: int) -> int:
    return max(length, WHOLE if size.beside else BARE)


def _characters(above: Iterable[str], blocks: Iterable[Said]) -> int:
    """Return how many characters a text has, with its line breaks."""
    lines = [line for line in above if line]
    for block in blocks:
        lines += (block.heading, *block.lines) if block.heading else block.lines
    return sum(map(len, lines)) + len(lines) - 1


@dataclass(frozen=True, slots=True)
class _Said:
    """Everything that a card can say of a case, worked out once.

    What a length of the `clocks` leaves out is folded. `urgent` are the steps without the one that
    the urgency line says.
    """

    head: Line
    above: tuple[str, str]
    clocks: Clocks
    steps: list[str]
    urgent: list[str]
    why: list[str]
    overridden: list[str]
    answered: list[str]
    last: tuple[str, ...]

    def blocks(self, size: _Size, length: int, in_view: int) -> list[Said]:
        """Return the blocks of a card with its clocks at a length, and so many steps in view."""
        length = _length(size, length)
        blocks = [Said([*map(say_line, self.clocks.lengths[length])], look="lead")]
        departed = MOST_OVERRIDDEN if in_view else 1
        if self.overridden:
            blocks.append(Said(self.overridden[:departed]))
        steps = self.steps if size.steps == MOST_STEPS else self.urgent[: size.steps]
        first, rest = steps[:in_view], steps[in_view:]
        if first:
            blocks.append(Said(first, DO_NOW, "list"))
        also = self.clocks.left_out[length] if size.beside or length > BARE else ()
        why = self.why[: size.reasons]
        others = self.overridden[departed:] if size.beside else []
        folded = (*rest, *others, *also, *why, *self.answered, words("fixed")["disclaimer"])
        blocks.append(Said(folded, "" if first or not rest else DO_NOW, "fold"))
        if self.last:
            blocks.append(Said(self.last))
        return blocks


def _say(view: View) -> _Said:
    head, closed = urgency_line(view), view.case.status == "closed"
    steps = () if closed else steps_with_rules(view)
    calls = () if closed else call_line(view)
    return _Said(
        head=head,
        above=(say_line(head), "" if head else title(view)),
        clocks=clocks(view),
        steps=[line for _, line in steps],
        urgent=[line for rule, line in steps if rule != OVERDUE],
        why=[f"Why: {reason}" for reason in reasons(view, MOST_REASONS)],
        overridden=overrides(view),
        answered=answered_by(view),
        last=(*owned_by(view), *calls, *age_line(view.now, view.zone)),
    )


def _add_time_line(blocks: list[Said], newest: Newest, left: int) -> None:
    """Put the newest lines of the time line below what is folded, in the same quote.

    They fit into the characters that are left, with the line break before them.
    """
    lines = newest.fitting(left - 1) if newest.count else ()
    if lines:
        place = next(n for n, block in enumerate(blocks, 1) if block.look == "fold")
        blocks.insert(place, Said(lines, HEADING, "fold"))


def _rows(view: View, noted: Entry | None) -> Iterator[tuple[Button, ...]]:
    """Offer what is done most, then the way on; nothing if closed."""
    if view.case.status == "closed":
        return
    yield from in_rows([button_for(view, kind) for kind in on_card(view)], MOST_IN_ROW)
    if noted:
        undo = words("buttons", WORDS)["undo"].format(detail=say_entry(view, noted))
        yield (Button(shortened(undo, LONGEST_ALONE), f"undo {noted.kind}"),)
    yield case_row(view)


@said_once
def on_card(view: View) -> tuple[str, ...]:
    """Name what the card offers; the rest is under More."""
    kinds = [kind for kind in every_kind(view) if kind != OVERRIDDEN]
    if "mri_requested" in kinds and "mri_done" in kinds:
        kinds.remove("mri_done")
    most = MOST_DONE - (undoable(view.case, view.now) is not None)
    for kind in FIRST_TO_GO:
        if len(kinds) > most and kind in kinds:
            kinds.remove(kind)
    return tuple(kinds)


@said_once
def every_kind(view: View) -> tuple[str, ...]:
    """Name everything that can now be noted or shown of the case."""
    earlier = ("suspected_earlier",) if view.flow.landmarks.suspected_at else ()
    kinds = {*offered(view.case, view.standing), *earlier, "sbar"}
    return tuple([kind for kind in ORDER if kind in kinds])


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
