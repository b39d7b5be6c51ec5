"""Bundles to change, and what is in them."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from bot.export.fhir.bundle import bundle, hash_of, write
from bot.export.fhir.elements import ANSWERED, CASE, DONE
from bot.screens.view import View

Bundle = dict[str, Any]
Change = Callable[[Bundle], object]


def changed(view: View, change: Change, *, sealed: bool = True) -> bytes:
    """Return a bundle with a change in it; if `sealed`, with the hash that then belongs to it."""
    found: Bundle = json.loads(write(bundle(view)))
    change(found)
    if sealed:
        found["meta"]["extension"][0]["valueString"] = hash_of(found)
    return write(found).encode()


def resources(found: Bundle, kind: str) -> list[Bundle]:
    """Return the resources of a kind."""
    return [e["resource"] for e in found["entry"] if e["resource"]["resourceType"] == kind]


def only(found: Bundle, kind: str) -> Bundle:
    """Return the one resource of a kind."""
    (resource,) = resources(found, kind)
    return resource


def items(found: Bundle) -> Iterator[Bundle]:
    """Yield every item of the answers that is no group."""
    waiting = [*only(found, "QuestionnaireResponse")["item"]]
    while waiting:
        item = waiting.pop(0)
        waiting = [*item.get("item", ()), *waiting]
        if "item" not in item:
            yield item


def item(found: Bundle, link: str) -> Bundle:
    """Return the first item of a question."""
    return next(each for each in items(found) if each["linkId"] == link)


def part(element: Bundle, url: str) -> Bundle:
    """Return the first extension of an element that has an address."""
    return next(each for each in element["extension"] if each["url"] == url)


def case_of(found: Bundle) -> Bundle:
    """Return the extension that says how the case stands."""
    return part(only(found, "Basic"), CASE)


def line(found: Bundle, place: int = 0) -> Bundle:
    """Return a line of the time line."""
    return [each for each in only(found, "Basic")["extension"] if each["url"] == DONE][place]


def given(found: Bundle, link: str) -> Bundle:
    """Return who gave the answer to a question, and when, with its number."""
    return part(item(found, link), ANSWERED)
