"""Says what was taken back, and lists what can be: by tap for a while, then by /undo."""

from typing import Final

from bot.conversation.replies import Notice, SayUndone
from bot.conversation.undoing import Act, acts, is_late
from bot.screens.case_row import case_row
from bot.screens.notices import words
from bot.screens.screen import Button, Screen, in_rows, text
from bot.screens.time_line import WORDS, say_time, say_with_time
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View
from state.records import Answer

MOST_ACTS: Final = 6
IN_ROW: Final = 2


def say_undone(view: View, undone: SayUndone) -> Notice:
    """Say what was taken back: the line of the time line, or the answers."""
    if undone.entry:
        return Notice("undone", say_with_time(view, undone.entry))
    return Notice("undone", _say_answers(view, undone.answers))


def draw_undo(view: View) -> Screen:
    """List what can be taken back, newest first, with a button for what is young enough."""
    found = acts(view.case, view.flow.landmarks)[:MOST_ACTS]
    lines = [_line(view, act) for act in found] or ["Nothing can be taken back."]
    young = [act for act in found if not is_late(act.at, view.now)]
    labels = words("undo", WORDS)
    buttons = [Button(labels[act.words[0]], f"undo {act.words[0]}") for act in young]
    rows = (*in_rows(buttons, IN_ROW), case_row(view))
    title = f"{view.case.code} · Take back"
    return Screen("plan", title, (text(*lines, look="list"),), rows, head=urgency_line(view))


def _line(view: View, act: Act) -> str:
    said = say_with_time(view, act.entry) if act.entry else _answer_line(view, act)
    return f"{said} – /undo {act.words[0]}" if is_late(act.at, view.now) else said


def _answer_line(view: View, act: Act) -> str:
    return f"{say_time(act.at, view.now, view.zone)} {_say_answers(view, act.answers)}"


def _say_answers(view: View, answers: tuple[Answer, ...]) -> str:
    return ", ".join(_say(view, each) for each in reversed(answers))


def _say(view: View, answer: Answer) -> str:
    question = view.flow.question(answer.question)
    said = view.answer(question, answer.value) if question else str(answer.value)
    return f"{view.label(answer.question)}: {said}"
