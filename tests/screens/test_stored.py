"""A screen as it is stored: the same text whichever library writes it, and the same screen read."""

import json

import pytest

from bot.conversation.engine import Engine
from bot.screens.card import draw_card
from bot.screens.screen import Part, Screen, dump, load
from tests.screens.views import random_view


@pytest.mark.parametrize("seed", range(20))
def test_a_screen_is_stored_alike_by_either_library(engine: Engine, seed: int) -> None:
    drawn = draw_card(random_view(engine, seed))
    stored = dump(drawn)
    plainly = json.dumps(json.loads(stored), ensure_ascii=False, separators=(",", ":"))
    assert stored == plainly
    assert load(stored) == drawn and dump(load(stored)) == stored


def test_every_field_of_a_part_is_stored() -> None:
    screen = Screen("alert", "", head=(Part("in 2 h – 'é", 7, relative=True, person="1001"),))
    assert json.loads(dump(screen))[5] == [["in 2 h – 'é", 7, True, "1001"]]
    assert load(dump(screen)) == screen
