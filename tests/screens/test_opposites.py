"""No card or plan contains both sides of a pair of opposites, whatever the case."""

import re
from dataclasses import replace
from datetime import UTC

import pytest

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.screens.card import MOST_LINES, draw_card
from bot.screens.drawn_lines import screen_lines
from bot.screens.plan import draw_section, filled_sections
from bot.screens.view import View
from state.records import Entry
from tests.conftest import NOON
from tests.limits import assert_fits
from tests.opposites import OPPOSITES, clashes
from tests.screens.views import STABLE_LESION, random_view, view_of

CASES = 600
STABLE = {
    "cord_signs": ["umn_signs"], "infection_signs": False, "cancer": "known", "mri": "done",
    "renal": "haemodialysis", "lesions": [STABLE_LESION],
}  # fmt: skip
CEMENT = {
    "cord_signs": [], "radicular_deficit": "none", "radicular_pain": "none", "back_pain": True,
    "infection_signs": False, "cancer": "known", "mri": "done",
    "lesions": [STABLE_LESION | {"escc": "1a", "pain": "non_mechanical", "collapse": "lt50"}],
}  # fmt: skip
SURGERY = {
    "cord_signs": ["gait"], "radicular_deficit": "none", "radicular_pain": "none",
    "infection_signs": False, "cancer": "known", "primary": "lung", "mri": "done", "asia": "C",
    "life_expectancy": "ge3m", "ecog": 1, "lesions": [STABLE_LESION | {"escc": "2"}],
}  # fmt: skip
CLEAN = {
    "cord_signs": [], "radicular_deficit": "none", "radicular_pain": "bilateral",
    "infection_signs": False, "cancer": "known", "mri": "done", "lesions": [],
}  # fmt: skip


@pytest.fixture(scope="module")
def whole_engine(machine: FlowMachine) -> Engine:
    return Engine(machine, "stepwise", UTC)


@pytest.fixture(scope="module", params=[120, pytest.param(CASES, marks=pytest.mark.slow)])
def said(whole_engine: Engine, request: pytest.FixtureRequest) -> list[str]:
    engine = whole_engine
    begun = (Entry("treatment_begun", "", "ann", NOON),)
    given = [view_of(engine, STABLE), view_of(engine, STABLE, noted=begun)]
    given += [view_of(engine, CEMENT), view_of(engine, SURGERY), view_of(engine, CLEAN)]
    given += [random_view(engine, seed) for seed in range(request.param)]
    return [text for view in given for text in (_card(view), _plan(view))]


def test_no_card_and_no_plan_holds_opposites(said: list[str]) -> None:
    assert [(clash, text) for text in said for clash in clashes(text)] == []


@pytest.mark.slow
@pytest.mark.parametrize("said", [CASES], indirect=True)
def test_there_are_enough_pairs_and_each_side_is_said_somewhere(said: list[str]) -> None:
    assert len(OPPOSITES) >= 25
    sides = {side for pair in OPPOSITES for side in (pair.one, pair.other)}
    assert {side for side in sides if not any(re.search(side, text) for text in said)} == set()


def test_a_pair_is_found_unless_a_sentence_decides() -> None:
    flat, free = "Position: flat, log-roll", "no log-roll needed for stability"
    assert len([*clashes(f"{flat}\n{free}")]) == 2  # as patterns, and as sentences
    assert [*clashes(flat)] == [] == [*clashes(free)]
    gluconate = "ECG changes: calcium gluconate 10 %."
    none = "Supplements (calcium, vitamin D): none."
    assert len([*clashes(f"{gluconate} {none}")]) == 1
    assert [*clashes(f"{gluconate} {none} Calcium gluconate for ECG changes alone.")] == []


def test_the_fullest_cards_fit_and_always_hold_the_steroid(whole_engine: Engine) -> None:
    lengths, most_actions = [], 0
    for seed in range(CASES, 2 * CASES):
        view = random_view(whole_engine, seed)
        card = draw_card(view)
        assert_fits(card)
        assert screen_lines(card) <= MOST_LINES
        assert "Dexamethasone: " in card.plain()
        lengths.append(len(card.plain()))
        most_actions = max(most_actions, len(view.result.actions))
    assert max(lengths) > 850
    assert most_actions > 35


def _card(view: View) -> str:
    return draw_card(view).plain()


def _plan(view: View) -> str:
    """Return the plan without the urgency line above each section, which the card has."""
    sections = (draw_section(view, name) for name in filled_sections(view))
    return "\n".join(replace(section, head=()).plain() for section in sections)
