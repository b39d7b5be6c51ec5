"""Every rule that has a text can be found to apply to a case."""

from datetime import timedelta
from random import Random

import pytest

from bot.conversation.machine import FlowMachine
from bot.guidance.reasons import every_rule
from bot.guidance.texts import guidance
from bot.logic.assessment import assess
from bot.logic.case_input import read_case
from tests.conftest import NOON
from tests.conversation.paths import Chance
from tests.logic.random_cases import random_case

SEEDS = 3000


@pytest.mark.slow
def test_every_rule_with_a_text_holds_for_some_case(machine: FlowMachine) -> None:
    held = set[str]()
    for seed in range(SEEDS):
        case = machine.replay(Chance(seed), "stepwise").facts.case
        begun = case.model_copy(update={"opened_at": NOON - timedelta(days=seed % 20)})
        held |= set(every_rule(assess(begun, "stepwise", NOON)))
    chance = Random(1)
    for _ in range(SEEDS):
        held |= set(every_rule(assess(read_case(random_case(chance)), "stepwise", NOON)))
    assert held == set(guidance())
