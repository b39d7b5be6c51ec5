"""Offers what a typed line says of a case, and does what the person says: use, change or cancel."""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from bot.conversation.answering import without_yes
from bot.conversation.events import Outdated, ReadFromLine, WentOn
from bot.conversation.looking import choose_sections
from bot.conversation.replies import Notice
from bot.conversation.said_at import has_waited
from bot.flows.grammar import UNKNOWN
from bot.flows.typed import Clock, NotAnAnswer, asks_for_help, read_typed, small_number
from bot.flows.wording import words_of
from bot.screens.notices import words
from bot.screens.pages import split_page
from bot.screens.read_line import (
    WORDS,
    draw_items,
    draw_read_line,
    is_emergency,
    page_with,
    say_denied,
)
from bot.screens.screen import Screen, text
from bot.turn import Turn
from state.read_lines import ReadLine
from state.records import StoredCase, Value

if TYPE_CHECKING:
    from bot.reading.reader import Reading

CONFIRMED_WITHIN: Final = timedelta(minutes=5)
MARK_BYTES: Final = 4
FEWEST_AT_THE_END: Final = 2  # fields: where the plan is open, one may be about the case in hand
IN, OUT = "in", "out"


def begin(turn: Turn) -> None:
    """Begin a case: a new one also if the chat's own is of a group, or a line waits in it."""
    case = turn.load()
    waits = case is not None and turn.store.read_lines.find(case.code) is not None
    if case and (waits or case.chat != turn.chat):
        turn.activate(None)
    turn.begin()


def begin_with(turn: Turn, typed: str) -> None:
    """Begin a case, and offer what a typed line says of it; else say that nothing was read."""
    reading = _read(typed)
    begin(turn)
    if reading.fields:
        _offer(turn, reading.fields, reading)
        return
    said = words("said", WORDS)
    denied = say_denied(turn.view(_case(turn)), reading.denied)
    not_read = said["not_read_denied"].format(signs=denied) if denied else said["not_read"]
    turn.said_first = f"{turn.said_first} {not_read}".lstrip()


def offers(turn: Turn, typed: str) -> bool:
    """Offer what a plain line says, if it says more than the answer to an open question.

    Without an open question it is offered as a new case.
    """
    if not turn.access.sees_cases(turn.incoming.who) or asks_for_help(typed):
        return False
    case = turn.load()
    if case is None or case.status == "closed" or turn.standing(case).at_end:
        return _offers_case(turn, case, typed)
    if (fields := _beyond_answer(turn, case, typed)) is None:
        return False
    _offer(turn, *fields)
    return True


def line(turn: Turn, which: str) -> None:
    """Use, change or cancel what was read from the newest line; without a word, show it again."""
    case = turn.load()
    waiting = turn.store.read_lines.find(case.code) if case and case.status != "closed" else None
    named, page = split_page(which)
    does, number, mark = _split(named)
    said = words("said", WORDS)
    if case is None or waiting is None:
        turn.advance(Outdated()) if mark else turn.say(said["none_waits"])
        return
    if mark and mark != waiting.mark:
        _show(turn, waiting, first=said["older"])
    elif does == "use" and waiting.version != case.version:
        _keep_and_show(turn, replace(waiting, version=case.version), first=said["gone_on"])
    elif does == "use":
        turn.store.read_lines.end(case.code)
        turn.advance(ReadFromLine(_answers(turn, waiting)))
    elif does == "cancel":
        turn.store.read_lines.end(case.code)
        turn.screens.append(Screen("notice", case.code, (text(said["cancelled"], look="notice"),)))
        turn.advance(WentOn())
    elif does in (IN, OUT, "change"):
        _change(turn, waiting, does, number, page)
    elif does:
        turn.say(said["which"])
    else:
        _show(turn, waiting)


def show_again(turn: Turn, waiting: ReadLine) -> Screen:
    """Return the screen of a line that waits, as it would be shown now."""
    _show(turn, waiting)
    return turn.screens.pop()


def _split(which: str) -> tuple[str, int, str]:
    """Return what is to be done, with which item, and the mark of the button, if it was one."""
    does, *rest = which.split() or [""]
    number = small_number(rest.pop(0)) if does in (IN, OUT) and rest else None
    return does.casefold(), number or 0, rest[0] if rest else ""


def _offers_case(turn: Turn, case: StoredCase | None, typed: str) -> bool:
    reading = _read(typed)
    if not reading.fields:
        return False
    if case and case.status != "closed":
        section = choose_sections(turn.standing(case), typed)[0]
        if not isinstance(section, Notice) or len(reading.fields) < FEWEST_AT_THE_END:
            return False
    begin(turn)
    _offer(turn, reading.fields, reading)
    return True


def _beyond_answer(
    turn: Turn, case: StoredCase, typed: str
) -> "tuple[dict[str, Any], Reading] | None":
    """Return the fields of a line that is no plain answer to the open question; None if it is one.

    What stands before its first comma may be the answer, in the words of the question.
    """
    key = turn.standing(case).asked
    question = turn.setting.engine.machine.flow.question(key)
    if question is None or _as_answer(turn, case, key, typed) is not None:
        return None
    reading = _read(typed)
    first, comma, rest = typed.partition(",")
    if comma and question.field not in reading.fields and not question.repeated:
        given, others = _as_answer(turn, case, key, first), _read(rest)
        if given not in (None, UNKNOWN) and others.fields:
            return {question.field: given} | others.fields, others
    return (reading.fields, reading) if reading.fields else None


def _as_answer(turn: Turn, case: StoredCase, key: str, typed: str) -> Value | None:
    engine = turn.setting.engine
    flow, question = engine.machine.flow, engine.machine.flow.question(key)
    if question is None:
        return None
    waited = has_waited(turn.said_at, turn.now)
    clock = Clock(turn.said_at, engine.zone, case.begun_at, waited)
    try:
        return read_typed(without_yes(typed), question, words_of(flow, question.id), clock)
    except NotAnAnswer:
        return None


def _offer(turn: Turn, fields: dict[str, Any], reading: "Reading") -> None:
    """Keep what was understood of a line, with what waits in its case already, and show it."""
    case = _case(turn)
    waiting = turn.store.read_lines.find(case.code)
    fresh = ReadLine(
        code=case.code,
        mark=secrets.token_hex(MARK_BYTES),
        at=turn.said_at,
        version=case.version,
        fields=fields,
        denied=[*reading.denied],
        unread=reading.unread,
        doubts=[*reading.doubts],
        left_out=[],
        remind_at=None,
    )
    first = words("said", WORDS)["added"] if waiting else ""
    _keep_and_show(turn, _together(waiting, fresh) if waiting else fresh, first=first)


def _together(old: ReadLine, new: ReadLine) -> ReadLine:
    """Add a line to what waits: what it says anew counts, and no tick is lost."""
    fields = old.fields | new.fields
    for name in old.fields.keys() & new.fields.keys():
        then, now = old.fields[name], new.fields[name]
        if isinstance(then, list) and isinstance(now, list):
            fields[name] = [*then, *(each for each in now if each not in then)]
    return replace(
        new,
        fields=fields,
        denied=list(dict.fromkeys((*old.denied, *new.denied))),
        unread=old.unread + new.unread,
        doubts=list(dict.fromkeys((*old.doubts, *new.doubts))),
        left_out=old.left_out,
    )


def _change(turn: Turn, waiting: ReadLine, does: str, number: int, page: int) -> None:
    """Offer to leave items out; set or clear one."""
    from bot.lookup.typed_line.answers import items_of

    case = _case(turn)
    standing = turn.standing(case)
    items = items_of(waiting.fields, case, standing.trail, turn.setting.engine.machine.flow)
    if does in (IN, OUT) and 0 < number <= len(items):
        item = items[number - 1]
        others = [each for each in waiting.left_out if each != item]
        waiting = replace(waiting, left_out=[*others, item] if does == OUT else others)
        turn.store.read_lines.keep(waiting)
        page = page_with(number, items)
    answers = _answers(turn, waiting)
    _put(turn, draw_items(turn.view(case), waiting, answers, items, page))


def _keep_and_show(turn: Turn, waiting: ReadLine, first: str = "") -> None:
    if _show(turn, waiting, first):
        waiting = replace(waiting, remind_at=turn.now + CONFIRMED_WITHIN)
    turn.store.read_lines.keep(waiting)


def _show(turn: Turn, waiting: ReadLine, first: str = "") -> bool:
    """Show what waits in place of the question; return whether it would be a new emergency."""
    case, answers = _case(turn), _answers(turn, waiting)
    engine, who = turn.setting.engine, turn.incoming.who
    after = engine.advance(case, ReadFromLine(answers), who, turn.now).case
    view, then = turn.view(case), turn.view(after)
    turn.screens = [each for each in turn.screens if each.kind not in ("question", "card")]
    _put(turn, draw_read_line(view, then, waiting, answers, first=first))
    return is_emergency(view, then)


def _put(turn: Turn, screen: Screen) -> None:
    """Show what was read; in a group it stands in the place of the case's card."""
    turn.screens.append(replace(screen, kind="card") if turn.in_group else screen)


def _answers(turn: Turn, waiting: ReadLine) -> tuple[tuple[str, Value], ...]:
    from bot.lookup.typed_line.answers import answers_of

    case = _case(turn)
    flow = turn.setting.engine.machine.flow
    trail = turn.standing(case).trail
    return answers_of(waiting.fields, waiting.left_out, case, trail, flow)


def _case(turn: Turn) -> StoredCase:
    assert turn.case is not None, "a case was begun or loaded before"
    return turn.case


def _read(typed: str) -> "Reading":
    from bot.reading.reader import read

    return read(typed)
