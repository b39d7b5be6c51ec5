"""Every bundle passes three validators of FHIR, and these find what is wrong where it is."""

import json
import re
from pathlib import Path

import pytest

from tests.export.validators.__main__ import exported
from tests.export.validators.running import HERE, MISSING, PACKAGES, Judged, are_there, judge
from tests.export.validators.seeded import ERRORS, a_whole_bundle, seeded
from tests.export.validators.seeded_table import PAGE, drawn

needs_node = pytest.mark.skipif(not are_there(), reason=MISSING)
EXAMPLES = PACKAGES / "hl7.fhir.r4.examples"
OURS = (
    "Basic", "Communication", "GuidanceResponse", "Observation", "Parameters", "Provenance",
    "Questionnaire", "QuestionnaireResponse", "ServiceRequest", "Task",
)  # fmt: skip
WRONG_IN_HL7 = {
    "Observation-blood-pressure-cancel.json": "display",
    "Observation-blood-pressure-dar.json": "display",
    "Observation-blood-pressure.json": "display",
    "Observation-clinical-gender.json": "target",
    "Questionnaire-qs1.json": "min",
}


def faulty(judged: Judged) -> str:
    return str(judged) if judged.finding else ""


@needs_node
def test_a_part_of_the_case_tables_and_of_the_random_cases_pass() -> None:
    judged = list(judge(exported(20, seed=1, every=20)))
    assert len(judged) > 50
    assert list(filter(None, map(faulty, judged))) == []


@needs_node
@pytest.mark.slow
def test_every_row_of_the_case_tables_and_two_thousand_random_cases_pass() -> None:
    judged = list(judge(exported(2000, seed=2)))
    assert len(judged) > 2800
    assert list(filter(None, map(faulty, judged))) == []


@pytest.fixture(scope="module")
def spoilt() -> dict[str, Judged]:
    return {each.name: each for each in judge([("right", a_whole_bundle()), *seeded()])}


@needs_node
def test_each_seeded_error_is_found_and_the_bundle_without_it_is_right(
    spoilt: dict[str, Judged],
) -> None:
    assert spoilt.pop("right").finding == ()
    assert {name: each.finding for name, each in spoilt.items() if not each.finding} == {}
    assert list(spoilt) == list(ERRORS)
    assert len(ERRORS) >= 20


@needs_node
def test_each_of_the_two_packages_finds_what_the_other_misses(spoilt: dict[str, Judged]) -> None:
    found = [set(each.finding) for each in spoilt.values()]
    for one, other in (("fhir", "medplum"), ("medplum", "fhir")):
        assert sum(one in each and other not in each for each in found) >= 3, one


@needs_node
def test_the_table_of_the_seeded_errors_is_fresh(spoilt: dict[str, Judged]) -> None:
    rest = [each for name, each in spoilt.items() if name != "right"]
    assert PAGE.read_text("utf-8") == drawn(rest)


@needs_node
def test_hl7s_own_examples_are_right_by_the_walk_along_its_definitions() -> None:
    """What it finds in them is wrong in them, such as a performer that is an Encounter."""
    files = [each for kind in OURS for each in sorted(EXAMPLES.glob(f"{kind}-*.json"))]
    judged = list(judge((each.name, json.loads(each.read_text("utf-8"))) for each in files))
    assert len(judged) > 100
    wrong = {each.name: each.found["hl7"] for each in judged if each.found["hl7"]}
    assert set(wrong) == set(WRONG_IN_HL7)
    for name, rule in WRONG_IN_HL7.items():
        assert any(f": {rule}: " in each for each in wrong[name])


def test_the_lock_has_versions_and_hashes_and_no_address() -> None:
    lock = json.loads((HERE / "package-lock.json").read_text("utf-8"))
    wanted = json.loads((HERE / "package.json").read_text("utf-8"))["dependencies"]
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert {f"node_modules/{name}" for name in wanted} <= set(packages)
    for name, each in packages.items():
        assert each.get("inBundle") or re.fullmatch(r"sha512-[\w+/=]+", each["integrity"]), name
        assert "resolved" not in each, name
    text = Path(HERE / "package-lock.json").read_text("utf-8")
    assert not re.search(r"registry|tarball|\.tgz", text)
