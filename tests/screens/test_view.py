"""Answers as they are worded, including those that a later flow no longer offers."""

from datetime import UTC

import pytest

from bot.conversation.engine import Engine
from bot.screens.view import View
from tests.conftest import NOON, stored_case


@pytest.mark.parametrize(
    ("question", "value", "said"),
    [
        ("primary", "dragon", "dragon (no longer offered)"),
        ("cord_signs", ["gait", "wings"], "gait, wings (no longer offered)"),
        ("cord_signs", ["gait"], "Gait or balance"),
        ("cord_signs", [], "None of these"),
    ],
)
def test_an_option_that_has_gone_is_said_as_it_was_kept(
    engine: Engine, question: str, value: str | list[str], said: str
) -> None:
    case = stored_case().with_answer(question, value, "ann", NOON)
    view = View(case, engine.stand(case, NOON), engine.machine.flow, NOON, UTC, "")
    assert view.latest(question) == said
