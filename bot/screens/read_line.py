"""Draws what was understood of a typed line, to be confirmed before it counts."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from bot.flows.grammar import UNKNOWN, Several, Value
from bot.flows.wording import words_of
from bot.guidance.first_steps import KILLS
from bot.screens.alert import draw_alert
from bot.screens.do_now import steps_with_rules
from bot.screens.notices import words
from bot.screens.screen import Block, Button, Part, Rows, Screen, in_rows, text
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View, in_a_sentence
from state.read_lines import ReadLine

WORDS: Final = "read_line.toml"
IN_ROW: Final = 2
TICK: Final = "✓ "

Answers = Sequence[tuple[str, Value]]


def draw_read_line(
    view: View, after: View, line: ReadLine, answers: Answers, *, first: str = ""
) -> Screen:
    """Say what was read, what was denied and how much was not read, above the three ways on.

    `after` is the case as it would be: an emergency that would arise is shown at once, with what to
    do first, and makes a sound. `first` is said above it all.
    """
    said = words("said", WORDS)
    arises = is_emergency(view, after)
    shown = [text(first, look="notice")] if first else []
    head, rows = urgency_line(view), _rows(line)
    if arises:
        alert = draw_alert(after)
        head = (Part(said["not_confirmed"]), *alert.head)
        shown += alert.blocks
        rows += tuple((each,) for row in alert.rows for each in row if each.does == "copy")
    else:
        had = dict(steps_with_rules(view))
        kills = [
            step for rule, step in steps_with_rules(after) if rule in KILLS and rule not in had
        ]
        shown += [text(*kills, look="list")] if kills else []
    shown += _said(view, line, answers)
    title = "" if arises else view.case.code
    return Screen("notice", title, tuple(shown), rows, alert=arises, head=head)


def is_emergency(view: View, after: View) -> bool:
    """Return whether a case that is no emergency yet would be one."""
    return after.standing.emergency and not view.standing.emergency


def draw_items(view: View, line: ReadLine, answers: Answers, items: Sequence[str]) -> Screen:
    """Offer to leave out what was read wrongly, item by item."""
    ticks = [
        Button(
            f"{'' if item in line.left_out else TICK}{_label(view, item)}",
            f"line {'in' if item in line.left_out else 'out'} {number} {line.mark}",
            typed=f"/line {'in' if item in line.left_out else 'out'} {number}",
        )
        for number, item in enumerate(items, 1)
    ]
    use, _, cancel = _rows(line)[0]
    lines = (text(words("said", WORDS)["leave_out"], look="lead"), *_said(view, line, answers))
    rows = (*in_rows(ticks, IN_ROW), (use, cancel))
    return Screen("notice", view.case.code, lines, rows, head=urgency_line(view))


def say_denied(view: View, denied: Sequence[str]) -> str:
    """Name what was denied, each in the words of its question."""
    signs = words_of(view.flow, view.flow.landmarks.cord_signs)
    named = (signs.options.get(each) or view.label(each) for each in denied)
    return ", ".join(map(in_a_sentence, dict.fromkeys(named)))


def _rows(line: ReadLine) -> Rows:
    buttons = words("buttons", WORDS)
    return (
        (
            Button(buttons["use"], f"line use {line.mark}", typed="/line use", style="primary"),
            Button(buttons["change"], f"line change {line.mark}", typed="/line change"),
            Button(buttons["cancel"], f"line cancel {line.mark}", typed="/line cancel"),
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
