"""Reads the answers of a case back from its QuestionnaireResponse, in the order they were given."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from bot.export.fhir.answers import asked
from bot.export.fhir.canonical import NOTHING, OPTIONS
from bot.export.fhir.elements import ABSENT, ANSWERED, AUTHOR, EARLIER, NOT_OFFERED
from bot.export.fhir.parsing import parse
from bot.export.fhir.read_people import ReadPeople
from bot.export.fhir.taking import (
    EXPORTED,
    Element,
    element,
    elements,
    extended,
    moment,
    number,
    part,
    refused,
    said,
    text,
    truth,
)
from bot.flows.grammar import (
    UNKNOWN,
    Choice,
    Flow,
    Moment,
    Number,
    Question,
    Several,
    Value,
    option_key,
)
from bot.logic.case_input import quoted
from bot.refusal import Refusal
from state.records import TAKEN_BACK, Answer

MOST_ANSWERS: Final = 5000
MOST_LESIONS: Final = 99
_WORD: Final = re.compile(r"[A-Za-z0-9_.]{0,60}", re.ASCII)


def read_answers(response: Element, flow: Flow, people: ReadPeople) -> tuple[Answer, ...]:
    """Return every answer of a case, those that were changed or taken back too.

    Raises Refusal for an answer that the flow does not offer, or a number that is missing.
    """
    found = [*_Reading(flow, people).walk(elements(response, "item"), asked(flow), 0)]
    found += _not_offered(response, flow, people)
    numbers = sorted(each for each, _ in found)
    if len(numbers) > MOST_ANSWERS:
        raise Refusal(f"{len(numbers)} answers given; allowed: at most {MOST_ANSWERS}")
    if numbers != [*range(1, len(numbers) + 1)]:
        raise Refusal(f"the numbers of the answers have a gap, or one twice; allowed: {EXPORTED}")
    return tuple(answer for _, answer in sorted(found, key=lambda each: each[0]))


Numbered = tuple[int, Answer]


class _Reading:
    """Goes through the items of a response beside those of the questionnaire."""

    def __init__(self, flow: Flow, people: ReadPeople) -> None:
        self.flow, self.people = flow, people

    def walk(
        self, items: Iterable[Element], offered: Iterable[Mapping[str, Any]], lesion: int
    ) -> Iterator[Numbered]:
        by_link, seen = {each["linkId"]: each for each in offered}, dict[str, int]()
        for item in items:
            link = text(item, "linkId")
            if link not in by_link:
                raise refused("linkId", link, "a question of the flow, where it is asked")
            seen[link] = seen.get(link, 0) + 1
            question = by_link[link]
            repeats = question.get("repeats", False) and question["type"] == "group"
            if seen[link] > (MOST_LESIONS if repeats else 1):
                raise Refusal(f"{quoted(link)}: given {seen[link]} times; allowed: fewer")
            if question["type"] == "group":
                inner = seen[link] if repeats else lesion
                yield from self.walk(elements(item, "item"), question["item"], inner)
            else:
                yield from self.answers(item, self.flow.questions[link], lesion)

    def answers(self, item: Element, question: Question, lesion: int) -> Iterator[Numbered]:
        """Read one item: the answer that counts, and those that came before."""
        key, given = question.key(lesion), [*elements(item, "answer")]
        for each in extended(item, EARLIER):
            value = self.earlier(each, question)
            yield _number(each), Answer(key, value, self.people.who(said(each, "by")), _at(each))
        marks = extended(item, ANSWERED)
        if len(marks) != bool(given):
            raise Refusal(f"{quoted(key)}: an answer without who and when; allowed: {EXPORTED}")
        if given:
            author = element(part(item, AUTHOR, "Reference"), "author")
            who = self.people.who(text(author, "display"))
            value = read_value(given, question)
            yield _number(marks[0]), Answer(key, value, who, _at(marks[0]))

    def earlier(self, given: Element, question: Question) -> Value:
        """Read an answer that was changed or taken back, or that it was taken back."""
        values = [
            {key: value for key, value in each.items() if key != "url"}
            for each in extended(given, "answer")
        ]
        if truth(given, "takenBack"):
            if values:
                raise refused(question.id, "both an answer and that it was taken back")
            return TAKEN_BACK
        return read_value(values, question)


def read_value(given: list[dict[str, Any]] | list[Element], question: Question) -> Value:
    """Read the value of an answer. Raises Refusal unless its question accepts it."""
    if not given or (len(given) > 1 and not isinstance(question, Several)):
        raise refused(question.id, f"{len(given)} values", "one answer")
    match question:
        case Several():
            value = _ticked([_option(each, question) for each in given], question)
        case Choice():
            value = _option(given[0], question)
        case Number():
            value = _plain(given[0], question, "Decimal")
        case Moment():
            value = _plain(given[0], question, "DateTime")
        case _:
            raise AssertionError(f"{question.id}: no way to read a {type(question).__name__}")
    if not question.accepts(value):
        raise refused(question.id, value, "an answer that the flow offers")
    return value


def _ticked(options: list[Value], question: Question) -> Value:
    """Return what is ticked; [] for none of it."""
    if options in ([UNKNOWN], [NOTHING]):
        return UNKNOWN if options == [UNKNOWN] else []
    if len(options) != len({*map(str, options)}):
        raise refused(question.id, options, "each option once")
    return [str(each) for each in options]


def _option(given: Element, question: Question) -> Value:
    """Return the option that a coding stands for."""
    coding = element(given.get("valueCoding"), question.id)
    code = text(coding, "code")
    key = code.removeprefix(f"{question.id}.")
    if text(coding, "system") != OPTIONS or key == code:
        raise refused(question.id, code, "an option of its question")
    if (key == UNKNOWN and question.can_be_unknown) or (
        key == NOTHING and isinstance(question, Several)
    ):
        return key
    options = question.options if isinstance(question, Choice | Several) else ()
    for option in options:
        if option_key(option.value) == key:
            return option.value
    raise refused(question.id, code, "an option that the flow offers")


def _plain(given: Element, question: Question, kind: str) -> Value:
    """Return a number or a moment, or that it is not known."""
    missing = given.get(f"_value{kind}")
    if missing is not None and f"value{kind}" not in given:
        if said(element(missing, question.id), ABSENT, "Code") != "asked-unknown":
            raise refused(question.id, missing, "asked-unknown")
        return UNKNOWN
    value = given.get(f"value{kind}")
    if kind == "DateTime":
        moment(value, question.id)
        return str(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refused(question.id, value, "a number")
    return value


def _not_offered(response: Element, flow: Flow, people: ReadPeople) -> Iterator[Numbered]:
    """Read the answers that the flow had ceased to offer before the export; none counts."""
    for each in extended(response, NOT_OFFERED):
        key = said(each, "question")
        try:
            value = parse(said(each, "answer").encode())
        except Refusal:
            raise refused(key, said(each, "answer")) from None
        question = flow.question(key)
        if question is not None and (value == TAKEN_BACK or question.accepts(value)):
            raise refused(key, value, "an answer of its item, since the flow offers it")
        if not (_is_word(key) and _is_plain(value)):
            raise refused("an answer no longer offered", value, "a word, a number or words")
        yield _number(each), Answer(key, value, people.who(said(each, "by")), _at(each))


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return len(value) <= MOST_LESIONS and all(_is_word(each) for each in value)
    return isinstance(value, bool | int | float) or _is_word(value)


def _is_word(value: object) -> bool:
    """Return whether a value is a word of a flow, which could name nobody."""
    return isinstance(value, str) and bool(_WORD.fullmatch(value))


def _number(given: Element) -> int:
    found = number(given, "number")
    if found is None:
        raise refused("number of an answer", None, "a whole number")
    return found


def _at(given: Element) -> datetime:
    return moment(part(given, "at", "DateTime"), "at")
