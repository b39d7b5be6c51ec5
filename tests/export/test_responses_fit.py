"""Every exported QuestionnaireResponse fits the Questionnaire that it names."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

from bot.export.fhir.bundle import bundle
from bot.export.fhir.canonical import canonical
from bot.export.fhir.questionnaire import questionnaire
from bot.flows.triage import FLOW
from tests.export.random_cases import random_views
from tests.export.table_cases import table_views
from tests.shares import some_or_all

Item = Mapping[str, Any]
TYPES = {"choice": "valueCoding", "decimal": "valueDecimal", "dateTime": "valueDateTime"}
UNKNOWN = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason"}


def misfits(asked: Iterable[Item], given: Iterable[Item]) -> Iterator[str]:
    """Yield what in a list of items does not fit those of the Questionnaire."""
    wanted = [each for each in asked if each["type"] != "display"]
    order = {each["linkId"]: n for n, each in enumerate(wanted)}
    places = [order.get(each["linkId"], -1) for each in given]
    if -1 in places or places != sorted(places):
        yield f"unknown or out of order: {[each['linkId'] for each in given]}"
        return
    for item, place in zip(given, places, strict=True):
        question = wanted[place]
        name = question["linkId"]
        if item.get("text") != question["text"]:
            yield f"{name}: in other words"
        if places.count(place) > 1 and not (question["type"] == "group" and "repeats" in question):
            yield f"{name}: twice"
        if question["type"] == "group":
            yield from misfits(question["item"], item.get("item", ()))
            continue
        answers = item.get("answer", ())
        if len(answers) > 1 and not question.get("repeats"):
            yield f"{name}: several answers"
        for answer in answers:
            yield from (f"{name}: {fault}" for fault in _faults(question, answer))


def _faults(question: Item, answer: Item) -> Iterator[str]:
    """Yield what is wrong with one answer: its type, or an option that is not offered."""
    key = TYPES[question["type"]]
    if set(answer) == {f"_{key}"} and key != "valueCoding":
        reasons = [each["url"] for each in answer[f"_{key}"]["extension"]]
        if reasons != [UNKNOWN["url"]]:
            yield f"not known, by {reasons}"
    elif set(answer) != {key}:
        yield f"{sorted(answer)} instead of {key}"
    elif key == "valueCoding":
        offered = [each["valueCoding"] for each in question["answerOption"]]
        if answer[key] not in offered:
            yield f"{answer[key]} is not offered"
    elif key == "valueDecimal":
        low, high = (each["valueDecimal"] for each in question["extension"][:2])
        if not low <= answer[key] <= high:
            yield f"{answer[key]} is not from {low} to {high}"


@pytest.mark.parametrize("count", some_or_all(40, 400))
def test_every_response_fits_the_questionnaire(count: int) -> None:
    asked, seen = questionnaire(FLOW)["item"], 0
    rows = [view for _, view in table_views()]
    views = [*rows[:: len(rows) // count], *random_views(count)]
    for view in views:
        for entry in bundle(view)["entry"]:
            resource = entry["resource"]
            if resource["resourceType"] == "QuestionnaireResponse":
                seen += 1
                assert resource["questionnaire"] == canonical(FLOW)
                assert list(misfits(asked, resource.get("item", ()))) == []
    assert seen == len(views)


def test_a_response_that_does_not_fit_is_found() -> None:
    asked = questionnaire(FLOW)["item"]
    part = next(each for each in asked if each["linkId"] == "part.kidneys")
    renal = next(each for each in part["item"] if each["linkId"] == "renal")
    coded = renal["answerOption"][0]["valueCoding"]

    def found(**changes: Any) -> list[str]:
        item = {"linkId": "renal", "text": renal["text"], "answer": [{"valueCoding": coded}]}
        return list(misfits(part["item"], [{**item, **changes}]))

    assert found() == []
    assert found(linkId="kidneys")
    assert found(text="Kidneys?")
    assert found(answer=[{"valueString": "Haemodialysis"}])
    assert found(answer=[{"valueCoding": {**coded, "display": "HD"}}])
    assert found(answer=[{"valueCoding": coded}, {"valueCoding": coded}])
