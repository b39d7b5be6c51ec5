"""Offers what a typed line says of a case, and does what the person says: use, change or cancel."""

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bot.commands.added_lines import together
from bot.commands.line_denials import (
    denies,
    say_contradicted,
    says_what_is_open,
    what_is_open,
)
from bot.commands.line_marks import IN, MARK_BYTES, OUT, is_mark, is_of_line, named_by, renewed
from bot.commands.waiting_lines import (
    answers,
    case_of,
    items_in,
    keep,
    keep_and_show,
    offered_by,
    put,
    say_already,
    show,
    waiting_in,
    with_reminder,
    would_alarm,
)
from bot.conversation.answering import without_yes
from bot.conversation.events import Outdated, ReadFromLine, WentOn
from bot.conversation.looking import choose_sections
from bot.conversation.replies import Notice
from bot.conversation.said_at import has_waited
from bot.flows.grammar import UNKNOWN
from bot.flows.typed import Clock, NotAnAnswer, asks_for_help, read_typed
from bot.flows.wording import words_of
from bot.screens.notices import words
from bot.screens.pages import split_page
from bot.screens.read_answers import DEFICIT_DAYS, WORDS
from bot.screens.read_line import (
    draw_items,
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

FEWEST_AT_THE_END: Final = 2  # fields: where the plan is open, one may be about the case in hand
FEWEST_OF_A_PATIENT: Final = 4  # fields: a look-up says fewer
FEWEST_WITH_AN_AGE: Final = 3


def begin(turn: Turn) -> None:
    """Begin a case: a new one also if the chat's own is of a group, or a line was read for it."""
    case = turn.load()
    if case and (case.chat != turn.chat or turn.store.read_lines.was_read(case.code)):
        turn.activate(None)
    turn.begin()


def begin_with(turn: Turn, typed: str) -> None:
    """Begin a case, and offer what a typed line says of it; else say that nothing was read."""
    reading = _read(typed)
    begin(turn)
    if reading.fields:
        _offer(turn, typed, reading.fields, reading)
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
    standing, reading = turn.standing(case), _read(typed)
    answered = not standing.at_end and _as_answer(turn, case, standing.asked, typed) is not None
    if not answered and denies(turn, case, reading):
        return True
    if standing.at_end:
        return _offers_case(turn, case, typed)
    if (fields := _beyond_answer(turn, case, typed)) is None:
        return not answered and says_what_is_open(turn, case, typed, reading)
    if not _is_of_another(turn, case, typed, fields[0]):
        _offer(turn, typed, *fields)
        return True
    begin(turn)
    said = words("said", WORDS)["another"].format(code=case.code)
    _offer(turn, typed, fields[1].fields or fields[0], fields[1], said)
    return True


def say_only_looked_up(turn: Turn, typed: str) -> None:
    """Say of a line that is of a patient, and answers a look-up, that no case has it."""
    from bot.lookup.line_answers.patients import is_of_a_patient

    fields = _read(typed).fields.keys() - {DEFICIT_DAYS}  # said with the deficit
    fewest = FEWEST_WITH_AN_AGE if is_of_a_patient(typed) else FEWEST_OF_A_PATIENT
    if len(fields) >= fewest:
        turn.said_first = f"{turn.said_first} {words('said', WORDS)['looked_up']}".lstrip()


def line(turn: Turn, which: str) -> None:
    """Use, change or cancel what was read from the newest line; without a word, show it again."""
    named, page = split_page(which)
    does, numbers, mark, code = named_by(named)
    said = words("said", WORDS)
    if mark and not is_mark(mark):
        turn.say(said["which"])
        return
    case = _take_up(turn, code)
    waiting, asked = waiting_in(turn, case), does == "drop" and bool(mark)
    if case is None or waiting is None:
        turn.advance(Outdated()) if mark else turn.say(said["none_waits"])
        return
    if mark and not is_of_line(mark, waiting, exact=does == "use"):
        show(turn, waiting, first=said["older"])
    elif does == "use" and waiting.version != case.version:
        keep_and_show(turn, replace(waiting, version=case.version), first=said["gone_on"])
    elif does == "use" and (given := answers(turn, waiting)):
        offered = offered_by(turn, waiting)
        turn.store.read_lines.end(case.code)
        if offered.withdrawn:
            withdrawn = text(say_withdrawn(offered), look="notice")
            turn.screens.append(Screen("notice", case.code, (withdrawn,)))
        turn.advance(ReadFromLine(given, waiting.at))
    elif does in ("cancel", "drop") and not asked and would_alarm(turn, case, waiting):
        put(turn, draw_whether_to_cancel(offered_by(turn, waiting)))
    elif does in ("use", "cancel", "drop"):
        turn.store.read_lines.end(case.code)
        turn.screens.append(Screen("notice", case.code, (text(said["cancelled"], look="notice"),)))
        turn.advance(WentOn())
    elif does in (IN, OUT, "change"):
        _change(turn, waiting, does, numbers, page)
    elif does and does != "keep":
        turn.say(said["which"])
    else:
        show(turn, waiting)


def _take_up(turn: Turn, code: str) -> StoredCase | None:
    """Return the case of a code, which the chat goes on with; without a code the chat's own."""
    case = turn.store.cases.find(code) if code else turn.load()
    if case is None or not turn.may_work_on(case):
        return None
    if code:
        turn.take_up(case)
    return case


def _is_of_another(turn: Turn, case: StoredCase, typed: str, fields: dict[str, Any]) -> bool:
    from bot.lookup.line_answers.patients import PRIMARY, is_of_another

    waiting = waiting_in(turn, case)
    before = case.latest.get(PRIMARY) or (waiting.fields.get(PRIMARY) if waiting else None)
    return is_of_another(typed, fields, before)


def _offers_case(turn: Turn, case: StoredCase | None, typed: str) -> bool:
    reading = _read(typed)
    if not reading.fields:
        return False
    if case and case.status != "closed":
        section = choose_sections(turn.standing(case), typed)[0]
        if not isinstance(section, Notice) or len(reading.fields) < FEWEST_AT_THE_END:
            return False
    begin(turn)
    _offer(turn, typed, reading.fields, reading)
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


def _offer(turn: Turn, typed: str, fields: dict[str, Any], reading: "Reading", *first: str) -> None:
    """Keep what was understood of a line, with what waits in its case already, and show it.

    What the case says already needs no confirming.
    """
    from bot.lookup.line_answers.answers import kept_of
    from bot.lookup.line_answers.patients import speaks_of_two

    case, said = case_of(turn), words("said", WORDS)
    waiting = turn.store.read_lines.find(case.code)
    kept = kept_of(fields, turn.setting.engine.machine.flow)
    fresh = ReadLine(
        code=case.code,
        mark=secrets.token_hex(MARK_BYTES),
        at=turn.said_at,
        version=case.version,
        fields=kept,
        denied=[*reading.denied],
        unread=reading.unread + len(fields.keys() - kept.keys()),
        doubts=[*reading.doubts],
        left_out=[],
        remind_at=None,
    )
    if not waiting and not answers(turn, fresh):
        say_already(turn, fresh)
        return
    above = [*first, *([said["two"]] if speaks_of_two(typed) else [])]
    above += filter(None, (say_contradicted(turn, case, reading),))
    if waiting:
        fresh, changed = together(turn, waiting, fresh)
        above += filter(None, (said["added"], changed))
    keep_and_show(turn, fresh, first=" ".join(above))


def _change(turn: Turn, waiting: ReadLine, does: str, numbers: list[int], page: int) -> None:
    """Offer to leave items out; set or clear some."""
    items = items_in(turn, waiting)
    named = [items[number - 1] for number in numbers if number <= len(items)]
    if does in (IN, OUT) and named:
        others = [each for each in waiting.left_out if each not in named]
        left_out = [*others, *named] if does == OUT else others
        waiting = replace(waiting, left_out=left_out, mark=renewed(waiting.mark))
        if does == IN and would_alarm(turn, case_of(turn), waiting):
            waiting = with_reminder(turn, waiting)
        keep(turn, waiting)
        page = page_with(numbers[0], items)
    put(turn, draw_items(offered_by(turn, waiting), items, page))


def _read(typed: str) -> "Reading":
    from bot.reading.reader import read

    return read(typed)
