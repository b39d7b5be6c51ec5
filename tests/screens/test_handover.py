"""The screens of a hand-over: whole on a phone, with labels that fit."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.engine import Engine
from bot.conversation.reading_back import facts_of
from bot.screens.drawn_lines import HEIGHT_PX, LINE_PX, ROW_PX, screen_lines
from bot.screens.handover import (
    Stands,
    draw_colleagues,
    draw_groups,
    draw_not_handed_over,
    draw_offered,
    draw_overview,
    draw_ticks,
    draw_waits_for_giver,
    say_codes,
)
from bot.screens.pages import MOST_BUTTONS
from bot.screens.reading_back import (
    draw_complete,
    draw_offer,
    draw_read_back,
    draw_waits_for_receiver,
)
from bot.screens.screen import Screen
from bot.screens.view import View
from state.groups import Colleague
from state.handovers import HandOver
from tests.conftest import NOON
from tests.limits import assert_fits
from tests.screens.views import random_view

AROUND_PX = 22
LONG_NAME = "Professor Wilhelmina Featherstonehaugh"
CODES = [f"KES-{number}" for number in range(40, 60)]


def assert_whole(screen: Screen) -> None:
    """Assert that a phone of 360 x 740 shows a screen whole, and cuts no label."""
    assert_fits(screen)
    height = AROUND_PX + LINE_PX * screen_lines(screen) + ROW_PX * len(screen.rows)
    assert height <= HEIGHT_PX, screen.plain()
    assert sum(map(len, screen.rows)) <= MOST_BUTTONS


def views(engine: Engine, count: int) -> list[View]:
    drawn = (random_view(engine, seed) for seed in range(count))
    return [
        replace(each, case=replace(each.case, code=code, chat="-1"))
        for each, code in zip(drawn, CODES, strict=False)
    ]


def handover(view: View, read: int = 0) -> HandOver:
    facts = facts_of(view.case, view.standing)
    at = NOON - timedelta(minutes=5)
    return HandOver(view.case.code, "offer123", "-1", "1", "2", 3, facts, at, at, read=read)


@pytest.mark.parametrize("count", [1, 6, 7, 20])
def test_the_list_of_cases_and_the_offer_fit_a_phone(engine: Engine, count: int) -> None:
    some = views(engine, count)
    codes = [each.case.code for each in some]
    for ticked in (codes, codes[:1], []):
        for page in (1, 2):
            drawn = draw_ticks("-1001234567890", some, ticked, page)
            assert_whole(drawn)
            labels = [each.label for row in drawn.rows for each in row]
            assert ("To whom?" in labels) == bool(ticked)
    assert_whole(draw_offer(some, handover(some[0]), LONG_NAME))
    rows = [handover(each) for each in some]
    assert_whole(draw_waits_for_receiver(rows, LONG_NAME))
    assert_whole(draw_waits_for_giver(rows, LONG_NAME))
    assert_whole(draw_not_handed_over(codes, LONG_NAME, LONG_NAME, has_owner=True, sounds=True))
    assert_whole(draw_offered("offer123", codes, LONG_NAME))


@pytest.mark.parametrize("seed", range(150))
def test_what_is_read_back_fits_a_phone(engine: Engine, seed: int) -> None:
    view = random_view(engine, seed)
    for read in (0, 1, 2):
        for wrong in (False, True):
            row = handover(view, read)
            above = (f"{view.case.code} is yours.",)
            assert_whole(draw_read_back(view, row, LONG_NAME, 12, *above, wrong=wrong))
    assert_whole(draw_complete(handover(view)))


def test_a_question_that_is_read_back_does_not_say_its_answer(engine: Engine) -> None:
    """The urgency line would: it stands above everything else of a case."""
    view = random_view(engine, 1)
    drawn = draw_read_back(view, handover(view), "Ann", 1)
    assert drawn.head == () and "by" not in drawn.plain().replace("By when", "")


def test_colleagues_are_listed_in_pages_and_who_cannot_be_written_to_is_named() -> None:
    people = [Colleague("-1", str(n), f"{LONG_NAME} {n}", NOON) for n in range(20)]
    for page in (1, 2, 4):
        drawn = draw_colleagues("-1001234567890", CODES, people, people[:5], page)
        assert_whole(drawn)
        assert "Cannot be messaged" in drawn.plain()
    alone = draw_colleagues("-1", CODES, [], [], 1)
    assert_whole(alone)
    assert "Nobody else in this group" in alone.plain()


def test_what_stands_is_listed_with_a_button_each() -> None:
    stands = [Stands(f"offer{n}", tuple(CODES[:n]), LONG_NAME, "Sun 07:55") for n in range(1, 5)]
    drawn = draw_overview(stands, stands, others=True)
    assert_whole(drawn)
    assert "… and 4 more" in drawn.plain()
    groups = [(f"-{n}", CODES[:n]) for n in range(1, 6)]
    assert_whole(draw_groups(groups))


def test_of_many_codes_the_first_are_named() -> None:
    assert say_codes(CODES[:3]) == "KES-40, KES-41, KES-42"
    assert say_codes(CODES[:5]) == "KES-40, KES-41, KES-42 … and 2 more"
