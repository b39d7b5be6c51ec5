"""Answers a line that only denies: take out what waits or stands, or say what it leaves open."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from bot.commands.waiting_lines import items_in, offered_by, put, show, waiting_in
from bot.conversation.events import Edited, Event, WentOn
from bot.flows.grammar import Several
from bot.lookup.mri.understood import names_a_diagnosis
from bot.screens.notices import words
from bot.screens.read_answers import BEFORE_TICK, WORDS
from bot.screens.read_line import Offered, draw_denied, say_denied, say_items
from bot.screens.screen import Screen, text
from bot.turn import Turn
from state.records import StoredCase

if TYPE_CHECKING:
    from bot.reading.reader import Reading

WALKING: Final = "walking"  # "none" of it is no denial


def denies(turn: Turn, case: StoredCase, reading: "Reading") -> bool:
    """Ask about what a line denies of what waits or stands; return whether it denies any."""
    waiting = waiting_in(turn, case)
    if waiting is None:
        return _leads_to_signs(turn, case, reading)
    screen = _takes_out(offered_by(turn, waiting), items_in(turn, waiting), reading)
    if screen:
        put(turn, screen)
    return screen is not None


def says_what_is_open(turn: Turn, case: StoredCase, typed: str, reading: "Reading") -> bool:
    """Say what a line without a finding leaves open; return whether there is anything to say."""
    waiting = waiting_in(turn, case)
    if waiting:
        show(turn, waiting, first=words("said", WORDS)["nothing_new"])
    return waiting is not None or _say_what_is_open(turn, case, typed, reading)


def say_contradicted(turn: Turn, case: StoredCase, reading: "Reading") -> str:
    """Say what a line with findings denies of what waits or stands: it stays; "" if nothing."""
    waiting, said, view = waiting_in(turn, case), words("said", WORDS), turn.view(case)
    if waiting:
        items = [each for each in items_in(turn, waiting) if each not in waiting.left_out]
        denied = [each for each in items if _is_denied(each, reading)]
        return said["stays_read"].format(signs=say_items(view, denied)) if denied else ""
    denied = _denied_ticks(turn, case, reading)
    return said["stays"].format(signs=say_denied(view, denied)) if denied else ""


def _takes_out(offered: Offered, items: Sequence[str], reading: "Reading") -> Screen | None:
    """Ask whether what a newer line denies is taken out of what waits; None if it denies none."""
    left = [each for each in items if each not in offered.line.left_out]
    denied = [each for each in left if _is_denied(each, reading)]
    return draw_denied(offered, items, denied) if denied and only_denies(reading) else None


def _leads_to_signs(turn: Turn, case: StoredCase, reading: "Reading") -> bool:
    """Go to the cord signs if some that stand are denied now; return whether any is."""
    denied = _denied_ticks(turn, case, reading) if only_denies(reading) else []
    if denied:
        named = say_denied(turn.view(case), denied)
        signs = turn.setting.engine.machine.flow.landmarks.cord_signs
        _say(turn, case, words("said", WORDS)["stands"].format(signs=named), Edited(signs))
    return bool(denied)


def _denied_ticks(turn: Turn, case: StoredCase, reading: "Reading") -> list[str]:
    """Return the cord signs that stand and that a line denies."""
    signs = turn.setting.engine.machine.flow.landmarks.cord_signs
    ticks = case.latest.get(signs)
    found = ticks if isinstance(ticks, list) else []
    return [str(each) for each in found if _is_denied(f"{signs}{BEFORE_TICK}{each}", reading)]


def _say_what_is_open(turn: Turn, case: StoredCase, typed: str, reading: "Reading") -> bool:
    """Say what a line denies and leaves open, or that it names a diagnosis; else return False."""
    said = what_is_open(turn, case, typed, reading)
    if said:
        _say(turn, case, said, WentOn())
    return bool(said)


def what_is_open(turn: Turn, case: StoredCase, typed: str, reading: "Reading") -> str:
    """Say what a line without a finding denies, or that it names a diagnosis; "" if neither."""
    said, view = words("said", WORDS), turn.view(case)
    signs = view.flow.landmarks.cord_signs
    if not reading.denied:
        return said["to_exclude"] if names_a_diagnosis(typed) else ""
    denied = say_denied(view, reading.denied)
    if view.standing.asked != signs:
        return said["only_denies"].format(signs=denied)
    question = view.flow.questions[signs]
    options = question.options if isinstance(question, Several) else ()
    left = [str(each.value) for each in options if each.value not in reading.denied]
    which = "not_read_denied" if len(left) > len(options) // 2 else "left_open"
    return said[which].format(signs=denied, left=say_denied(view, left))


def only_denies(reading: "Reading") -> bool:
    """Return whether a line denies and says nothing else of the case."""
    nothing = all(_is_nothing(reading, field) for field in reading.fields)
    return nothing and bool(reading.denied or reading.fields)


def _is_denied(item: str, reading: "Reading") -> bool:
    """Return whether a line denies an item: a field, or one of its ticks."""
    field, _, tick = item.partition(BEFORE_TICK)
    return _is_nothing(reading, field) or (tick or field) in reading.denied


def _is_nothing(reading: "Reading", field: str) -> bool:
    """Return whether a line says of a field that there is nothing of it."""
    value = reading.fields.get(field)
    return value is False or value == [] or (value == "none" and field != WALKING)


def _say(turn: Turn, case: StoredCase, said: str, event: Event) -> None:
    """Say something above what an event shows."""
    turn.screens.append(Screen("notice", case.code, (text(said, look="notice"),)))
    turn.advance(event)
