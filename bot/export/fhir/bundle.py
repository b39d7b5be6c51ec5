"""A case as a FHIR R4 Bundle of type collection, in plain dictionaries.

The same case at the same moment gives the same bytes: ids follow from the case, and the order is
fixed.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from bot.export.content import SBAR_PARTS, Content, content
from bot.export.fhir.advice import guidance_response, rules
from bot.export.fhir.answers import response
from bot.export.fhir.canonical import CASE_CODES, urn
from bot.export.fhir.course import Course
from bot.export.fhir.elements import HASH, Resource, extension, instant, narrative, words
from bot.export.fhir.people import People, without_names
from bot.export.fhir.record import provenance, record
from bot.export.fhir.scores import observations
from bot.screens.view import View


def bundle(view: View) -> dict[str, Any]:
    """Return a case as a Bundle, as of `view.now`."""
    hashed = {
        "identifier": {"system": CASE_CODES, "value": view.case.code},
        "type": "collection",
        "timestamp": instant(view.now),
        "entry": _Entries(view).all(),
    }
    meta = {"extension": [extension(HASH, "String", hash_of(hashed))]}
    return {"resourceType": "Bundle", "meta": meta, **hashed}


def bundle_text(view: View) -> str:
    """Return a case as the text of a Bundle, always the same for the same case and moment."""
    return write(bundle(view))


def write(data: object) -> str:
    """Write JSON with its keys in the order in which they were put."""
    return json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def hash_of(found: Mapping[str, Any]) -> str:
    """Return the hash over what a bundle holds. It shows damage; it is no signature."""
    held = {key: each for key, each in found.items() if key not in ("resourceType", "meta")}
    return sha256(json.dumps(held, allow_nan=False).encode()).hexdigest()


class _Entries:
    """Builds the resources of a case, each with an address that is its own."""

    def __init__(self, view: View) -> None:
        self.view = view = without_names(view)
        self.subject = {"display": words("names")["case"].format(code=view.case.code)}
        self.people = People.of(view)
        self.said: Content = content(view)

    def all(self) -> list[dict[str, Any]]:
        view, people, subject = self.view, self.people, self.subject
        answers = response(view, people)
        found = [("answers", {**answers, "subject": subject, "text": self._said_of_answers()})]
        derived = {"subject": subject, "derivedFrom": [{"reference": self.address("answers")}]}
        found += [(name, {**each, **derived}) for name, each in observations(view)]
        advice = guidance_response(view, self.said, self.address("rules"), subject)
        found += [("advice", advice), ("rules", rules(self.said))]
        found += self._course()
        targets = [self.address(name) for name in ("answers", "record")]
        found.append(("people", provenance(view, people, targets)))
        found.append(("record", record(view, people, subject)))
        return [self._entry(name, resource) for name, resource in found]

    def address(self, name: str) -> str:
        """Return the address of a resource of this case."""
        case = self.view.case
        return urn(f"case {case.code} {instant(case.begun_at)} {name}")

    def _course(self) -> list[tuple[str, Resource]]:
        course = Course(self.view, self.people, self.subject)
        found: list[tuple[str, Resource]] = []
        if scan := course.scan():
            found += [("scan", scan), ("task", course.task(self.address("scan")))]
        return [*found, *((f"call {number}", each) for number, each in course.calls())]

    def _said_of_answers(self) -> dict[str, str]:
        """Say the four parts of the hand-over text, as the SBAR does."""
        return narrative(*((each.heading, *each.lines) for each in self.said.sections[:SBAR_PARTS]))

    def _entry(self, name: str, resource: Resource) -> dict[str, Any]:
        address = self.address(name)
        kind, given = resource["resourceType"], {"id": address.removeprefix("urn:uuid:")}
        text = {"text": resource["text"]} if resource.get("text") else {}
        rest = {key: each for key, each in resource.items() if key not in ("resourceType", "text")}
        return {
            "fullUrl": address,
            "resource": {"resourceType": kind, **given, **text, **rest},
        }
