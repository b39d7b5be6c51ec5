"""A flow as a FHIR R4 Questionnaire: its questions in its words, with every option and unit."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from bot.export.fhir.canonical import NOTHING, PACKAGE, address, option, version
from bot.export.fhir.codes import coding, codings, unit
from bot.flows.conditions import Compared
from bot.flows.grammar import UNKNOWN, Choice, Flow, Moment, Number, Question, Several
from bot.flows.wording import flow_words, words_of
from bot.logic.text_files import read_texts

Item = dict[str, Any]

EXTENSION: Final = "http://hl7.org/fhir/StructureDefinition/"
LESION: Final = "lesion"  # the group of the questions that are asked again for each level


def questionnaire(flow: Flow) -> dict[str, Any]:
    """Return a flow as a Questionnaire, a group for each of its parts."""
    says, names = _says(), flow_words(flow.id, flow.words_in).parts
    told = {"flow": flow.id, "fingerprint": flow.fingerprint}
    return {
        "resourceType": "Questionnaire",
        "id": flow.id,
        "url": address(flow),
        "version": version(flow),
        "name": f"CordCall_{flow.id}",
        "title": says["title"].format(**told),
        "status": "draft",
        "subjectType": ["Patient"],
        "description": says["description"].format(**told).strip(),
        "item": [
            {
                "linkId": f"part.{part}",
                "text": names[part],
                "type": "group",
                "item": [*_items(flow, part)],
            }
            for part in flow.parts
        ],
    }


def questionnaire_text(flow: Flow) -> str:
    """Return a flow as the text of a Questionnaire."""
    return json.dumps(questionnaire(flow), ensure_ascii=False, indent=1) + "\n"


@cache
def _says() -> Mapping[str, str]:
    says: Mapping[str, str] = read_texts(PACKAGE, "questionnaire.toml")["says"]
    return says


def _items(flow: Flow, part: str) -> Iterator[Item]:
    """Yield the questions of a part; the repeated ones stand in one group at their first."""
    asked = [each for each in flow.questions.values() if each.part == part]
    repeated = [each for each in asked if each.repeated]
    for question in asked:
        if not question.repeated:
            yield _item(flow, question)
        elif question is repeated[0]:
            inner = [_item(flow, each, question) for each in repeated]
            yield {
                "linkId": LESION,
                "text": _says()["lesion"],
                "type": "group",
                **_enabled(flow, question),
                "repeats": True,
                "item": inner,
            }


def _item(flow: Flow, question: Question, first: Question | None = None) -> Item:
    """Return the item of a question; its group has the condition of the first one in it."""
    words = words_of(flow, question.id)
    enabled = {} if first and question.when == first.when else _enabled(flow, question)
    extensions = [*_limits(question), *([] if enabled else _design_note(flow, question, first))]
    known = codings().get(question.id)
    return {
        **({"extension": extensions} if extensions else {}),
        "linkId": question.id,
        **({"code": [coding(question.id)]} if known else {}),
        "text": words.ask,
        "type": _type(question),
        **enabled,
        **({"repeats": True} if isinstance(question, Several) else {}),
        **_options(flow, question),
        "item": [_help(question.id, words.help)],
    }


def _type(question: Question) -> str:
    match question:
        case Choice() | Several():
            return "choice"
        case Number():
            return "decimal"
        case Moment():
            return "dateTime"
    raise AssertionError(f"{question.id}: FHIR has no type for a {type(question).__name__}")


def _help(id: str, text: str) -> Item:
    control = {
        "coding": [coding("help")],
        "text": coding("help")["display"],
    }
    return {
        "extension": [
            {"url": f"{EXTENSION}questionnaire-itemControl", "valueCodeableConcept": control}
        ],
        "linkId": f"{id}.help",
        "text": text,
        "type": "display",
    }


def _limits(question: Question) -> Iterator[Item]:
    """Yield the lowest and highest number of a question, and its unit."""
    if isinstance(question, Number):
        yield {"url": f"{EXTENSION}minValue", "valueDecimal": question.low}
        yield {"url": f"{EXTENSION}maxValue", "valueDecimal": question.high}
        yield {"url": f"{EXTENSION}questionnaire-unit", "valueCoding": unit(question.unit)}


def _options(flow: Flow, question: Question) -> Item:
    """Return every option; of several, none of them and not known exclude the others."""
    if not isinstance(question, Choice | Several):
        return {}
    several = isinstance(question, Several)
    offered = [{"valueCoding": option(flow, question, each.value)} for each in question.options]
    exclusive = {"url": f"{EXTENSION}questionnaire-optionExclusive", "valueBoolean": True}
    alone: Item = {"extension": [exclusive]} if several else {}
    others = [*([NOTHING] if several else []), *([UNKNOWN] if question.can_be_unknown else [])]
    rest = [{**alone, "valueCoding": option(flow, question, each)} for each in others]
    return {"answerOption": [*offered, *rest]}


def _enabled(flow: Flow, question: Question) -> Item:
    """Return the condition of a question as far as FHIR can say exactly that; else nothing."""
    places = [node for node in flow.nodes if node.id == question.id]
    when = places[0].when if len(places) == 1 else None
    if when is None or not when.any_of:
        return {}
    tests = [test for each in when.any_of for test in _tests(flow, each)]
    if not all(tests):
        return {}
    return {"enableWhen": tests, **({"enableBehavior": "any"} if len(tests) > 1 else {})}


def _tests(flow: Flow, compared: Compared) -> Iterator[Item]:
    """Yield tests of which one must hold, and an empty one if FHIR has none for it.

    FHIR's "!=" fails while nothing is answered, and several of them would each suffice.
    """
    asked = [each for each in flow.questions.values() if each.field == compared.field]
    if len(asked) != 1 or not isinstance(asked[0], Choice) or _is_set(flow, compared.field):
        yield {}
        return
    question = asked[0]
    values = [option(flow, question, each) for each in compared.values]
    if compared.equal:
        for each in values:
            yield {"question": question.id, "operator": "=", "answerCoding": each}
    elif len(values) == 1:
        yield {"question": question.id, "operator": "exists", "answerBoolean": False}
        yield {"question": question.id, "operator": "!=", "answerCoding": values[0]}
    else:
        yield {}


def _is_set(flow: Flow, field: str) -> bool:
    """Return whether an option of any question sets a field besides its own."""
    return any(
        field in option.sets
        for question in flow.questions.values()
        if isinstance(question, Choice)
        for option in question.options
    )


def _design_note(flow: Flow, question: Question, first: Question | None) -> list[Item]:
    """Say in words when a question is asked, if that is not always."""
    says = _says()
    if question in flow.aside:
        note = says["on_request"]
    else:
        places = [node for node in flow.nodes if node.id == question.id]
        whens = [str(node.when) for node in places if node.when]
        if not whens or (first and question.when == first.when):
            return []
        note = says["asked_when"].format(when=says["or_later"].join(whens))
    return [{"url": f"{EXTENSION}designNote", "valueMarkdown": note}]
