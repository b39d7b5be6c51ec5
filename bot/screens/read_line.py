"""Draws what was understood of a typed line, to be confirmed before it counts."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from bot.flows.grammar import UNKNOWN, Several, Value
from bot.flows.wording import words_of
from bot.guidance.first_steps import KILLS
from bot.screens.alert import draw_alert
from bot.screens.do_now import steps_with_rules
from bot.screens.drawn_lines import drawn_lines, is_high, room_for
from bot.screens.notices import words
from bot.screens.pages import page_of
from bot.screens.screen import Block, Button, Part, Rows, Screen, in_rows, say_line, text
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View, in_a_sentence
from state.read_lines import ReadLine

WORDS: Final = "read_line.toml"
IN_ROW: Final = 2
TICK: Final = "✓ "
BESIDE: Final = 2  # buttons beside the items of a page

Answers = Sequence[tuple[str, Value]]


def draw_read_line(
    view: View, after: View, line: ReadLine, answers: Answers, *, first: str = ""
) -> Screen:
    """Say what was read, what was denied and how much was not read, above the three ways on.

    `after` is the case as it would be: an emergency that would arise is shown at once, with what to
    do first, and makes a sound; one that would be too high says it briefly. `first` is said above
    it all.
    """
    arises = is_emergency(view, after)
    notice = [text(first, look="notice")] if first else []
    said = [*_said(view, line, answers)]
    if not arises:
        blocks = (*notice, *_kills(view, after), *said)
        return Screen("notice", view.case.code, blocks, _rows(line), head=urgency_line(view))
    for brief in (False, True):
        alert = draw_alert(after, ticking=brief)
        head = (Part(words("said", WORDS)["not_confirmed"]), *alert.head)
        copy = tuple((each,) for row in alert.rows for each in row if each.does == "copy")
        blocks = (*notice, *alert.blocks, *(said[:1] if brief else said))
        screen = Screen("notice", "", blocks, (*_rows(line), *copy), alert=True, head=head)
        if not is_high(screen) or room_for(drawn_lines(say_line(head)), screen):
            break
    return screen


def _kills(view: View, after: View) -> Iterator[Block]:
    """Say what would kill, and is not said of the case yet."""
    had = dict(steps_with_rules(view))
    kills = [step for rule, step in steps_with_rules(after) if rule in KILLS and rule not in had]
    if kills:
        yield text(*kills, look="list")


def is_emergency(view: View, after: View) -> bool:
    """Return whether a case that is no emergency yet would be one."""
    return after.standing.emergency and not view.standing.emergency


def draw_items(
    view: View, line: ReadLine, answers: Answers, items: Sequence[str], number: int
) -> Screen:
    """Offer to leave out what was read wrongly, item by item, page by page."""
    page = page_of([*enumerate(items, 1)], number, beside=BESIDE)
    ticks = []
    for place, item in page.shown:
        out = item in line.left_out
        does = f"line {'in' if out else 'out'} {place}"
        label = f"{'' if out else TICK}{_label(view, item)}"
        ticks.append(Button(label, f"{does} {line.mark}", typed=f"/{does} {line.code}"))
    use, _, cancel = _rows(line)[0]
    lines = (text(words("said", WORDS)["leave_out"], look="lead"), *_said(view, line, answers))
    last = (use, cancel, *page.turn(f"line change {line.mark}"))
    rows = (*in_rows(ticks, IN_ROW), last)
    return Screen("notice", view.case.code, lines, rows, head=urgency_line(view))


def page_with(number: int, items: Sequence[str]) -> int:
    """Return the page that shows an item, by its number from 1."""
    on_page = len(page_of(items, 1, beside=BESIDE).shown)
    return (number - 1) // on_page + 1


def say_denied(view: View, denied: Sequence[str]) -> str:
    """Name what was denied, each in the words of its question."""
    signs = words_of(view.flow, view.flow.landmarks.cord_signs)
    named = (signs.options.get(each) or view.label(each) for each in denied)
    return ", ".join(map(in_a_sentence, dict.fromkeys(named)))


def say_answers(view: View, answers: Answers) -> str:
    """Say answers of one value each, in the words of their questions."""
    asked = ((key, value, view.flow.question(key)) for key, value in answers)
    return "; ".join(
        f"{in_a_sentence(view.label(key))}: {view.answer(question, value)}"
        for key, value, question in asked
        if question
    )


def _rows(line: ReadLine) -> Rows:
    buttons = words("buttons", WORDS)
    return (
        (
            Button(
                buttons["use"],
                f"line use {line.mark}",
                typed=f"/line use {line.code}",
                style="primary",
            ),
            Button(
                buttons["change"], f"line change {line.mark}", typed=f"/line change {line.code}"
            ),
            Button(
                buttons["cancel"], f"line cancel {line.mark}", typed=f"/line cancel {line.code}"
            ),
        ),
    )


def _said(view: View, line: ReadLine, answers: Answers) -> Iterator[Block]:
    said = words("said", WORDS)
    parts = [said["read"].format(answers=_answers(view, line, answers) or said["nothing"])]
    if line.denied:
        parts.append(said["denied"].format(signs=say_denied(view, line.denied)))
    if line.unread:
        count = "unread_one" if line.unread == 1 else "unread"
        parts.append(said[count].format(count=line.unread))
    yield text(" – ".join(parts), look="lead")
    doubts = words("doubts", WORDS)
    notes = [doubts[each] for each in line.doubts if each in doubts]
    if notes:
        yield text(*notes, look="help")


def _answers(view: View, line: ReadLine, answers: Answers) -> str:
    """Say the answers: first that to the question that is open, then the others."""
    asked = view.standing.asked
    own = [each for each in answers if each[0] == asked]
    others = [each for each in answers if each[0] != asked]
    said = words("said", WORDS)
    also = "; ".join(_answer(view, line, *each) for each in others)
    if not view.case.given:
        return "; ".join(_answer(view, line, *each) for each in answers)
    also = said["also"].format(answers=also) if also else ""
    return "; ".join(filter(None, (*(_answer(view, line, *each) for each in own), also)))


def _answer(view: View, line: ReadLine, key: str, value: Value) -> str:
    """Say one answer as its question does, with the one that it would replace."""
    question = view.flow.question(key)
    if question is None:
        raise KeyError(f"{key}: the flow has no such question")
    added = isinstance(question, Several) and value != []
    if isinstance(value, list):
        read = line.fields.get(key, [])
        value = [each for each in value if each in read and f"{key}:{each}" not in line.left_out]
    said = f"{in_a_sentence(view.label(key))}: {view.answer(question, value)}"
    before = view.case.latest.get(key, UNKNOWN)
    if before in (UNKNOWN, value) or added:
        return said
    return words("said", WORDS)["before"].format(answer=said, before=view.latest(key))


def _label(view: View, item: str) -> str:
    key, _, tick = item.partition(":")
    if not tick:
        return view.short_label(key)
    question = view.flow.question(key)
    return words_of(view.flow, question.id).options.get(tick, tick) if question else tick


def reminded(screen: Screen) -> Screen:
    """Say again, with sound, what has not been confirmed."""
    first = text(words("said", WORDS)["reminder"], look="notice")
    return replace(screen, blocks=(first, *screen.blocks), alert=True)
