"""The cases of the case tables as somebody sees them, with the answers that lead to each."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.flows.triage import FLOW
from bot.logic.assessment import assess
from bot.logic.case_input import read_case
from bot.screens.view import View
from state.records import Answer, Value
from tests.conftest import NOON, stored_case

TABLES: Final = sorted((Path(__file__).parents[1] / "cases").glob("*.toml"))
ASKED: Final = {each.field: each.id for each in reversed(FLOW.questions.values())}


@cache
def table_views() -> tuple[tuple[str, View], ...]:
    """Return every row of the case tables by its name, as seen at its time."""
    return tuple(
        (f"{table.stem}: {row['name']}", table_view(row))
        for table in TABLES
        for row in tomllib.loads(table.read_text("utf-8"))["case"]
    )


def table_view(row: Mapping[str, Any]) -> View:
    given = json.loads(json.dumps(row["given"]))
    now = datetime.fromisoformat(row["now"]) if "now" in row else NOON
    policy = row.get("policy", "stepwise")
    case = replace(
        stored_case(),
        answers=tuple(Answer(key, value, "ann", NOON) for key, value in _answers(given)),
        policy=policy,
    )
    engine = Engine(_machine(), policy, UTC)
    standing = replace(
        engine.stand(case, now), assessment=assess(read_case(given), policy, now), settled=True
    )
    return View(case, standing, FLOW, now, UTC, "bleep 4321")


@cache
def _machine() -> FlowMachine:
    return FlowMachine(FLOW)


def _answers(given: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    """Yield the answers from which the flow would make these fields, in its order."""
    fields = {name: value for name, value in given.items() if value is not None}
    lesions = fields.pop("lesions", None)
    asked = {ASKED[name]: value for name, value in fields.items()}
    if lesions is not None:
        seen = "ct_lesions_seen" if fields.get("mri") == "not_possible" else "lesions_seen"
        asked[seen] = "some" if lesions else "none"
    yield from ((each, asked[each]) for each in FLOW.questions if each in asked)
    for number, lesion in enumerate(lesions or (), 1):
        yield from ((f"{name}.{number}", said) for name, said in lesion.items() if said is not None)
