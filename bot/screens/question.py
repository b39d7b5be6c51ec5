"""Draws a question: text, options as buttons, previous answer, definitions."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from bot.flows.button_rows import TICK, in_one_row
from bot.flows.grammar import Choice, Flow, Moment, Number, Option, Question, Several, Value
from bot.flows.typed import option_keys
from bot.flows.wording import QuestionWords, flow_words, words_of
from bot.guidance.spoken_times import say_beside
from bot.screens.case_row import CASE
from bot.screens.notices import words
from bot.screens.screen import Block, Button, Rows, Screen, Style, in_rows, text
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View

MOST_REMEMBERED: Final = 512


def draw_question(view: View, key: str) -> Screen:
    """Draw a question with its options, its help line and its previous answer.

    Above a long list of options the question comes last, so that it stays in view.
    """
    question = view.flow.question(key)
    if question is None:
        raise KeyError(f"{key}: the flow has no such question")
    lead, help_line = _texts(view.flow, question.id)
    blocks = [help_line]
    if isinstance(question, Moment) and say_beside(view.now, view.zone, view.reader_zone):
        blocks.append(text(words("reader")["hospital_time"].format(zone=view.zone_now)))
    given = view.case.latest.get(key)
    if given is not None and question.accepts(given) and not isinstance(question, Several):
        blocks.append(text(f"Answered before: {view.answer(question, given)}"))
    below = isinstance(question, Choice) and question.long_list
    blocks = [*blocks, lead] if below else [lead, *blocks]
    rows = _rows(view.flow, key, *_ticks(question, given))
    head = urgency_line(view)
    title = (
        _lesion(question, key) if head else f"{view.case.code} · {_progress(view, question, key)}"
    )
    return Screen("question", title, tuple(blocks), rows, head=head)


def draw_definitions(view: View, key: str) -> Screen:
    question = view.flow.question(key)
    asked = words_of(view.flow, question.id if question else key)
    lines = [f"{option}: {meaning}" for option, meaning in asked.meanings.items()]
    title = f"{view.case.code} · {asked.label}"
    first, *rest = lines or [asked.help]
    blocks = (text(first, look="list"), *([text(*rest, look="fold")] if rest else []))
    return Screen("kept", title, blocks, head=urgency_line(view))


def _progress(view: View, question: Question, key: str) -> str:
    name = flow_words(view.flow.id, view.flow.words_in).parts[question.part]
    lesion = _lesion(question, key)
    return f"{name}, {lesion.lower()}" if lesion else name


def _lesion(question: Question, key: str) -> str:
    return f"Lesion {key.rpartition('.')[2]}" if question.repeated else ""


@lru_cache(MOST_REMEMBERED)
def _texts(flow: Flow, question_id: str) -> tuple[Block, Block]:
    """Return the text of a question and its help line."""
    asked = words_of(flow, question_id)
    return text(asked.ask, look="lead"), text(asked.help, look="help")


@lru_cache(MOST_REMEMBERED)
def _rows(flow: Flow, key: str, ticked: tuple[str, ...], leads: bool) -> Rows:
    """Return the buttons of a question, which are the same for every case; `leads` is of Done."""
    question = flow.questions[key.partition(".")[0]]
    asked = words_of(flow, question.id)
    last = _last_row(question, asked, key)
    if isinstance(question, Several):
        return (*_tick_rows(question, asked, key, ticked, leads=leads), last)
    buttons = [*_buttons(question, asked, key)]
    if asked.rows:
        left = iter(buttons)
        return (*(tuple(islice(left, many)) for many in asked.rows), last)
    return (*in_rows(buttons, in_one_row([len(button.label) for button in buttons])), last)


def _ticks(question: Question, given: Value | None) -> tuple[tuple[str, ...], bool]:
    """Return which options are ticked, and whether anything is, though no longer offered."""
    if not (isinstance(question, Several) and isinstance(given, list)):
        return (), False
    return tuple([each.key for each in question.options if each.key in given]), bool(given)


def _tick_rows(
    question: Several, asked: QuestionWords, key: str, ticked: tuple[str, ...], *, leads: bool
) -> Rows:
    """Draw every tick, then None of these and Done, each always in the same place."""
    ticks = [
        _tick_button(option, asked, key, typed, ticked=option.key in ticked)
        for typed, option in zip(option_keys(question, asked), question.options, strict=True)
    ]
    number = str(len(ticks) + 1)
    none = Button("None of these", f"answer {key}", "none", number)
    done = Button("Done", f"done {key}", style="primary" if leads else "plain")
    width = in_one_row([len(TICK) + len(asked.option(each)) for each in question.options])
    return (*in_rows(ticks, width), (none, done))


def _buttons(question: Question, asked: QuestionWords, key: str) -> Iterator[Button]:
    match question:
        case Choice(options=options):
            for typed, option in zip(option_keys(question, asked), options, strict=True):
                yield _option_button(option, asked, f"answer {key}", typed)
        case Number(picks=picks):
            for pick in picks:
                yield Button(question.said(pick), f"answer {key}", f"{pick:g}", f"{pick:g}")
        case Moment(picks=times):
            for time in times:
                yield Button(asked.options.get(time, time), f"answer {key}", time, time)


def _tick_button(
    option: Option, asked: QuestionWords, key: str, typed: str, *, ticked: bool
) -> Button:
    if not ticked:
        return _option_button(option, asked, f"tick {key}", typed)
    button = _option_button(option, asked, f"untick {key}", typed)
    return button._replace(label=f"{TICK}{button.label}")


def _option_button(option: Option, asked: QuestionWords, does: str, typed: str) -> Button:
    style: Style = "danger" if option.danger else "plain"
    return Button(asked.option(option), does, option.key, typed, style)


def _last_row(question: Question, asked: QuestionWords, key: str) -> tuple[Button, ...]:
    unknown = Button(asked.unknown, f"answer {key}", "unknown", _unknown_key(question))
    back = Button("Back", "back", typed="/back")
    return (back, unknown, CASE) if question.can_be_unknown else (back, CASE)


def _unknown_key(question: Question) -> str:
    match question:
        case Several(options=options):
            return str(len(options) + 2)
        case Choice(by_name=False, options=options):
            return str(len(options) + 1)
    return "?"
