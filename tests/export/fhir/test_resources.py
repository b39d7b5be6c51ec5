"""What the resources of a bundle say: scores, the scan and how far it is, calls, advice."""

from datetime import UTC, timedelta
from typing import Any

import pytest

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.export.fhir.bundle import bundle
from bot.export.fhir.elements import SET_ASIDE
from bot.flows.triage import FLOW
from bot.screens.view import View
from state.records import Entry, StoredCase, Value
from tests.conftest import NOON, stored_case
from tests.export.fhir.bundles import Bundle, item, only, resources
from tests.export.fhir.test_round_trip import view_of

EMERGENCY: dict[str, Value] = {
    "cord_signs": ["gait"], "infection_signs": False, "renal": "normal", "cancer": "known",
    "primary": "breast", "blood_thinners": [],
}  # fmt: skip
LESION: dict[str, Value] = {
    "level": "T6", "escc": "2", "pain": "mechanical", "bone": "lytic", "alignment": "normal",
    "collapse": "lt50", "posterolateral": "none",
}  # fmt: skip
LATER = NOON + timedelta(hours=1)


def case_with(answers: dict[str, Value], *noted: str) -> StoredCase:
    case = stored_case()
    for key, value in answers.items():
        case = case.with_answer(key, value, "ann", NOON)
    for minute, kind in enumerate(noted, 1):
        name, _, detail = kind.partition(" ")
        case = case.with_entry(Entry(name, detail, "ann", NOON + timedelta(minutes=minute)))
    return case


def drawn(answers: dict[str, Value], *noted: str) -> Bundle:
    return bundle(view_of(case_with(answers, *noted), LATER))


def lesion(**other: Value) -> dict[str, Value]:
    """Return the answers that lead to one lesion."""
    read: dict[str, Value] = {"asia": "C", "walking": "aided", "mri": "done"}
    said = {f"{name}.1": value for name, value in {**LESION, **other}.items()}
    return {**EMERGENCY, **read, "lesions_seen": "some", **said}


def observed(found: Bundle, text: str) -> Bundle:
    (one,) = [each for each in resources(found, "Observation") if text in each["code"]["text"]]
    return one


def test_a_whole_score_is_a_number_with_its_items_and_their_points() -> None:
    sins = observed(drawn(lesion()), "SINS")
    assert sins["valueQuantity"]["value"] == 1 + 3 + 2 + 0 + 2 + 0
    assert (sins["status"], sins["interpretation"]) == ("final", [{"text": "potentially unstable"}])
    points = [each["interpretation"][0]["text"] for each in sins["component"]]
    assert points == [f"{n} points" for n in (1, 3, 2, 0, 2, 0)]
    assert sins["bodySite"]["text"] == "T6"
    bands = [(b["low"]["value"], b["high"]["value"]) for b in sins["referenceRange"]]
    assert bands == [(0, 6), (7, 12), (13, 18)]


def test_a_score_with_items_missing_is_a_range_and_preliminary() -> None:
    sins = observed(drawn(lesion(pain="unknown", bone="unknown")), "SINS")
    low, high = sins["valueRange"]["low"]["value"], sins["valueRange"]["high"]["value"]
    assert (low, high, sins["status"]) == (3, 8, "preliminary")
    missing = [each for each in sins["component"] if "dataAbsentReason" in each]
    assert len(missing) == 2 and not any("valueCodeableConcept" in each for each in missing)
    assert sins["interpretation"] == [{"text": "band open"}]


def test_escc_and_asia_are_the_grades_that_were_reported() -> None:
    found = drawn(lesion())
    assert observed(found, "ESCC")["valueCodeableConcept"]["coding"][0]["code"] == "escc.2"
    assert observed(found, "ASIA")["valueCodeableConcept"]["coding"][0]["code"] == "asia.C"
    assert not [each for each in resources(drawn(EMERGENCY), "Observation")]


def test_calcium_is_given_as_measured_and_adjusted() -> None:
    found = drawn({**EMERGENCY, "potassium": 5.1, "calcium": 2.2, "albumin": 30})
    measured, adjusted = observed(found, "Calcium"), observed(found, "Adjusted calcium")
    assert measured["valueQuantity"]["value"] == 2.2
    assert adjusted["valueQuantity"]["value"] == 2.4
    assert adjusted["code"]["coding"][0]["code"] == "29265-6"
    assert {each["valueQuantity"]["code"] for each in (measured, adjusted)} == {"mmol/L"}


STATES: dict[str, tuple[dict[str, Value], tuple[str, ...], tuple[str, str, str]]] = {
    "due": (EMERGENCY, (), ("draft", "proposal", "draft")),
    "requested": (EMERGENCY, ("mri_requested",), ("active", "order", "requested")),
    "taken back": (EMERGENCY, ("mri_requested", "undone 1"), ("draft", "proposal", "draft")),
    "done": (
        {**EMERGENCY, "mri": "done"},
        ("mri_requested", "mri_done"),
        ("completed", "order", "completed"),
    ),
}


@pytest.mark.parametrize("name", STATES)
def test_the_scan_is_as_far_as_was_noted(name: str) -> None:
    answers, noted, expected = STATES[name]
    found = drawn(answers, *noted)
    scan, task = only(found, "ServiceRequest"), only(found, "Task")
    assert (scan["status"], scan["intent"], task["status"]) == expected
    assert scan["priority"] == task["priority"] == "stat"
    by = "2026-11-23T00:00:00+00:00"
    assert scan["occurrencePeriod"]["end"] == task["restriction"]["period"]["end"] == by
    address = next(e["fullUrl"] for e in found["entry"] if e["resource"] == scan)
    assert task["focus"] == {"reference": address}


def test_nothing_is_requested_where_no_scan_is_due() -> None:
    calm: dict[str, Value] = {
        "cord_signs": [], "radicular_deficit": "none", "radicular_pain": "none",
        "back_pain": False,
    }  # fmt: skip
    assert resources(drawn(calm), "ServiceRequest") == resources(drawn(calm), "Task") == []


def test_a_call_that_was_taken_back_is_entered_in_error() -> None:
    found = drawn(EMERGENCY, "called surgeon", "called nephrology", "undone 1")
    first, second = resources(found, "Communication")
    assert (first["status"], second["status"]) == ("entered-in-error", "completed")
    assert first["recipient"] == [{"display": "Spinal surgeon"}]
    assert second["payload"] == [{"contentString": "Called: nephrology"}]
    assert second["sent"] == "2026-11-22T12:02:00+00:00"


def test_advice_says_whether_an_answer_is_needed() -> None:
    statuses = [
        only(drawn(each), "GuidanceResponse")["status"] for each in ({"cord_signs": []}, EMERGENCY)
    ]
    assert statuses == ["data-required", "data-requested"]


def test_an_answer_that_is_no_longer_asked_for_is_marked() -> None:
    dialysed: dict[str, Value] = {**EMERGENCY, "renal": "haemodialysis", "access": "catheter"}
    found = drawn({**dialysed, "egfr": 20, "cord_signs": ["gait"]})
    assert SET_ASIDE in [each["url"] for each in item(found, "egfr")["extension"]]
    assert SET_ASIDE not in [each["url"] for each in item(found, "renal")["extension"]]


def test_ids_are_those_of_the_case_and_no_two_alike() -> None:
    def addresses(found: dict[str, Any]) -> list[str]:
        return [each["fullUrl"] for each in found["entry"]]

    case = case_with(lesion(), "called surgeon")
    found, later = (bundle(view_of(case, LATER + timedelta(days=n))) for n in (0, 1))
    assert addresses(found) == addresses(later) and len({*addresses(found)}) > 8
    assert all(each["fullUrl"] == f"urn:uuid:{each['resource']['id']}" for each in found["entry"])
    engine = Engine(FlowMachine(FLOW), "stepwise", UTC)
    other = engine.new_case("KES-43", "chat", "ann", NOON)
    another = bundle(View(other, engine.stand(other, LATER), FLOW, LATER, UTC, ""))
    assert not {*addresses(found)} & {*addresses(another)}
