"""Draws the engine's replies as neutral screens: questions, cards, sections, notices."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from bot.conversation.answering import YES
from bot.conversation.replies import (
    Ask,
    AskBack,
    Changed,
    Confirm,
    Define,
    Notice,
    Reply,
    SayNoted,
    SayUndone,
    ShowAnswers,
    ShowCard,
    ShowSections,
)
from bot.conversation.time_line import missing, still_there
from bot.flows.grammar import Number, Value, option_key
from bot.flows.typed import is_bare_number
from bot.flows.wording import flow_words, words_of
from bot.guidance.card_lines import say_steroid
from bot.guidance.sections import ordered
from bot.screens.card import draw_card
from bot.screens.changed import draw_changed
from bot.screens.notices import words
from bot.screens.plan import draw_section, filled_sections
from bot.screens.question import MOST_SHORT_IN_ROW, draw_definitions, draw_question
from bot.screens.screen import Block, Button, Kind, Rows, Screen, in_rows, text
from bot.screens.time_line import say_outcome, say_with_time
from bot.screens.undo import say_undone
from bot.screens.view import View

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
            yield draw_definitions(view, key)
        case Changed():
            yield draw_changed(view, show, say_steroid(view.result))
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
        case SayNoted():
            yield draw_notice(_noted(view, show), view)
        case SayUndone():
            yield draw_notice(say_undone(view, show), view)


def draw_notice(notice: Notice, view: View) -> Screen:
    """Draw a notice about the conversation."""
    keys = ", ".join(view.label(key) for key in notice.keys)
    again = words("notices")["asked_again"].format(keys=keys) if keys else ""
    waits = flow_words(view.flow.id, view.flow.words_in).outcomes
    sentence = (waits.get(notice.name) or words("notices")[notice.name]).format(
        detail=notice.detail,
        keys=keys,
        keys_asked_again=again,
        code=view.case.code,
        answers=", ".join(f"{view.label(key)}: {view.latest(key)}" for key in notice.keys),
        steroid=say_steroid(view.result),
        outcome=_outcome(view),
        mri_number=_number(view, view.flow.landmarks.mri),
        signs_number=_number(view, view.flow.landmarks.cord_signs),
        asia_number=_number(view, "asia"),
    )
    kind: Kind = "withdrawn" if notice.name == WITHDRAWN else "notice"
    return Screen(kind, view.case.code, (text(sentence),))


def _noted(view: View, noted: SayNoted) -> Notice:
    entry = noted.entry
    said = say_with_time(view, entry)
    return Notice("noted_lately" if noted.before else "noted_now", said)


def _outcome(view: View) -> str:
    outcome = say_outcome(view.case)
    return f": {outcome}" if outcome else ""


def _number(view: View, key: str) -> int | str:
    """Return the number for editing an answer, or its key."""
    keys = view.standing.trail.keys
    return keys.index(key) + 1 if key in keys else key


def _contents(view: View) -> Screen:
    """Offer the sections; for a reader with a role the first one is open."""
    rows = _contents_rows(view)
    if view.role:
        first = ordered(filled_sections(view), view.role)[0]
        return replace(draw_section(view, first), rows=rows)
    return Screen("plan", f"{view.case.code} · Plan", (text("Open a section."),), rows)


def _contents_rows(view: View) -> Rows:
    """Offer every section; while a question is open, a bare number would answer that.

    A role changes their order, but each section has the same number for everyone.
    """
    command = "" if view.standing.at_end else "/plan "
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
    old = view.case.latest.get(key)
    gone = missing(old, value)
    numbered = isinstance(question, Number) or is_bare_number(said)
    to_type = f"{YES}{typed}" if gone or numbered else said
    meant = f"{YES}{typed}" if gone else typed
    yes = Button("Yes, that is it", f"answer {key}", meant, to_type, "primary")
    no = Button("No", "look", typed="/look")
    asked = words_of(view.flow, question.id)
    side = question.implausible(value) if isinstance(question, Number) else ""
    doubt = (asked.implausible[side],) if side else ()
    removes = f" Removes: {', '.join(asked.options[each] for each in gone)}." if gone else ""
    confirm = f"{asked.ask} – {said}.{removes} Is that right?"
    added = isinstance(value, list) and value
    both = _typed(still_there(old, value)) if gone and added else ""
    keep = ((Button("Add, remove nothing", f"answer {key}", both, both),),) if both else ()
    return Screen("notice", view.case.code, (text(confirm, *doubt),), ((yes, no), *keep))


def _typed(value: Value) -> str:
    """Write an answer as it would be typed."""
    return ",".join(value) or "none" if isinstance(value, list) else option_key(value)


def _taken_back(view: View, value: Value) -> Screen:
    key = view.flow.landmarks.cord_signs
    old = view.case.latest[key]
    gone = missing(old, value)
    asked = words_of(view.flow, key)
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
    since = view.latest(view.flow.landmarks.suspected_at)
    if since:
        blocks.append(text(f"Suspected since: {since} – /earlier"))
    if aside:
        blocks.append(text("Set aside: " + ", ".join(view.label(key) for key in aside)))
    blocks.append(text("Change one: /edit and its number", look="help"))
    buttons = [Button(str(n), f"edit {step.key}") for n, step in enumerate(steps, 1)]
    rows = in_rows(buttons[:MOST_EDITS], MOST_SHORT_IN_ROW)
    return Screen("plan", f"{view.case.code} · Answers", tuple(blocks), rows)


_BACK: Final = Button("Back to the case", "look", typed="/back")
