"""Draws what was understood of a typed line, to be confirmed before it counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.conversation.changes import adds_cauda_equina
from bot.conversation.events import Answers
from bot.flows.wording import words_of
from bot.guidance.first_steps import KILLS
from bot.screens.alert import copy_number, fitting_steps
from bot.screens.do_now import steps_with_rules
from bot.screens.drawn_lines import drawn_lines, is_high, room_for
from bot.screens.notices import words
from bot.screens.pages import page_of
from bot.screens.read_answers import BEFORE_TICK, WORDS, read_answers
from bot.screens.screen import Block, Button, Line, Part, Rows, Screen, in_rows, say_line, text
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View, in_a_sentence
from state.read_lines import ReadLine

IN_ROW: Final = 2
TICK: Final = "✓ "
BESIDE: Final = 2  # buttons beside the items of a page
MOST_STEP_LINES: Final = 8
FEWEST_STEP_LINES: Final = 6
LINES_ABOVE: Final = 2  # of a notice that may come above it
DOUBTS_OF: Final = {
    "weak_limb": f"cord_signs{BEFORE_TICK}weakness",
    "trend": "radicular_deficit",
    "place": "radicular_deficit",
}


@dataclass(frozen=True, slots=True)
class Offered:
    """A line that waits: its case as it is and as it would be, and the answers it would give.

    `withdrawn` if it was an emergency until something was taken out of it.
    """

    view: View
    after: View
    line: ReadLine
    answers: Answers
    withdrawn: bool = False

    @property
    def is_emergency(self) -> bool:
        return is_emergency(self.view, self.after)


def is_emergency(view: View, after: View) -> bool:
    """Return whether a case would become an emergency, or one with the limit of a cauda equina."""
    before, then = view.standing, after.standing
    return then.emergency and (not before.emergency or adds_cauda_equina(before, then))


def draw_read_line(offered: Offered, *, first: str = "") -> Screen:
    """Say what was read, what was denied and how much was not read, above the three ways on.

    An emergency that would arise is shown at once, with what to do first, and makes a sound.
    `first` is said above it all.
    """
    rows = _rows(offered.line, use=bool(offered.answers))
    copy = copy_number(offered.after) if offered.is_emergency else ()
    rows = (*rows, copy) if copy else rows
    return replace(_drawn(offered, rows, first), alert=offered.is_emergency)


def draw_items(offered: Offered, items: Sequence[str], number: int) -> Screen:
    """Offer to leave out what was read wrongly, item by item, page by page."""
    view, line = offered.view, offered.line
    page = page_of([*enumerate(items, 1)], number, beside=BESIDE)
    ticks = []
    for place, item in page.shown:
        out = item in line.left_out
        does = f"line {'in' if out else 'out'} {place}"
        label = f"{'' if out else TICK}{_label(view, item)}"
        ticks.append(Button(label, f"{does} {line.mark}", typed=f"/{does} {line.code}"))
    *use, _, cancel = _rows(line, use=bool(offered.answers))[0]
    last = (*use, cancel, *page.turn(f"line change {line.mark}"))
    rows = (*in_rows(ticks, IN_ROW), last)
    return _drawn(offered, rows, words("said", WORDS)["leave_out"], named=True)


def draw_whether_to_cancel(offered: Offered) -> Screen:
    """Ask whether an emergency that was read is really to be cancelled.

    The mark is typed too: what drops it without asking is taken from this screen alone.
    """
    buttons, line = words("buttons", WORDS), offered.line
    rows = (
        (
            Button(buttons["keep"], f"line keep {line.mark}", typed=f"/line keep {line.code}"),
            Button(
                buttons["drop"],
                f"line drop {line.mark}",
                typed=f"/line drop {line.mark} {line.code}",
                style="danger",
            ),
        ),
    )
    return _drawn(offered, rows, words("said", WORDS)["really_cancel"])


def draw_denied(offered: Offered, items: Sequence[str], denied: Sequence[str]) -> Screen:
    """Ask whether what a newer line denies is to be taken out of what waits."""
    said, buttons, line = words("said", WORDS), words("buttons", WORDS), offered.line
    named = say_items(offered.view, denied)
    does = f"line out {','.join(str(items.index(item) + 1) for item in denied)}"
    rows = (
        (
            Button(buttons["take_out"], f"{does} {line.mark}", typed=f"/{does} {line.code}"),
            Button(buttons["leave_in"], f"line keep {line.mark}", typed=f"/line keep {line.code}"),
        ),
    )
    return _drawn(offered, rows, said["take_out"].format(signs=named))


def page_with(number: int, items: Sequence[str]) -> int:
    """Return the page that shows an item, by its number from 1."""
    on_page = len(page_of(items, 1, beside=BESIDE).shown)
    return (number - 1) // on_page + 1


def say_denied(view: View, denied: Sequence[str]) -> str:
    """Name what was denied, each in the words of its question."""
    signs = words_of(view.flow, view.flow.landmarks.cord_signs)
    return _listed(signs.options.get(each) or view.label(each) for each in denied)


def say_answers(view: View, answers: Answers) -> str:
    """Say answers of one value each, in the words of their questions."""
    asked = ((key, value, view.flow.question(key)) for key, value in answers)
    return "; ".join(
        f"{in_a_sentence(view.label(key))}: {view.answer(question, value)}"
        for key, value, question in asked
        if question
    )


def say_items(view: View, items: Sequence[str]) -> str:
    """Name what was read, item by item, as the buttons of Change do."""
    return _listed(_label(view, item) for item in items)


def say_withdrawn(offered: Offered) -> str:
    """Say that a line is no emergency without what was taken out of it."""
    named = say_items(offered.view, offered.line.left_out)
    return words("said", WORDS)["withdrawn"].format(signs=named)


def _listed(labels: "Iterator[str]") -> str:
    return ", ".join(map(in_a_sentence, dict.fromkeys(labels)))


def _drawn(offered: Offered, rows: Rows, first: str, *, named: bool = False) -> Screen:
    """Draw what was read, below the urgency as it would be.

    What has no room on a phone is folded, then whom to call is left out, and what is `named` by the
    buttons.
    """
    view, after = offered.view, offered.after
    notice = [text(first, look="notice")] if first else []
    notice += [text(say_withdrawn(offered), look="notice")] if offered.withdrawn else []
    said = [*_said(offered)]
    if not offered.is_emergency:
        blocks = (*notice, *_kills(view, after), *said)
        stands = urgency_line(view)
        return Screen("notice", "" if stands else view.case.code, blocks, rows, head=stands)
    head: Line = (Part(words("said", WORDS)["not_confirmed"]), *urgency_line(after))
    folded = [each if each.look == "lead" else each._replace(look="fold") for each in said]
    shorter = [each for each in said if each.look == "lead"] if named else folded
    drawn = [
        Screen("notice", "", (*notice, _steps(after, lines, call), *shown), rows, head=head)
        for shown, call in ((said, True), (folded, True), (folded, False), (shorter, False))
        for lines in range(MOST_STEP_LINES, FEWEST_STEP_LINES - 1, -1)
    ]
    beside = drawn_lines(say_line(head)) + (0 if named else LINES_ABOVE)
    fitting = (each for each in drawn if not is_high(each) or room_for(beside, each))
    return next(fitting, drawn[-1]) if view.touch else drawn[0]


def _steps(after: View, lines: int, call: bool) -> Block:
    return text(*fitting_steps(after, lines, call=call, needed_alone=True), look="list")


def _kills(view: View, after: View) -> Iterator[Block]:
    """Say what would kill, and is not said of the case yet."""
    had = dict(steps_with_rules(view))
    kills = [step for rule, step in steps_with_rules(after) if rule in KILLS and rule not in had]
    if kills:
        yield text(*kills, look="list")


def _rows(line: ReadLine, *, use: bool) -> Rows:
    buttons = words("buttons", WORDS)
    does = (
        Button(
            buttons["use"], f"line use {line.mark}", typed=f"/line use {line.code}", style="primary"
        ),
        Button(buttons["change"], f"line change {line.mark}", typed=f"/line change {line.code}"),
        Button(buttons["cancel"], f"line cancel {line.mark}", typed=f"/line cancel {line.code}"),
    )
    return (does if use else does[1:],)


def _said(offered: Offered) -> Iterator[Block]:
    view, line, said = offered.view, offered.line, words("said", WORDS)
    yield from read_answers(view, line, offered.answers)
    if not offered.answers:
        yield text(said["nothing"], look="lead")
    parts = []
    if line.denied:
        parts.append(said["denied"].format(signs=say_denied(view, line.denied)))
    if line.unread:
        count = "unread_one" if line.unread == 1 else "unread"
        parts.append(said[count].format(count=line.unread))
    if parts:
        yield text(" ".join(parts))
    doubts = words("doubts", WORDS)
    notes = [
        doubts[each]
        for each in line.doubts
        if each in doubts and DOUBTS_OF.get(each) not in line.left_out
    ]
    if notes:
        yield text(*notes, look="help")


def _label(view: View, item: str) -> str:
    key, _, tick = item.partition(BEFORE_TICK)
    if not tick:
        return view.short_label(key)
    question = view.flow.question(key)
    return words_of(view.flow, question.id).options.get(tick, tick) if question else tick


def reminded(screen: Screen) -> Screen:
    """Say again, with sound, what has not been confirmed."""
    first = text(words("said", WORDS)["reminder"], look="notice")
    return replace(screen, blocks=(first, *screen.blocks), alert=True)
