"""Reads a case back from a bundle that CordCall has exported; anything else is refused."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.export.fhir.bundle import hash_of
from bot.export.fhir.canonical import CASE_CODES, address, fingerprint
from bot.export.fhir.checking import check
from bot.export.fhir.elements import CASE, DONE, HASH
from bot.export.fhir.parsing import parse
from bot.export.fhir.people import ABOUT_PEOPLE
from bot.export.fhir.read_answers import read_answers
from bot.export.fhir.read_people import GROUP_ID, ReadPeople
from bot.export.fhir.taking import (
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
from bot.flows.grammar import Flow
from bot.refusal import Refusal
from state.records import Entry, Status, StoredCase, Told

STATUSES: Final[tuple[Status, ...]] = ("open", "waiting", "closed")
ONLY_CORDCALL: Final = "a bundle that CordCall has exported"


@dataclass(frozen=True, slots=True)
class ReadCase:
    """A case as it was exported, and when."""

    case: StoredCase
    exported_at: datetime


def read_case(data: bytes, flow: Flow) -> ReadCase:
    """Read a case with all its answers and its time line, whom they are of and when.

    Raises Refusal, in one line, if that is not what is given, or if it holds what no conversation
    could have led to.
    """
    found = element(parse(data), "a bundle")
    if found.get("resourceType") != "Bundle" or found.get("type") != "collection":
        raise refused("resourceType", found.get("resourceType"), ONLY_CORDCALL)
    _require_whole(found)
    response = _only(found, "QuestionnaireResponse")
    _require_version(text(response, "questionnaire"), flow)
    people = ReadPeople.of(_only(found, "Provenance"))
    identifier = element(found.get("identifier"), "identifier")
    if text(identifier, "system") != CASE_CODES:
        raise refused("identifier", text(identifier, "system"), ONLY_CORDCALL)
    record = _only(found, "Basic")
    exported_at = moment(found.get("timestamp"), "timestamp")
    case = StoredCase(
        code=text(identifier, "value"),
        **_parts(record, people),
        answers=read_answers(response, flow, people),
        timeline=tuple(_entry(each, people) for each in extended(record, DONE)),
    )
    check(case, flow, exported_at)
    return ReadCase(case, exported_at)


def _require_whole(found: Element) -> None:
    """Raise Refusal if it is not as it was exported."""
    kept = said(element(found.get("meta", {}), "meta"), HASH)
    if not kept:
        raise Refusal(f"no hash of CordCall in it; allowed: {ONLY_CORDCALL}")
    if kept != hash_of(found):
        raise Refusal("it was changed or damaged since its export; allowed: one left as it was")


def _only(found: Element, kind: str) -> Element:
    """Return the one resource of a kind."""
    resources = [element(each.get("resource"), "resource") for each in elements(found, "entry")]
    of_kind = [each for each in resources if each.get("resourceType") == kind]
    if len(of_kind) != 1:
        raise refused(kind, f"{len(of_kind)} times", "once")
    return of_kind[0]


def _require_version(named: str, flow: Flow) -> None:
    """Raise Refusal if the answers are to another questionnaire, or to another version of it."""
    if named.partition("|")[0] != address(flow):
        raise refused("questionnaire", named, ONLY_CORDCALL)
    if fingerprint(named) != flow.fingerprint:
        here = f"{flow.fingerprint}, as in this CordCall"
        raise refused("version of the questions", fingerprint(named), here)


def _parts(record: Element, people: ReadPeople) -> dict[str, Any]:
    """Read how a case stands, besides its answers and its time line."""
    found = extended(record, CASE)
    if len(found) != 1:
        raise refused("record of the case", f"{len(found)} times", "once")
    case = found[0]
    status, group = said(case, "status", "Code"), said(case, "group")
    if status not in STATUSES:
        raise refused("status", status, ", ".join(STATUSES))
    if group and not GROUP_ID.fullmatch(group):
        raise refused("group", group, "the id of a group")
    told = extended(case, "told")
    return {
        "chat": group or people.who(said(case, "chat")),
        "owner": people.who(said(case, "owner")),
        "status": status,
        "begun_at": moment(part(case, "begun", "DateTime"), "begun"),
        "touched_at": moment(part(case, "touched", "DateTime"), "touched"),
        "thread": number(case, "topic", "Integer"),
        "flow": said(case, "flow"),
        "fingerprint": said(case, "fingerprint"),
        "ruleset": said(case, "ruleset"),
        "policy": said(case, "policy", "Code"),
        "told": _told(told[0]) if told else None,
        "revisiting": said(case, "revisiting") or None,
        "adding": truth(case, "adding"),
    }


def _told(given: Element) -> Told:
    hours = number(given, "hours", "Integer")
    return Told(said(given, "level", "Code"), hours, said(given, "steroid", "Code"))


def _entry(given: Element, people: ReadPeople) -> Entry:
    """Read one line of the time line."""
    kind = text(element(part(given, "kind", "Coding"), "kind"), "code")
    person, detail = said(given, "person"), said(given, "detail")
    if bool(person) > (kind in ABOUT_PEOPLE) or (kind in ABOUT_PEOPLE and detail):
        raise refused(kind, person or detail)
    at = moment(part(given, "at", "DateTime"), "at")
    named = people.who(person) if person else detail
    return Entry(kind, named, people.who(said(given, "by")), at)
