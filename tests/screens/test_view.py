"""Answers as they are worded, also those no longer offered, and what is said of a view once."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from bot.conversation.engine import Engine
from bot.screens.screen import say_line
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View
from tests.conftest import NOON, stored_case
from tests.screens.views import view_of


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


def test_what_is_said_once_is_not_carried_over_to_another_view(engine: Engine) -> None:
    view = view_of(engine, {"cord_signs": ["gait"]})
    first = say_line(urgency_line(view))
    later = replace(view, now=view.now + timedelta(hours=1))
    assert urgency_line(view) is urgency_line(view)
    assert "(in 12 h)" in first and "(in 11 h)" in say_line(urgency_line(later))
    unsettled = replace(view, standing=replace(view.standing, settled=False))
    assert urgency_line(unsettled) == ()
