"""Every row of the case tables that a clinician reads and signs.

`says` and `silent` name sentences of a rule that fires, such as "G12.dialysis": a note of its
text or of its card line, or "text" itself where another sentence takes its place.
"""

import ast
import json
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.guidance.answer_json import to_json
from bot.guidance.reasons import every_rule
from bot.guidance.texts import guidance
from bot.logic.assessment import assess
from bot.logic.case_input import read_case
from bot.logic.urgency import explain_treatment_clock
from tests.conftest import NOON

TABLES = sorted((Path(__file__).parents[1] / "cases").glob("*.toml"))
LOGIC = Path(__file__).parents[2] / "bot" / "logic"
ROWS = [
    pytest.param(row, id=f"{table.stem}: {row['name']}")
    for table in TABLES
    for row in tomllib.loads(table.read_text("utf-8"))["case"]
]
KEYS = {"name", "given", "expect", "has", "lacks", "text", "says", "silent", "policy", "now"}
EVERY_SENTENCE = {
    f"{rule}.{key.removeprefix('card_').removeprefix('and_')}"
    for rule, entry in guidance().items()
    for key in entry.sentences
    if key not in ("card", "card_with")
}
NOTES = {sentence for sentence in EVERY_SENTENCE if not sentence.endswith(".text")}
REPLACED = {
    "B5.text", "C1.text", "D2.text", "D3.text", "D8.text", "D9.text", "G1.text", "G3.text",
    "G13.text", "G15.text", "I1.text", "I2.text", "I3.text", "I6.text", "I7.text", "I8.text",
    "M1.text", "M3.text", "M7.text", "S2.text", "U11.text", "await_mri.text",
    "clarify_diagnosis.text",
}  # fmt: skip
ALWAYS_SAID = {"B8.calcitonin", "G12.ecg", "G12.glucose"}
NEVER_SAID = {"nice_coordinator.text"}


@pytest.mark.parametrize("row", ROWS)
def test_row(row: dict[str, Any]) -> None:
    assert set(row) <= KEYS
    given = json.loads(json.dumps(row["given"]))
    now = datetime.fromisoformat(row["now"]) if "now" in row else NOON
    result = assess(read_case(given), row.get("policy", "stepwise"), now)
    answer = to_json(result)

    for path, expected in row["expect"].items():
        assert _at(answer, path) == (None if expected == "null" else expected), path
    said = {each["id"]: each["text"] for each in (*answer["actions"], *answer["warnings"])}
    assert set(row.get("has", ())) <= set(said)
    for rule, part in row.get("text", {}).items():
        assert part in said[rule]

    fired = every_rule(result)
    if result.treatment_due is not None:
        fired["treatment_clock"] = explain_treatment_clock(result.found)
    assert not set(row.get("lacks", ())) & set(fired)
    sentences = {f"{rule}.{note}" for rule in fired for note in fired[rule].say}
    says, silent = set(row.get("says", ())), set(row.get("silent", ()))
    assert says | silent <= EVERY_SENTENCE
    assert says <= sentences
    assert not silent & sentences
    assert {_rule(sentence) for sentence in silent} <= set(fired), "silent: the rule must fire"
    assert {f"{rule}.text" for rule in fired} - sentences <= REPLACED | NEVER_SAID
    assert {each for each in ALWAYS_SAID if _rule(each) in fired} <= sentences


def test_there_are_enough_rows_and_each_has_its_own_name() -> None:
    names = [row.id for row in ROWS]
    assert len(names) >= 500
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("key", ["says", "silent"])
def test_every_note_is_said_in_one_row_and_left_unsaid_in_another(key: str) -> None:
    named = {sentence for row in ROWS for sentence in row.values[0].get(key, ())}
    needed = NOTES | REPLACED if key == "says" else (NOTES | REPLACED) - ALWAYS_SAID
    assert sorted(needed - named) == []


def test_every_note_that_the_rules_name_has_a_sentence() -> None:
    named = {f"{rule}.{note}" for rule, note in _notes_in_code()}
    assert len(named) >= 25
    assert sorted(named - NOTES) == []


def _notes_in_code() -> Iterator[tuple[str, str]]:
    """Return rule and note of every `fire("G12", …, dialysis=…)`."""
    for path in LOGIC.glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            match call:
                case ast.Call(func=ast.Name("fire"), args=[ast.Constant(str(rule)), *_]):
                    yield from ((rule, str(keyword.arg)) for keyword in call.keywords)


def _at(answer: Any, path: str) -> Any:
    for key in path.split("."):
        answer = answer[int(key)] if key.isdigit() else answer[key]
    return answer


def _rule(sentence: str) -> str:
    return sentence.partition(".")[0]
