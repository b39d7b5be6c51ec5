"""Offers what a typed line says of a case, and does what the person says: use, change or cancel."""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from bot.commands.line_denials import leads_to_signs, say_what_is_open, takes_out, what_is_open
from bot.commands.line_offered import (
    answers_of_line,
    case_of,
    items_of_line,
    offered_by,
    put,
    say_already,
)
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
from bot.screens.read_answers import WORDS
from bot.screens.read_line import (
    draw_items,
    draw_read_line,
    draw_whether_to_cancel,
    page_with,
    say_withdrawn,
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
    not_read = what_is_open(turn, case_of(turn), typed, reading) or words("said", WORDS)["not_read"]
    turn.said_first = f"{turn.said_first} {not_read}".lstrip()


def offers(turn: Turn, typed: str) -> bool:
    """Offer what a plain line says, if it says more than the answer to an open question.

    Without an open question it is offered as a new case.
    """
    if not turn.access.sees_cases(turn.incoming.who) or asks_for_help(typed):
        return False
    case = turn.load()
    if case is None or case.status == "closed":
        return _offers_case(turn, case, typed)
    at_end, reading = turn.standing(case).at_end, _read(typed)
    answers = not at_end and _as_answer(turn, case, turn.standing(case).asked, typed) is not None
    if not answers and _denies(turn, case, reading):
        return True
    if at_end:
        return _offers_case(turn, case, typed)
    if (fields := _beyond_answer(turn, case, typed)) is not None:
        _offer(turn, *fields)
        return True
    if answers:
        return False
    waiting = turn.store.read_lines.find(case.code)
    if waiting:
        _show(turn, waiting, first=words("said", WORDS)["nothing_new"])
    return waiting is not None or say_what_is_open(turn, case, typed, reading)


def _denies(turn: Turn, case: StoredCase, reading: "Reading") -> bool:
    """Ask about what a line denies of what waits or stands; return whether it denies any."""
    waiting = turn.store.read_lines.find(case.code)
    if waiting is None:
        return leads_to_signs(turn, case, reading)
    screen = takes_out(offered_by(turn, waiting), items_of_line(turn, waiting), reading)
    if screen:
        put(turn, screen)
    return screen is not None


def line(turn: Turn, which: str) -> None:
    """Use, change or cancel what was read from the newest line; without a word, show it again."""
    case = turn.load()
    waiting = turn.store.read_lines.find(case.code) if case and case.status != "closed" else None
    named, page = split_page(which)
    does, numbers, mark = _split(named)
    said = words("said", WORDS)
    if case is None or waiting is None:
        turn.advance(Outdated()) if mark else turn.say(said["none_waits"])
        return
    if mark and mark != waiting.mark:
        _show(turn, waiting, first=said["older"])
    elif does == "use" and waiting.version != case.version:
        _keep_and_show(turn, replace(waiting, version=case.version), first=said["gone_on"])
    elif does == "use" and (answers := answers_of_line(turn, waiting)):
        offered = offered_by(turn, waiting)
        turn.store.read_lines.end(case.code)
        if offered.withdrawn:
            withdrawn = text(say_withdrawn(offered), look="notice")
            turn.screens.append(Screen("notice", case.code, (withdrawn,)))
        turn.advance(ReadFromLine(answers))
    elif does == "cancel" and (offered := offered_by(turn, waiting)).is_emergency:
        put(turn, draw_whether_to_cancel(offered))
    elif does in ("use", "cancel", "drop"):
        turn.store.read_lines.end(case.code)
        turn.screens.append(Screen("notice", case.code, (text(said["cancelled"], look="notice"),)))
        turn.advance(WentOn())
    elif does in (IN, OUT, "change"):
        _change(turn, waiting, does, numbers, page)
    elif does and does != "keep":
        turn.say(said["which"])
    else:
        _show(turn, waiting)


def show_again(turn: Turn, waiting: ReadLine) -> Screen:
    """Return the screen of a line that waits, as it would be shown now."""
    _show(turn, waiting)
    return turn.screens.pop()


def _split(which: str) -> tuple[str, list[int], str]:
    """Return what is to be done, with which items, and the mark of the button, if it was one."""
    does, *rest = which.split() or [""]
    named = rest.pop(0).split(",") if does in (IN, OUT) and rest else []
    numbers = [number for each in named if (number := small_number(each))]
    return does.casefold(), numbers, rest[0] if rest else ""


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
    """Keep what was understood of a line, with what waits in its case already, and show it.

    What the case says already needs no confirming.
    """
    case = case_of(turn)
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
    if not waiting and not answers_of_line(turn, fresh):
        say_already(turn, fresh)
        return
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


def _change(turn: Turn, waiting: ReadLine, does: str, numbers: list[int], page: int) -> None:
    """Offer to leave items out; set or clear some."""
    items = items_of_line(turn, waiting)
    named = [items[number - 1] for number in numbers if number <= len(items)]
    if does in (IN, OUT) and named:
        others = [each for each in waiting.left_out if each not in named]
        waiting = replace(waiting, left_out=[*others, *named] if does == OUT else others)
        turn.store.read_lines.keep(waiting)
        page = page_with(numbers[0], items)
    put(turn, draw_items(offered_by(turn, waiting), items, page))


def _keep_and_show(turn: Turn, waiting: ReadLine, first: str = "") -> None:
    if _show(turn, waiting, first):
        waiting = replace(waiting, remind_at=turn.now + CONFIRMED_WITHIN)
    turn.store.read_lines.keep(waiting)


def _show(turn: Turn, waiting: ReadLine, first: str = "") -> bool:
    """Show what waits in place of the question; return whether it would be a new emergency."""
    offered = offered_by(turn, waiting)
    turn.screens = [each for each in turn.screens if each.kind not in ("question", "card")]
    put(turn, draw_read_line(offered, first=first))
    return offered.is_emergency


def _read(typed: str) -> "Reading":
    from bot.reading.reader import read

    return read(typed)
