"""The typed lines in `lines/` are well formed, and each level is what the rules give.

Each file is a way of writing, a topic or a set of referrals; each `[[line]]` is a line with its
right reading:

- `fields`: what the line says, in the case's own JSON form; compared exactly, lists as sets.
- `also`: complete alternatives that are as right.
- `denied`: findings that are at least seen as denied, without settling a field.
- `must_not`: values that may not be read: "*" any value, [] the empty list, an object under
  `lesions` any lesion with these values.
- `level`: the stepwise urgency by definite rules alone; `no_mri` also when none fires.
- `unread_ok`: false if every word that bears on the case has to be read.
- `identifiers`: strings that may not be stored or shown again; all are invented.
"""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.logic.case import Case
from bot.logic.case_input import read_case
from bot.logic.findings import find
from bot.logic.urgency import (
    EMERGENCY_RULES,
    LEVELS,
    SOON_WITHIN_HOURS,
    URGENT_WITHIN_HOURS,
    fired,
    limit_hours,
)

FOLDER = Path(__file__).parent / "lines"
LEAST_LINES = 420
LEAST_WAYS = 7
LEAST_IN_A_WAY = 30
LEAST_SHARE = 0.3  # of emergencies, and of lines that say what may not be read
FEWEST_WORDS, MOST_WORDS = 2, 40
REQUIRED = {"id", "text", "fields", "denied", "must_not", "level", "unread_ok"}
OPTIONAL = {"also", "why", "identifiers"}
NEED_THE_DATE = {"opened_at", "last_dialysis", "next_dialysis", "last_blood_thinner"}
SIGNS = {
    "weakness", "gait", "sensory_level", "saddle_anaesthesia", "bladder", "bowel", "umn_signs",
    "lhermitte",
}  # fmt: skip

Line = Mapping[str, Any]
WAYS: Mapping[str, list[Line]] = {
    path.stem: tomllib.loads(path.read_text("utf-8"))["line"]
    for path in sorted(FOLDER.glob("*.toml"))
}
LINES = [line for lines in WAYS.values() for line in lines]


def each_line(check: Callable[[Line], None]) -> Callable[[str], None]:
    """Make a check of a line one test for each way of writing that names the lines that fail."""

    def test(way: str) -> None:
        failed = dict[str, str]()
        for line in WAYS[way]:
            try:
                check(line)
            except AssertionError as error:
                failed[line["id"]] = f"{line['text']}: {error}"
        assert failed == {}

    test.__name__, test.__doc__ = check.__name__, check.__doc__
    return pytest.mark.parametrize("way", WAYS)(test)


def readings(line: Line) -> Iterator[dict[str, Any]]:
    yield line["fields"]
    yield from line.get("also", ())


def level(fields: dict[str, Any]) -> str:
    """Return the stepwise level by definite rules alone."""
    found = find(read_case(fields))
    rules = tuple(rule for rule in fired(found) if not rule.endswith("?"))
    if found.compression_confirmed or any(rule in EMERGENCY_RULES for rule in rules):
        return "emergency"
    hours = limit_hours(rules, "stepwise")
    if found.some_unstable or (hours is not None and hours <= URGENT_WITHIN_HOURS):
        return "urgent"
    if hours is None:
        return "no_mri"
    return "soon" if hours <= SOON_WITHIN_HOURS else "routine"


def holds(value: object, banned: object) -> bool:
    """Return whether the value of a field is, or contains, what may not be read."""
    if banned == "*":
        return True
    if not isinstance(value, list) or banned == []:
        return value == banned
    if isinstance(banned, dict):
        return any(banned.items() <= lesion.items() for lesion in value)
    return banned in value


def test_there_are_enough_lines_of_every_kind() -> None:
    assert len(WAYS) >= LEAST_WAYS
    assert len(LINES) >= LEAST_LINES
    assert {way: len(lines) for way, lines in WAYS.items() if len(lines) < LEAST_IN_A_WAY} == {}
    emergencies = sum(line["level"] == "emergency" for line in LINES)
    traps = sum(bool(line["must_not"]) for line in LINES)
    assert emergencies >= LEAST_SHARE * len(LINES)
    assert traps >= LEAST_SHARE * len(LINES)


def test_no_id_and_no_text_comes_twice() -> None:
    for key in ("id", "text"):
        counts = Counter(line[key].casefold() for line in LINES)
        assert [value for value, count in counts.items() if count > 1] == []


def test_the_ids_of_a_way_share_a_name_and_count_up() -> None:
    for lines in WAYS.values():
        name = lines[0]["id"].rpartition("-")[0]
        expected = [f"{name}-{number:03}" for number in range(1, len(lines) + 1)]
        assert [line["id"] for line in lines] == expected


@each_line
def test_a_line_has_the_agreed_form(line: Line) -> None:
    assert set(line) >= REQUIRED
    assert set(line) <= REQUIRED | OPTIONAL
    assert line["text"] == line["text"].strip()
    assert FEWEST_WORDS <= len(line["text"].split()) <= MOST_WORDS
    assert line["level"] in LEVELS
    assert set(line["denied"]) <= SIGNS | set(Case.model_fields)
    assert set(line["must_not"]) <= set(Case.model_fields)
    assert [said for said in line.get("identifiers", ()) if said not in line["text"]] == []


@each_line
def test_a_reading_is_a_case(line: Line) -> None:
    for fields in readings(line):
        read_case(fields)
        assert not NEED_THE_DATE & set(fields)
        assert "unknown" not in fields.values()
    keys = [sorted(fields.items(), key=str) for fields in readings(line)]
    assert all(key not in keys[:place] for place, key in enumerate(keys))


@each_line
def test_no_reading_holds_what_may_not_be_read_or_was_denied(line: Line) -> None:
    for fields in readings(line):
        for field, values in line["must_not"].items():
            assert not any(field in fields and holds(fields[field], value) for value in values)
        assert not set(line["denied"]) & set(fields.get("cord_signs", ()))


@each_line
def test_the_level_is_what_the_definite_rules_give(line: Line) -> None:
    assert level(line["fields"]) == line["level"]
    worst = LEVELS.index(line["level"])
    assert all(LEVELS.index(level(fields)) >= worst for fields in line.get("also", ()))
