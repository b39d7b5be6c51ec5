"""The reader reads our own lines as `test_lines_form.py` says that they are to be compared."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from bot.logic.urgency import LEVELS
from bot.reading.reader import Reading, read
from tests.reading.test_lines_form import LINES, WAYS, Line, each_line, holds, level, readings

LISTS = ("cord_signs", "blood_thinners", "dialysis_days")
NEARLY = 0.05  # of a converted number
LEAST_EXACT = 0.98
LEAST_EXACT_IN_A_WAY = 0.95


def same(one: object, other: object, field: str) -> bool:
    if field in LISTS and isinstance(one, list) and isinstance(other, list):
        return set(one) == set(other)
    if field == "lesions" and isinstance(one, list) and isinstance(other, list):
        return sorted(one, key=str) == sorted(other, key=str) or _as_sets(one) == _as_sets(other)
    numbers = all(
        isinstance(each, int | float) and not isinstance(each, bool) for each in (one, other)
    )
    if numbers:
        return abs(float(str(one)) - float(str(other))) <= NEARLY
    return one == other


def _as_sets(lesions: list[Mapping[str, str]]) -> set[frozenset[tuple[str, str]]]:
    return {frozenset(lesion.items()) for lesion in lesions}


def is_exact(reading: Reading, line: Line) -> bool:
    return any(
        reading.fields.keys() == fields.keys()
        and all(same(reading.fields[field], value, field) for field, value in fields.items())
        for fields in readings(line)
    )


def test_nearly_all_lines_are_read_exactly() -> None:
    exact = Counter(way for way, lines in WAYS.items() for line in lines if _is_exact(line))
    assert exact.total() >= LEAST_EXACT * len(LINES)
    shares = {way: exact[way] / len(lines) for way, lines in WAYS.items()}
    assert {way: share for way, share in shares.items() if share < LEAST_EXACT_IN_A_WAY} == {}


def _is_exact(line: Line) -> bool:
    return is_exact(read(line["text"]), line)


@each_line
def test_nothing_is_read_that_may_not_be(line: Line) -> None:
    fields: Mapping[str, Any] = read(line["text"]).fields
    wrong = [
        (field, value)
        for field, values in line["must_not"].items()
        for value in values
        if field in fields and holds(fields[field], value)
    ]
    assert wrong == []


@each_line
def test_an_urgency_too_low_is_not_silent(line: Line) -> None:
    reading = read(line["text"])
    if LEVELS.index(level(reading.fields)) < LEVELS.index(line["level"]):
        assert reading.unread


@each_line
def test_what_is_denied_is_seen_as_denied(line: Line) -> None:
    assert set(line["denied"]) <= set(read(line["text"]).denied)


@pytest.mark.parametrize("way", WAYS)
def test_words_that_matter_are_read(way: str) -> None:
    unread = {
        line["text"]: reading.unread_words
        for line in WAYS[way]
        if not line["unread_ok"]
        and is_exact(reading := read(line["text"]), line)
        and reading.unread
    }
    assert unread == {}
