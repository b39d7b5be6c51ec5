"""Draws the engine's replies as neutral screens: an alert, and the view of the case."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Final

from bot.conversation.answering import YES
from bot.conversation.replies import (
    Alert,
    Ask,
    AskBack,
    Confirm,
    Define,
    Notice,
    RenewAlert,
    Reply,
    SayNoted,
    SayUndone,
    ShowAnswers,
    ShowCard,
    ShowMore,
    ShowSections,
)
from bot.conversation.time_line import missing, still_there
from bot.flows.grammar import UNKNOWN, Moment, Number, Value
from bot.flows.typed import is_bare_number
from bot.flows.wording import flow_words, words_of
from bot.guidance.sections import ordered
from bot.guidance.texts import open_figures
from bot.logic.assessment import RULESET_VERSION
from bot.screens.alert import draw_alert
from bot.screens.card import draw_card
from bot.screens.do_now import steps_with_rules
from bot.screens.drawn_lines import block_lines, drawn_lines
from bot.screens.more import draw_answers, draw_more
from bot.screens.notices import words
from bot.screens.plan import draw_contents, draw_section, draw_whole
from bot.screens.question import draw_definitions, draw_question
from bot.screens.screen import Button, Screen, text
from bot.screens.taken_back import as_typed, draw_taken_back
from bot.screens.time_line import say_outcome, say_with_time
from bot.screens.undo import say_undone
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View

MOST_LINES_OF_STEP: Final = 3


def draw(replies: Iterable[Reply], view: View, *, below: bool = False) -> list[Screen]:
    """Draw everything to show, in order; `below` says that an alert stands above it."""
    replies = [*replies]
    below = below or any([isinstance(each, Alert) for each in replies])
    waits = flow_words(view.flow.id, view.flow.words_in).outcomes if below else ()
    notices: list[Screen] = []
    others: list[Reply] = []
    for reply in replies:
        notice = _notice(reply, view)
        if notice is None:
            others.append(reply)
        elif notice.name not in waits:
            notices.append(draw_notice(notice, view))
    lines = sum([block_lines(block) for notice in notices for block in notice.blocks])
    drawn = [screen for each in others for screen in _draw(each, view, below, lines)]
    place = 0
    while place < len(drawn) and drawn[place].kind in ("alert", "kept"):
        place += 1
    return [*drawn[:place], *notices, *drawn[place:]]


def _notice(reply: Reply, view: View) -> Notice | None:
    """Return the notice that a reply is; None if it is a screen of its own."""
    match reply:
        case Notice():
            return reply
        case SayNoted():
            return _noted(view, reply)
        case SayUndone():
            return say_undone(view, reply)
    return None


def _draw(reply: Reply, view: View, below: bool, notices: int) -> Iterator[Screen]:
    match reply:
        case Alert(changed, ticking):
            yield draw_alert(view, changed, ticking=ticking)
        case RenewAlert(ticking):
            yield draw_alert(view, ticking=ticking, sounds=False)
        case Ask(key):
            yield draw_question(view, key)
        case Confirm(key, value):
            yield _confirmation(view, key, value)
        case AskBack(value):
            yield draw_taken_back(view, value)
        case Define(key):
            yield draw_definitions(view, key)
        case ShowCard():
            yield draw_card(view, below=below, notices=notices)
        case ShowSections((), page):
            yield draw_contents(view, page)
        case ShowSections((name,), page):
            yield draw_section(view, name, page)
        case ShowSections(names):
            yield from (draw_whole(view, name) for name in ordered(names, view.role))
            if view.touch:
                yield draw_contents(view)
        case ShowAnswers(page):
            yield draw_answers(view, page)
        case ShowMore(page):
            yield draw_more(view, page)


def draw_notice(notice: Notice, view: View) -> Screen:
    """Draw a notice about the conversation."""
    said = _wording(notice.name, view)
    sentence = said.format(**{name: _FIGURES[name](view, notice) for name in _figures_of(said)})
    return Screen("notice", view.case.code, (text(sentence.replace("?.", "?"), look="notice"),))


def _wording(name: str, view: View) -> str:
    """Return the words of a notice: of a flow that waits, else for those who tap, else for all."""
    waits = flow_words(view.flow.id, view.flow.words_in).outcomes
    if name in waits:
        return waits[name]
    by_tap = words("by_tap")
    return by_tap[name] if view.touch and name in by_tap else words("notices")[name]


@cache
def _figures_of(said: str) -> tuple[str, ...]:
    """Name the figures in the words of a notice."""
    return tuple(open_figures(said))


def _keys(view: View, notice: Notice) -> str:
    return ", ".join([view.label(key) for key in notice.keys])


def _asked_again(view: View, notice: Notice) -> str:
    keys = _keys(view, notice)
    return words("notices")["asked_again"].format(keys=keys) if keys else ""


def _answers(view: View, notice: Notice) -> str:
    return ", ".join([f"{view.label(key)}: {view.latest(key)}" for key in notice.keys])


def _briefly(step: str) -> str:
    """Leave out the end of a long step, which the card says in full."""
    first, *rest = step.split("; ")
    for part in rest:
        longer = f"{first}; {part}"
        if drawn_lines(longer) > MOST_LINES_OF_STEP:
            return first
        first = longer
    return first


def _noted(view: View, noted: SayNoted) -> Notice:
    entry = noted.entry
    said = say_with_time(view, entry)
    if noted.unseen:
        return Notice("noted_unseen", said)
    return Notice("noted_lately" if noted.before else "noted_now", said)


def _outcome(view: View) -> str:
    outcome = say_outcome(view.case)
    return f": {outcome}" if outcome else ""


def _number(view: View, key: str) -> int | str:
    """Return the number for editing an answer, or its key."""
    keys = view.standing.trail.keys
    return keys.index(key) + 1 if key in keys else key


_FIGURES: Final[Mapping[str, Callable[[View, Notice], object]]] = {
    "detail": lambda view, notice: (view.touch and notice.by_tap) or notice.detail,
    "keys": _keys,
    "keys_asked_again": _asked_again,
    "step": lambda view, notice: _briefly(dict(steps_with_rules(view)).get(notice.detail, "")),
    "code": lambda view, _: view.case.code,
    "answers": _answers,
    "outcome": lambda view, _: _outcome(view),
    "ruleset": lambda *_: RULESET_VERSION,
    "policy": lambda view, _: view.result.policy,
    "mri_number": lambda view, _: _number(view, view.flow.landmarks.mri),
    "signs_number": lambda view, _: _number(view, view.flow.landmarks.cord_signs),
    "asia_number": lambda view, _: _number(view, "asia"),
}
"""What a notice may say of a case, by the name of its figure."""


def _confirmation(view: View, key: str, value: Value) -> Screen:
    question = view.flow.question(key)
    if question is None:
        raise KeyError(f"{key}: the flow has no such question")
    said = view.answer(question, value)
    is_time = isinstance(question, Moment) and value != UNKNOWN
    typed = _typed_time(view, value) if is_time else as_typed(value)
    old = view.case.latest.get(key)
    signs = key == view.flow.landmarks.cord_signs
    gone = () if signs and view.case.adding else missing(old, value)
    numbered = isinstance(question, Number) or is_bare_number(said)
    to_type = f"{YES}{typed}" if gone or numbered else said
    meant = f"{YES}{typed}" if gone else typed
    yes = Button("Yes, that is it", f"answer {key}", meant, to_type, "primary")
    no = Button("No", "continue", typed="/continue")
    asked = words_of(view.flow, question.id)
    side = question.implausible(value) if isinstance(question, Number) else ""
    doubt = (asked.implausible[side],) if side else ()
    removes = f" Removes: {', '.join(asked.in_full(each) for each in gone)}." if gone else ""
    confirm = f"{asked.ask} – {said}.{removes} Is that right?"
    added = isinstance(value, list) and value
    both = as_typed(still_there(old, value)) if gone and added else ""
    keep = ((Button("Add, remove nothing", f"answer {key}", both, both),),) if both else ()
    blocks, rows = (text(confirm, *doubt),), ((yes, no), *keep)
    sounds = view.late and signs and bool(added)
    return Screen("notice", view.case.code, blocks, rows, alert=sounds, head=urgency_line(view))


def _typed_time(view: View, value: Value) -> str:
    """Return the date and time to type for a moment: "2 h ago" would be another one by then."""
    return f"{datetime.fromisoformat(str(value)).astimezone(view.zone):%Y-%m-%d %H:%M}"
