"""The notices are sentences even if nothing is configured."""

import pytest

from bot.conversation.engine import Engine
from bot.conversation.replies import Notice
from bot.screens.draw import draw_notice
from bot.screens.notices import say_fail_safe
from tests.screens.views import view_of

KEPT = "Your answers are kept; /look shows where the case stands."


@pytest.mark.parametrize(
    "call", ["spinal coordinator, bleep 4321", " spinal coordinator, bleep 4321. "]
)
def test_the_fail_safe_text_names_the_local_number(call: str) -> None:
    assert say_fail_safe(call) == (
        "I cannot work this out. Treat any new deficit as an emergency and call spinal "
        f"coordinator, bleep 4321. {KEPT}"
    )


@pytest.mark.parametrize("call", ["", "  "])
def test_the_fail_safe_text_names_the_switchboard_where_no_number_is_set(call: str) -> None:
    assert say_fail_safe(call) == (
        "I cannot work this out. Treat any new deficit as an emergency and ask the switchboard "
        f"for the spinal surgeon. {KEPT}"
    )


def test_a_step_that_ends_in_a_question_has_no_full_stop_after_it(engine: Engine) -> None:
    view = view_of(engine, {"cord_signs": ["gait"], "blood_thinners": ["doac"]})
    assert draw_notice(Notice("new_step", "M7"), view).plain().endswith("last dose when?")
