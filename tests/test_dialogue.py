"""A dialogue keyed by question gives each stated answer when it is asked for, or fails."""

import pytest

from bot.conversation.engine import Engine
from bot.service.service import Service
from state.records import Value
from tests.conftest import stored_case
from tests.dialogue import answer, answered, asked, triage


def test_what_is_not_stated_is_not_known_and_the_order_is_the_flows(engine: Engine) -> None:
    case = answered(engine, stored_case(), asia="D", cord_signs=["gait"]).case
    assert case.answers[0].question == "cord_signs"
    assert case.answers[-1].question == "asia"
    others = {key: case.latest[key] for key in case.latest if key not in ("cord_signs", "asia")}
    assert len(others) > 3
    assert set(others.values()) == {"unknown"}


def test_it_goes_on_until_the_question_that_is_named(service: Service) -> None:
    triage(service, cord_signs=["gait"], up_to="asia")
    assert asked(service) == "asia"
    answer(service, up_to="mri")
    assert asked(service) == "mri"


@pytest.mark.parametrize(
    "stated",
    [
        {"cord_signs": ["gait"], "radicular_deficit": "none"},
        {"cord_signs": ["gait"], "mri": "not_done", "level": "T7"},
        {"cord_signs": ["gait"], "nonsense": True},
        {"cord_signs": ["gait"], "asia": "D", "up_to": "infection_signs"},
    ],
    ids=["skipped", "waiting", "no question", "after the end"],
)
def test_an_answer_that_is_never_asked_for_fails(
    engine: Engine, service: Service, stated: dict[str, Value]
) -> None:
    with pytest.raises(AssertionError, match="never asked"):
        answered(engine, stored_case(), **stated)
    with pytest.raises(AssertionError, match="never asked"):
        triage(service, **stated)
