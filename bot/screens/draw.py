"""Draws what the engine wants shown as neutral screens: questions, cards, sections, notices."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from bot.conversation.replies import (
    Ask,
    AskBack,
    Confirm,
    Define,
    Notice,
    Reply,
    ShowAnswers,
    ShowCard,
    ShowSections,
)
from bot.conversation.time_line import CORD_SIGNS, missing, still_there
from bot.conversation.typed_twice import YES
from bot.flows.grammar import Choice, Moment, Number, Option, Question, Several, Value, option_key
from bot.flows.lint import LONGEST_OPTION
from bot.flows.triage import MRI, PLAN, SUSPECTED_AT
from bot.flows.typed import option_keys
from bot.flows.wording import QuestionWords, flow_words, words_of
from bot.guidance.sections import ordered
from bot.guidance.spoken_times import say_beside
from bot.guidance.texts import guidance
from bot.logic.fired_rule import Fired
from bot.screens.card import draw_card
from bot.screens.notices import words
from bot.screens.plan import draw_section, filled_sections
from bot.screens.screen import Block, Button, Kind, Rows, Screen, in_rows, text
from bot.screens.time_line import say_outcome
from bot.screens.view import View

TICK: Final = "✓ "
SHORT: Final = 4
MOST_SHORT_IN_ROW: Final = 8
MOST_IN_ROW: Final = 3
MOST_EDITS: Final = 88
WITHDRAWN: Final = "no_longer"


def draw(replies: Iterable[Reply], view: View) -> list[Screen]:
    """Draw everything to show, in order."""
    return [screen for show in replies for screen in _draw(show, view)]


def _draw(show: Reply, view: View) -> Iterator[Screen]:
    match show:
        case Ask(key):
            yield draw_question(view, key)
        case Confirm(key, value):
            yield _confirmation(view, key, value)
        case AskBack(value):
            yield _taken_back(view, value)
        case Define(key):
            yield _definitions(view, key)
        case ShowCard(urgent):
            yield draw_card(view, urgent=urgent)
        case ShowSections(()):
            yield _contents(view)
        case ShowSections(names):
            names = ordered(names, view.role)
            yield from (draw_section(view, name) for name in names[:-1])
            last = draw_section(view, names[-1])
            yield replace(last, rows=_contents_rows(view)) if len(names) == 1 else last
        case ShowAnswers():
            yield _answers(view)
        case Notice():
            yield draw_notice(show, view)


def draw_question(view: View, key: str) -> Screen:
    """Draw a question with its options, its help line and the answer it had."""
    question = view.flow.question(key)
    if question is None:
        raise KeyError(f"{key}: the flow has no such question")
    asked = words_of(view.flow, question.id)
    blocks = [text(asked.ask, look="lead"), text(asked.help, look="help")]
    if isinstance(question, Moment) and say_beside(view.now, view.zone, view.reader_zone):
        blocks.append(text(words("reader")["hospital_time"].format(zone=view.zone_now)))
    given = view.case.latest.get(key)
    if given is not None and question.accepts(given):
        blocks.append(text(f"Answered before: {view.answer(question, given)}"))
    ticked = isinstance(question, Several) and isinstance(given, list) and given
    done = ((Button("Done", f"done {key}", typed="/done", style="primary"),),) if ticked else ()
    rows = (*_rows(question, asked, key, given), *done, _last_row(question, asked, key))
    return Screen("question", _progress(view, question, key), tuple(blocks), rows)


def _definitions(view: View, key: str) -> Screen:
    question = view.flow.question(key)
    asked = words_of(view.flow, question.id if question else key)
    lines = [f"{option}: {meaning}" for option, meaning in asked.meanings.items()]
    title = f"{view.case.code} · {asked.label}"
    return Screen("notice", title, (text(*(lines or [asked.help]), look="list"),))


def draw_notice(notice: Notice, view: View) -> Screen:
    """Draw a notice about the conversation."""
    keys = ", ".join(view.label(key) for key in notice.keys)
    again = words("notices")["asked_again"].format(keys=keys) if keys else ""
    sentence = words("notices")[notice.name].format(
        detail=notice.detail,
        keys=keys,
        keys_asked_again=again,
        code=view.case.code,
        answers=", ".join(f"{view.label(key)}: {view.latest(key)}" for key in notice.keys),
        steroid=_steroid(view),
        outcome=_outcome(view),
        mri_number=_number(view, MRI),
    )
    kind: Kind = "withdrawn" if notice.name == WITHDRAWN else "notice"
    return Screen(kind, view.case.code, (text(sentence),))


def _outcome(view: View) -> str:
    outcome = say_outcome(view.case)
    return f": {outcome}" if outcome else ""


def _number(view: View, key: str) -> int | str:
    """Give the number under which an answer is edited, or its key."""
    keys = view.standing.trail.keys
    return keys.index(key) + 1 if key in keys else key


def _steroid(view: View) -> str:
    """Say the steroid decision in its short line."""
    rule = view.result.steroid.rule
    fired = next((each for each in view.result.actions if each.id == rule), Fired(rule))
    return guidance()[rule].card(fired) or rule


def _progress(view: View, question: Question, key: str) -> str:
    parts = view.flow.parts
    name = flow_words(view.flow.id).parts[question.part]
    lesion = f", lesion {key.rpartition('.')[2]}" if question.repeated else ""
    place = parts.index(question.part) + 1
    return f"{view.case.code} · {place}/{len(parts)} {name}{lesion}"


def _rows(question: Question, asked: QuestionWords, key: str, given: Value | None) -> Rows:
    ticked = given if isinstance(question, Several) and isinstance(given, list) else []
    buttons = [_with_tick(button, ticked) for button in _buttons(question, asked, key)]
    short = all(len(button.label) <= SHORT for button in buttons)
    width = MOST_SHORT_IN_ROW if short else MOST_IN_ROW if len(buttons) > 8 else 2
    return in_rows(buttons, width)


def _buttons(question: Question, asked: QuestionWords, key: str) -> Iterator[Button]:
    match question:
        case Choice(options=options) | Several(options=options):
            does = "tick" if isinstance(question, Several) else "answer"
            for typed, option in zip(option_keys(question, asked), options, strict=True):
                yield _option_button(option, asked, f"{does} {key}", typed)
            if isinstance(question, Several):
                typed = str(len(options) + 1)
                yield Button("None of these", f"answer {key}", "none", typed, "primary")
        case Number(picks=picks):
            for pick in picks:
                yield Button(question.said(pick), f"answer {key}", f"{pick:g}", f"{pick:g}")
        case Moment(picks=times):
            for time in times:
                yield Button(asked.options.get(time, time), f"answer {key}", time, time)


def _with_tick(button: Button, ticked: list[str]) -> Button:
    if button.value not in ticked:
        return button
    return replace(button, label=f"{TICK}{button.label}"[:LONGEST_OPTION])


def _option_button(option: Option, asked: QuestionWords, does: str, typed: str) -> Button:
    style = "danger" if option.danger else "plain"
    return Button(asked.option(option), does, option.key, typed, style)  # type: ignore[arg-type]


def _last_row(question: Question, asked: QuestionWords, key: str) -> tuple[Button, ...]:
    unknown = Button(asked.unknown, f"answer {key}", "unknown", _unknown_key(question))
    back = Button("Back", "back", typed="/back")
    close = Button("Cancel", "cancel", typed="/cancel")
    return (unknown, back, close) if question.can_be_unknown else (back, close)


def _unknown_key(question: Question) -> str:
    match question:
        case Several(options=options):
            return str(len(options) + 2)
        case Choice(by_name=False, options=options):
            return str(len(options) + 1)
    return "?"


def _contents(view: View) -> Screen:
    """Offer the sections; for a reader with a role the first one is open."""
    rows = _contents_rows(view)
    if view.role:
        first = ordered(filled_sections(view), view.role)[0]
        return replace(draw_section(view, first), rows=rows)
    return Screen("plan", f"{view.case.code} · Plan", (text("Open a section."),), rows)


def _contents_rows(view: View) -> Rows:
    """Offer every section; where a question stands, a bare number would answer it.

    A role changes their order, but a section has the same number for everybody.
    """
    command = "" if view.standing.key == PLAN else "/plan "
    filled = filled_sections(view)
    buttons = [
        Button(words("sections")[name], f"plan {name}", name, f"{command}{filled.index(name) + 1}")
        for name in ordered(filled, view.role)
    ]
    rows = in_rows(buttons, 2)
    return (*rows, (Button("Why", "why", typed="/why"), _BACK))


def _confirmation(view: View, key: str, value: Value) -> Screen:
    question = view.flow.question(key)
    if question is None:
        raise KeyError(f"{key}: the flow has no such question")
    said = view.answer(question, value)
    typed = _typed(value)
    to_type = f"{YES}{typed}" if isinstance(question, Number) else said
    yes = Button("Yes, that is it", f"answer {key}", typed, to_type, "primary")
    no = Button("No", "look", typed="/look")
    asked = words_of(view.flow, question.id).ask
    return Screen(
        "notice", view.case.code, (text(f"{asked} – {said}. Is that right?"),), ((yes, no),)
    )


def _typed(value: Value) -> str:
    """Write an answer as it would be typed."""
    return ",".join(value) or "none" if isinstance(value, list) else option_key(value)


def _taken_back(view: View, value: Value) -> Screen:
    old = view.case.latest[CORD_SIGNS]
    gone = missing(old, value)
    asked = words_of(view.flow, CORD_SIGNS)
    signs = ", ".join(asked.options[sign] for sign in gone) or asked.label
    kept = still_there(old, value)
    buttons = (
        Button("Correction", f"correct {_typed(value)}", typed=f"/correct {_typed(value)}"),
        Button("Still there", f"correct {_typed(kept)}", typed=f"/correct {_typed(kept)}"),
    )
    question = words("notices")["taken_back"].format(keys=signs)
    return Screen("notice", view.case.code, (text(question),), (buttons,))


def _answers(view: View) -> Screen:
    steps = view.standing.trail.steps
    lines = [
        f"{number}. {view.label(step.key)}: {view.answer(step.question, step.value)}"
        for number, step in enumerate(steps, 1)
    ]
    kept = [key for key in view.case.latest if key not in view.standing.trail.keys]
    blocks: list[Block] = [text(*(lines or ["Nothing is answered yet."]))]
    aside = [key for key in kept if key not in {q.id for q in view.flow.aside}]
    since = view.newest(SUSPECTED_AT)
    if since:
        blocks.append(text(f"Suspected since: {view.latest(SUSPECTED_AT)} – /earlier"))
    if aside:
        blocks.append(text("Set aside: " + ", ".join(view.label(key) for key in aside)))
    blocks.append(text("Change one: /edit and its number", look="help"))
    buttons = [Button(str(n), f"edit {step.key}") for n, step in enumerate(steps, 1)]
    rows = in_rows(buttons[:MOST_EDITS], MOST_SHORT_IN_ROW)
    return Screen("plan", f"{view.case.code} · Answers", tuple(blocks), rows)


_BACK: Final = Button("Back to the case", "look", typed="/back")
