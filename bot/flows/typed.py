"""Matches typed text to an answer of a question, or says in one line what is allowed."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cache
from typing import Final

from bot.flows.grammar import (
    UNKNOWN,
    Choice,
    Moment,
    Number,
    Option,
    Question,
    Several,
    Value,
)
from bot.flows.ticks_typed import DENIED, Unclear, plain, read_ticks
from bot.flows.times import Unreadable, read_time, say_date
from bot.flows.wording import QuestionWords
from bot.guidance.spoken_times import say_moment

_PLAIN_NUMBER: Final = re.compile(r"[+-]?\d{1,6}(\.\d{1,6})?", re.ASCII)
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3},\d{3}", re.ASCII)
_BARE_NUMBERS: Final = re.compile(r"[+-]?\d[\d., ]*", re.ASCII)
UNKNOWN_WORDS: Final = ("unknown", "not known", "not examined", "?", "dk", "don't know")
LONGEST_TYPED: Final = 300
EARLIER: Final = timedelta(hours=2)
SHORTEST_BEGINNING: Final = 3
NONE_WORDS: Final = ("none", "none of these", "no")
HELP_WORDS: Final = ("help", "help!", "help?")
UNIT_WORDS: Final = {
    "days": ("days", "day", "d"),
    "y": ("years", "year", "y"),
    "h": ("hours", "hour", "h"),
}


class NotAnAnswer(ValueError):
    """Typed text that is not an answer here; the message says what is allowed.

    The message names numbered options; `by_tap` names buttons, which have no numbers.
    """

    def __init__(self, said: str, by_tap: str = "") -> None:
        super().__init__(said)
        self.by_tap = by_tap or said


@dataclass(frozen=True, slots=True)
class Clock:
    """What typed times need: when they were typed, the hospital's zone, and when the case started.

    With `waited` they are read much later than they were typed.
    """

    now: datetime
    zone: tzinfo
    begun_at: datetime
    waited: bool = False


def read_choice(typed: str, question: Choice, words: QuestionWords) -> Value:
    """Parse a typed line as one of several options, or as not known.

    Raises NotAnAnswer with one line that says what is allowed.
    """
    text = _small(typed)
    return UNKNOWN if _is_unknown(text, question, words) else _choice(text, question, words)


def read_typed(typed: str, question: Question, words: QuestionWords, clock: Clock) -> Value:
    """Read a typed line as an answer.

    Options are given by number, label or value; several with commas, spaces or "and" between.
    Raises NotAnAnswer with one line that says what is allowed.
    """
    text = _small(typed)
    if _is_unknown(text, question, words):
        return UNKNOWN
    match question:
        case Several():
            return _several(text, question, words)
        case Choice():
            return _choice(text, question, words)
        case Number():
            return _number(text, question)
        case Moment():
            return _moment(text, question, clock)
    raise AssertionError(f"{question.id}: no way to read a {type(question).__name__}")


def _small(typed: str) -> str:
    """Fold a line; one that is longer than any answer is not read at all."""
    line = " ".join(typed.split()).casefold().replace("’", "'")
    return line if len(line) <= LONGEST_TYPED else ""


def _is_unknown(text: str, question: Question, words: QuestionWords) -> bool:
    return question.can_be_unknown and text in (*UNKNOWN_WORDS, words.unknown.casefold())


def option_keys(question: Choice | Several, words: QuestionWords) -> list[str]:
    """Return what to type for each option: its number or its short name."""
    if isinstance(question, Choice) and question.by_name:
        return [option.key for option in question.options]
    return [str(number) for number in range(1, len(question.options) + 1)]


def _several(text: str, question: Several, words: QuestionWords) -> Value:
    count = len(question.options)
    if text in NONE_WORDS or text == str(count + 1):
        return []
    if question.can_be_unknown and text == str(count + 2):
        return UNKNOWN
    try:
        ticks = read_ticks(
            text,
            lambda part: _tick(_named(part, question, words)),
            lambda part: _tick(_beginning(part, question, words)),
        )
    except Unclear as unclear:
        raise _refused(question, words, unclear.why) from None
    return [str(option.value) for option in question.options if option.value in ticks]


def _tick(value: Value | None) -> str | None:
    return None if value is None else str(value)


def _choice(text: str, question: Choice, words: QuestionWords) -> Value:
    if not question.by_name and question.can_be_unknown and text == str(len(question.options) + 1):
        return UNKNOWN
    found = _matching(text, question, words)
    if found is None:
        raise _refused(question, words)
    return found


def _refused(question: Choice | Several, words: QuestionWords, why: str = "") -> NotAnAnswer:
    """Say what is allowed, numbered and by tap, and what was not understood."""
    by_tap = allowed(question, words, numbered=False) if why != DENIED else "tap a button"
    return NotAnAnswer(allowed(question, words) + why, by_tap + why)


def _matching(text: str, question: Choice | Several, words: QuestionWords) -> Value | None:
    if text == "no" and (none := _only_none(question, words)):
        return none.value
    named = _named(text, question, words)
    return named if named is not None else _beginning(text, question, words)


def _named(text: str, question: Choice | Several, words: QuestionWords) -> Value | None:
    """Find the option with this number, key, label or full name."""
    keys, said = option_keys(question, words), plain(text)
    for key, option in zip(keys, question.options, strict=True):
        if said in (_label(key), _label(option.key), *_labels(option, words)):
            return option.value
    return None


def _labels(option: Option, words: QuestionWords) -> tuple[str, str]:
    return _label(words.option(option)), _label(words.in_full(option.key))


_label: Final = cache(plain)  # of options only: what is typed is not kept


def _only_none(question: Choice | Several, words: QuestionWords) -> Option | None:
    """Return the option that means none, if there is exactly one."""
    found = [o for o in question.options if "none" in words.in_full(o.key).casefold()]
    return found[0] if len(found) == 1 else None


def _beginning(text: str, question: Choice | Several, words: QuestionWords) -> Value | None:
    """Match the start of an option's label if no other option starts the same way.

    Raises NotAnAnswer, naming them, if several do.
    """
    if len(text) < SHORTEST_BEGINNING:
        return None
    start = plain(text)
    found = [o for o in question.options if any(n.startswith(start) for n in _labels(o, words))]
    unknown = question.can_be_unknown and words.unknown.casefold().startswith(text)
    labels = [words.option(each) for each in found] + [words.unknown] * unknown
    if len(labels) > 1:
        raise NotAnAnswer(f"several options begin like that: {', '.join(labels)}; type more of it")
    return found[0].value if found else None


def _number(text: str, question: Number) -> Value:
    units = UNIT_WORDS.get(question.unit, (question.unit.casefold(),))
    unit = next((each for each in units if text.endswith(each)), "")
    typed = text.removesuffix(unit).strip()
    if _THOUSANDS.fullmatch(typed):
        raise NotAnAnswer(f"{typed} could be {typed.replace(',', '')}; {allowed(question)}")
    typed = typed.replace(",", ".")
    if not _PLAIN_NUMBER.fullmatch(typed):
        raise NotAnAnswer(allowed(question))
    value = float(typed)
    if not question.low <= value <= question.high:
        raise NotAnAnswer(allowed(question))
    return int(value) if value.is_integer() else value


def _moment(text: str, question: Moment, clock: Clock) -> Value:
    try:
        moment = read_time(
            text, clock.now, clock.zone, past=question.past, start=clock.begun_at,
            waited=clock.waited,
        )  # fmt: skip
    except Unreadable as error:
        raise NotAnAnswer(str(error)) from None
    if question.before_start and moment > clock.begun_at:
        start = say_moment(clock.begun_at, clock.zone)
        earlier = clock.begun_at - EARLIER
        such_as = f"{say_date(earlier, clock.zone)} {earlier.astimezone(clock.zone):%H:%M}"
        raise NotAnAnswer(
            f"that is later than the start of this case, {start}; type: 2 h before, or {such_as}"
        )
    return moment.isoformat()


def allowed(
    question: Question, words: QuestionWords | None = None, *, numbered: bool = True
) -> str:
    """Say in one line what a question accepts, where its options are `numbered` or are buttons."""
    unknown = ", or not known" if question.can_be_unknown else ""
    match question:
        case Number():
            low, high, unit = question.low, question.high, question.unit
            return f"allowed: a number from {low:g} to {high:g} {unit}{unknown}"
        case Choice(by_name=True, options=options) if len(options) > 12:
            return f"allowed: {options[0].key} to {options[-1].key}{unknown}"
        case Choice(by_name=True, options=options):
            return f"allowed: {', '.join(option.key for option in options)}{unknown}"
        case Choice() | Several():
            chosen = "a number from the list" if numbered else "a button"
            how = "such as 1,3" if numbered else 'with "and" between'
            several = f"; several {how}" if isinstance(question, Several) else ""
            return f"allowed: {chosen}, or its words{unknown}{several}"
    return f"allowed: a time{unknown}"


def asks_for_help(typed: str) -> bool:
    return _small(typed) in HELP_WORDS


def is_bare_number(typed: str) -> bool:
    """Return whether a line is a number, or several, without a word or a unit."""
    return _BARE_NUMBERS.fullmatch(typed.strip()) is not None


def small_number(typed: str) -> int | None:
    """Read a number from 1 to 999, as lists are numbered."""
    plain = typed.isascii() and typed.isdecimal() and len(typed) <= 3
    return int(typed) or None if plain else None
