"""Codes of public terminologies: check digits, sources, and that each used one is listed."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from bot.export.fhir.bundle import bundle
from bot.export.fhir.codes import body_site, codings, concept, quantity, unit
from bot.export.fhir.questionnaire import questionnaire
from bot.flows.grammar import Number
from bot.flows.triage import FLOW
from bot.logic.case import Level
from bot.screens.view import View
from tests.export.random_cases import random_views
from tests.export.table_cases import table_view

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "export-codes.md"
MODULES = sorted((ROOT / "bot" / "export").rglob("*.py"))
LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
_TIMES = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 4, 0, 6, 7, 8, 9, 5), (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7), (4, 0, 1, 2, 3, 9, 5, 6, 7, 8), (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2), (7, 6, 5, 9, 8, 2, 1, 0, 4, 3), (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)  # fmt: skip
_MOVED = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def _permutations() -> Iterator[tuple[int, ...]]:
    row: tuple[int, ...] = _MOVED[0]
    for _ in range(8):
        yield row
        row = tuple(_MOVED[1][each] for each in row)


def verhoeff(digits: str) -> bool:
    """Return whether an id ends in its check digit by Verhoeff, as each of SNOMED CT does."""
    rows, check = tuple(_permutations()), 0
    for place, digit in enumerate(reversed(digits)):
        check = _TIMES[check][rows[place % 8][int(digit)]]
    return check == 0


def mod_10(code: str) -> bool:
    """Return whether a code such as 2823-3 ends in its check digit by Luhn, as each of LOINC."""
    number, _, check = code.partition("-")
    doubled = [int(each) * (2 if n % 2 == 0 else 1) for n, each in enumerate(reversed(number))]
    return str(-sum(each // 10 + each % 10 for each in doubled) % 10) == check


def of(system: str) -> list[str]:
    return sorted(each["code"] for each in codings().values() if each["system"] == system)


@pytest.mark.parametrize("code", of(SNOMED))
def test_a_snomed_id_ends_in_its_check_digit_and_is_a_concept(code: str) -> None:
    assert verhoeff(code)
    assert code[-3:-1] in ("00", "10"), "the partition of concepts"


@pytest.mark.parametrize("code", of(LOINC))
def test_a_loinc_code_ends_in_its_check_digit(code: str) -> None:
    assert mod_10(code)


def test_the_check_digits_find_a_slip() -> None:
    assert not verhoeff("241645009")
    assert not verhoeff("241654008")
    assert not mod_10("2823-4")
    assert not mod_10("8223-3")


def test_no_code_stands_twice() -> None:
    seen = [(each["system"], each["code"]) for each in codings().values()]
    assert len(seen) == len(set(seen))


def test_the_page_says_where_each_code_was_looked_up() -> None:
    rows = {row[0]: row for row in _rows()}
    for each in codings().values():
        if each["system"] in (LOINC, SNOMED):
            code, display, source = rows[each["code"]][:3]
            assert display == each["display"], code
            assert source, code
    assert set(rows) == {*of(LOINC), *of(SNOMED)}


def _rows() -> Iterator[list[str]]:
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [each.strip() for each in line.strip("|").split("|")]
        if len(cells) == 3 and re.fullmatch(r"\d[\d-]+", cells[0]):
            yield cells


def test_no_code_of_a_terminology_stands_in_the_modules() -> None:
    """Every code comes from the file, so that what holds for the file holds for the export."""
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said = node.value
                assert not re.fullmatch(r"\d{6,18}|\d{3,7}-\d", said), f"{module}: {said}"
                assert not said.startswith((LOINC, SNOMED)), f"{module}: {said}"


def test_every_level_has_a_body_site() -> None:
    sites = {level: body_site(level) for level in get_args(Level)}
    assert all(site["text"] == level for level, site in sites.items())
    assert sites["T8"]["coding"][0]["display"] == "T8 vertebra"
    assert sites["S3"]["coding"][0]["display"] == "Sacrum"
    levels = [level for level in sites if level not in ("C0", "S2", "S3", "S4", "S5")]
    assert all(sites[level]["coding"][0]["display"] == f"{level} vertebra" for level in levels)


def test_every_number_of_the_flow_has_a_unit_of_ucum() -> None:
    numbers = [each for each in FLOW.questions.values() if isinstance(each, Number)]
    assert len(numbers) >= 8
    for each in numbers:
        assert quantity(each.low, each.unit)["unit"] == each.unit
        assert unit(each.unit)["code"]


def test_a_whole_number_is_written_without_a_point_and_a_concept_without_code_is_text() -> None:
    assert repr(quantity(2.0, "mmol/L")["value"]) == "2"
    assert quantity(2.15, "mmol/L")["value"] == 2.15
    assert concept("SINS") == {"text": "SINS"}
    assert concept("Potassium", "potassium")["coding"][0]["code"] == "2823-3"


def test_every_code_of_the_file_is_used_and_no_other() -> None:
    """By the Questionnaire and by random cases with every level."""
    views = (*random_views(120), *_with_every_level())
    used = {
        (each["system"], each["code"], each.get("display"))
        for resource in (questionnaire(FLOW), *map(bundle, views))
        for each in _codings(resource)
        if each["system"].startswith("http") and each["system"] != UCUM
    }
    assert used == {(e["system"], e["code"], e["display"]) for e in codings().values()}


def _with_every_level() -> Iterator[View]:
    lesions = [{"level": level, "escc": "1b"} for level in get_args(Level)]
    for each in lesions:
        yield table_view({"given": {"cancer": "known", "mri": "done", "lesions": [each]}})


def _codings(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "system" in value and "code" in value:
            yield value
        for each in value.values():
            yield from _codings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _codings(each)
