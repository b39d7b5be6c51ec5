"""What a case holds that FHIR has no place for: its record, and who the people in it are."""

from collections.abc import Iterator
from typing import Any

from bot.export.fhir.canonical import TIME_LINE
from bot.export.fhir.elements import (
    CASE,
    DONE,
    PERSON,
    RESOURCES,
    Resource,
    extension,
    extensions,
    instant,
    narrative,
    words,
)
from bot.export.fhir.people import ABOUT_PEOPLE, People
from bot.screens.time_line import say_entry, say_with_time
from bot.screens.view import View
from state.groups import is_group
from state.records import Entry, Told


def provenance(view: View, people: People, targets: list[str]) -> Resource:
    """Say who the people of a case are: the only place of a bundle that identifies them."""
    return {
        "resourceType": "Provenance",
        "target": [{"reference": each} for each in targets],
        "recorded": instant(view.now),
        "activity": {"text": words("names")["exported"]},
        "agent": [
            {"who": {"identifier": {"system": PERSON, "value": who}, "display": people.say(who)}}
            for who in people.ids
        ],
    }


def record(view: View, people: People, subject: Resource) -> Resource:
    """Return a case without its answers: how it stands, and its time line with all its lines."""
    lines = [say_with_time(view, each) for each in view.case.timeline]
    return {
        "resourceType": "Basic",
        **({"text": narrative(lines)} if lines else {}),
        "extension": [
            extensions(CASE, _parts(view, people)),
            *(_line(view, people, each) for each in view.case.timeline),
        ],
        "code": {
            "coding": [{"system": RESOURCES, "code": "case"}],
            "text": words("names")["record"],
        },
        "subject": subject,
        "author": people.reference(view.case.owner),
    }


def _parts(view: View, people: People) -> Iterator[dict[str, Any]]:
    case = view.case
    yield extension("status", "Code", case.status)
    yield extension("begun", "DateTime", instant(case.begun_at))
    yield extension("touched", "DateTime", instant(case.touched_at))
    yield extension("owner", "String", people.say(case.owner))
    if is_group(case.chat):
        yield extension("group", "String", case.chat)
    else:
        yield extension("chat", "String", people.say(case.chat))
    if case.thread is not None:
        yield extension("topic", "Integer", case.thread)
    yield extension("flow", "String", case.flow)
    yield extension("fingerprint", "String", case.fingerprint)
    yield extension("ruleset", "String", case.ruleset)
    if case.policy:
        yield extension("policy", "Code", case.policy)
    if case.told:
        yield extensions("told", _told(case.told))
    if case.revisiting:
        yield extension("revisiting", "String", case.revisiting)
    if case.adding:
        yield extension("adding", "Boolean", True)


def _told(told: Told) -> Iterator[dict[str, Any]]:
    yield extension("level", "Code", told.level)
    if told.hours is not None:
        yield extension("hours", "Integer", told.hours)
    yield extension("steroid", "Code", told.steroid)


def _line(view: View, people: People, entry: Entry) -> dict[str, Any]:
    kind = {"system": TIME_LINE, "code": entry.kind, "display": say_entry(view, entry)}
    parts = [extension("kind", "Coding", kind)]
    if entry.kind in ABOUT_PEOPLE and entry.detail:
        parts.append(extension("person", "String", people.say(entry.detail)))
    elif entry.detail:
        parts.append(extension("detail", "String", entry.detail))
    parts.append(extension("at", "DateTime", instant(entry.at)))
    parts.append(extension("by", "String", people.say(entry.who)))
    return extensions(DONE, parts)
