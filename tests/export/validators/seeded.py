"""Errors put into a bundle that is right, one at a time, each of a kind that an export could make.

Each takes the resources of a bundle by their type, the first of each, and spoils one of them.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from bot.export.fhir.bundle import bundle
from tests.export.random_cases import random_views

Resource = dict[str, Any]
Spoil = Callable[[Resource, dict[str, Resource]], object]
NEEDED: Final = {
    "QuestionnaireResponse", "Observation", "GuidanceResponse", "Parameters", "ServiceRequest",
    "Task", "Communication",
}  # fmt: skip
NOBODY: Final = "urn:uuid:00000000-0000-4000-8000-000000000000"
HL7: Final = "http://hl7.org/fhir/StructureDefinition/"
TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem/"


def _put(kind: str, **changes: Any) -> Spoil:
    return lambda _, of: of[kind].update(changes)


def _drop(kind: str, name: str) -> Spoil:
    return lambda _, of: of[kind].pop(name)


def _measured(**changes: Any) -> Spoil:
    """Give an Observation a Quantity, and change that."""
    right = {
        "value": 5.2,
        "unit": "mmol/L",
        "system": "http://unitsofmeasure.org",
        "code": "mmol/L",
    }
    gone = {name: value for name, value in (right | changes).items() if value is not None}

    def spoil(_: Resource, of: dict[str, Resource]) -> None:
        _without_value(of["Observation"])
        of["Observation"]["valueQuantity"] = gone

    return spoil


def _without_value(observation: Resource) -> None:
    for name in [each for each in observation if each.startswith("value")]:
        del observation[name]


def _both_values(_: Resource, of: dict[str, Resource]) -> None:
    _without_value(of["Observation"])
    of["Observation"] |= {"valueString": "5", "valueInteger": 5}


def _range_reversed(_: Resource, of: dict[str, Resource]) -> None:
    _without_value(of["Observation"])
    of["Observation"]["valueRange"] = {"low": {"value": 9}, "high": {"value": 3}}


def _answered(response: Resource) -> Resource:
    """Return the first item of a response that has an answer."""

    def search(items: list[Resource]) -> Iterator[Resource]:
        for item in items:
            if item.get("answer"):
                yield item
            yield from search(item.get("item", []))

    return next(search(response["item"]))


def _in_an_answer(**changes: Any) -> Spoil:
    return lambda _, of: _answered(of["QuestionnaireResponse"])["answer"][0].update(changes)


def _in_an_item(change: Callable[[Resource], object]) -> Spoil:
    return lambda _, of: change(_answered(of["QuestionnaireResponse"]))


def _categorised(code: str, display: str) -> Spoil:
    system = f"{TERMINOLOGY}observation-category"
    coding = {"system": system, "code": code, "display": display}
    return _put("Observation", category=[{"coding": [coding]}])


def _twice(bundle: Resource, _: dict[str, Resource]) -> None:
    bundle["entry"][1]["fullUrl"] = bundle["entry"][0]["fullUrl"]


def _extended(**extension: Any) -> Spoil:
    return _put("Observation", extension=[extension])


def _first_parameter(**changes: Any) -> Spoil:
    return lambda _, of: of["Parameters"]["parameter"][0].update(changes)


ERRORS: Final[Mapping[str, Spoil]] = {
    "a number as a status": _put("Observation", status=5),
    "text as a number": _measured(value="5.2"),
    "text as a boolean": _in_an_answer(valueBoolean="yes"),
    "an object as text": _put("GuidanceResponse", moduleCanonical={"url": "urn:uuid:1"}),
    "a required element is missing": _drop("Observation", "code"),
    "a required element of a Task is missing": _drop("Task", "intent"),
    "a required reference is missing": _drop("ServiceRequest", "subject"),
    "a linkId is missing": _in_an_item(lambda item: item.pop("linkId")),
    "an unknown element": _put("Observation", colour="red"),
    "an unknown element inside an item": _in_an_item(lambda item: item.update(colour="red")),
    "an unknown type of resource": _put("Observation", resourceType="Observatory"),
    "a status that does not exist": _put("Observation", status="finished"),
    "a status of a response that does not exist": _put("QuestionnaireResponse", status="open"),
    "a priority that does not exist": _put("ServiceRequest", priority="high"),
    "a type of bundle that does not exist": lambda bundle, _: bundle.update(type="collected"),
    "a category that does not exist": _categorised("measurement", "Measurement"),
    "another display than HL7's": _categorised("exam", "Examination of the patient"),
    "a month that does not exist": _put("Observation", effectiveDateTime="2026-13-01"),
    "a day that does not exist": _put("Observation", effectiveDateTime="2026-02-30"),
    "a time without a zone": _put("Communication", sent="2026-11-22T12:00:00"),
    "a date in words": _put("Communication", sent="Sun 12:00"),
    "a space in an address": _put("QuestionnaireResponse", questionnaire="urn:uuid: 1"),
    "a slash in an id": _put("Observation", id="a/b"),
    "a reference to nothing in the bundle": _put(
        "Observation", derivedFrom=[{"reference": NOBODY}]
    ),
    "a reference to the wrong type": _put("Observation", basedOn=[{"reference": "Patient/1"}]),
    "one where several may stand": _put("Observation", category={"text": "Exam"}),
    "several where one may stand": _put("Observation", code=[{"text": "SINS"}]),
    "an empty list": _put("Observation", category=[]),
    "an empty object": _put("Observation", code={}),
    "an empty text": _put("Observation", code={"text": ""}),
    "null": _put("Observation", code=None),
    "two values of one choice": _both_values,
    "two values of one answer": _in_an_answer(valueString="1", valueInteger=1),
    "a value, and why it is absent": _put(
        "Observation", valueString="5", dataAbsentReason={"text": "Unknown"}
    ),
    "a unit's code without its system": _measured(system=None),
    "a range from high to low": _range_reversed,
    "a range without anything": _put("Observation", referenceRange=[{"type": {"text": "Normal"}}]),
    "an address that stands twice": _twice,
    "a request in a collection": lambda bundle, _: bundle["entry"][0].update(
        request={"method": "PUT", "url": "Basic/1"}
    ),
    "a total in a collection": lambda bundle, _: bundle.update(total=3),
    "an extension that HL7 does not have": _extended(url=f"{HL7}spine-level", valueString="T8"),
    "an extension with another type than HL7's": _extended(
        url=f"{HL7}data-absent-reason", valueString="unknown"
    ),
    "an extension with a value and extensions": _extended(
        url="urn:uuid:1", valueString="1", extension=[{"url": "urn:uuid:2", "valueString": "2"}]
    ),
    "an extension without its address": _extended(valueString="1"),
    "a parameter with a value and parts": _first_parameter(
        valueString="1", part=[{"name": "rule", "valueString": "U1"}]
    ),
    "a narrative that is no XHTML": _put(
        "Observation", text={"status": "generated", "div": "<p>SINS 12</p>"}
    ),
    "a period that ends before it begins": _put(
        "Task", executionPeriod={"start": "2026-11-23", "end": "2026-11-22"}
    ),
    "modified before it was written": _put(
        "Task", authoredOn="2026-11-23T12:00:00Z", lastModified="2026-11-22T12:00:00Z"
    ),
}  # fmt: skip


def a_whole_bundle() -> Resource:
    """Return the first random bundle in which every type of resource stands."""
    for view in random_views(500):
        made: Resource = bundle(view)
        if {each["resource"]["resourceType"] for each in made["entry"]} >= NEEDED:
            return made
    raise AssertionError("no random case has every type of resource")


def seeded() -> Iterator[tuple[str, Resource]]:
    """Yield the bundle with each error, by the error's name."""
    right = a_whole_bundle()
    for name, spoil in ERRORS.items():
        spoilt = copy.deepcopy(right)
        of: dict[str, Resource] = {}
        for each in spoilt["entry"]:
            of.setdefault(each["resource"]["resourceType"], each["resource"])
        spoil(spoilt, of)
        yield name, spoilt
