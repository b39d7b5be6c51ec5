"""Every row of the case tables that a clinician reads and signs."""

import json
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.guidance.answer_json import to_json
from bot.logic.assessment import assess
from bot.logic.case_input import read_case
from tests.conftest import NOON

TABLES = sorted((Path(__file__).parents[1] / "cases").glob("*.toml"))
ROWS = [
    pytest.param(row, id=f"{table.stem}: {row['name']}")
    for table in TABLES
    for row in tomllib.loads(table.read_text("utf-8"))["case"]
]
KEYS = {"name", "given", "expect", "has", "lacks", "text", "policy", "now"}


@pytest.mark.parametrize("row", ROWS)
def test_row(row: dict[str, Any]) -> None:
    assert set(row) <= KEYS
    given = json.loads(json.dumps(row["given"]))
    now = datetime.fromisoformat(row["now"]) if "now" in row else NOON
    answer = to_json(assess(read_case(given), row.get("policy", "stepwise"), now))

    for path, expected in row["expect"].items():
        assert _at(answer, path) == (None if expected == "null" else expected), path
    said = {each["id"]: each["text"] for each in (*answer["actions"], *answer["warnings"])}
    assert set(row.get("has", ())) <= set(said)
    assert not set(row.get("lacks", ())) & set(said)
    for rule, part in row.get("text", {}).items():
        assert part in said[rule]


def test_there_are_enough_rows_and_each_has_its_own_name() -> None:
    names = [row.id for row in ROWS]
    assert len(names) >= 60
    assert len(set(names)) == len(names)


def _at(answer: Any, path: str) -> Any:
    for key in path.split("."):
        answer = answer[int(key)] if key.isdigit() else answer[key]
    return answer
