"""What is handed over: every sentence is one of the card, the plan or the SBAR, none is lost."""

import re
from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.export.content import Content, content
from bot.screens.card import draw_card
from bot.screens.clocks import WHOLE, clocks
from bot.screens.plan import draw_whole, filled_sections
from bot.screens.sbar import draw_sbar
from bot.screens.screen import Screen, say_line
from bot.screens.time_line import say_time
from bot.screens.view import View
from state.records import Entry
from tests.conftest import NOON
from tests.export.cases import fullest, nothing_of, seeded_views, shortest
from tests.screens.views import view_of
from tests.shares import some_or_all

TIMED = re.compile(r"- (?:\w{3} )?\d\d:\d\d ")
HEADS = ("S – Situation", "B – Background", "A – Assessment", "R – Request", "Done so far:")


@pytest.fixture(scope="module", params=some_or_all(45, 240))
def views(machine: FlowMachine, request: pytest.FixtureRequest) -> list[View]:
    engine = Engine(machine, "stepwise", UTC)
    drawn = seeded_views(engine, machine, range(request.param))
    return [shortest(engine), fullest(engine, machine), *drawn]


def lines_of(screen: Screen) -> list[str]:
    return [say_line(line) for block in screen.blocks for line in block.lines]


def plan_of(view: View) -> list[str]:
    return [line for name in filled_sections(view) for line in lines_of(draw_whole(view, name))]


def in_plan(view: View, given: Content) -> list[str]:
    """Say each step of what is handed over as the plan says it."""
    return [
        f"{each.text} [{each.rules[0]}: {', '.join(each.sources)}; {each.status}]"
        for each in given.plan
    ]


def test_every_sentence_is_one_of_card_plan_or_sbar(views: list[View]) -> None:
    for view in views:
        given, sbar, plan = content(view), draw_sbar(view).plain(), plan_of(view)
        card = draw_card(view).plain()
        said = {*sbar.split("\n"), *plan}
        assert [line for line in in_plan(view, given) if line not in plan] == []
        for section in given.sections:
            extra = [line for line in section.lines if line not in said]
            assert all(line in card for line in extra), extra
        for each in given.time_line:
            by = f" ({each.who})" if each.who else ""
            line = f"- {say_time(each.at, view.now, view.zone)} {each.text}{by}"
            assert line in sbar or " earlier" in sbar, line
        assert given.missing in sbar and given.end in sbar
        assert all(blank in sbar for blank in given.blanks)
        assert all(step.text in card for step in given.now[:2])


def test_nothing_of_sbar_or_plan_is_lost(views: list[View]) -> None:
    for view in views:
        given = content(view)
        sections = [line for each in given.sections for line in each.lines]
        kept = {*given.urgency, *sections, *given.blanks, *given.sources, *given.review}
        kept |= {given.missing, given.end, *in_plan(view, given), *HEADS}
        for line in draw_sbar(view).plain().split("\n")[1:]:
            done = TIMED.match(line) or line.endswith(" earlier") or "nothing noted" in line
            assert not line or done or line.startswith("SBAR ") or line in kept, line
        assert [line for line in plan_of(view) if line not in kept] == []


def test_the_urgency_stands_first_and_every_deadline_below_it(engine: Engine) -> None:
    given = content(view_of(engine, {"cord_signs": ["gait"], "infection_signs": False}))
    assert given.urgency[:2] == (
        "Urgency: EMERGENCY, MRI within 12 h",
        "MRI: whole spine, by Mon 23 Nov 00:00 UTC, in 12 h; limit here 12 h (Dutch stepwise); "
        "NICE: 24 h",
    )
    assert given.now[0].text == "Dexamethasone: 2 questions first (cancer, kidney function)"


def test_every_clock_of_the_card_is_there_but_for_who_set_it(views: list[View]) -> None:
    sessions = 0
    for view in views:
        said = [say_line(line) for line in clocks(view).lengths[WHOLE]]
        kept = [line for line in said if not line.startswith("Clock: since ")]
        given = content(view).urgency
        assert [line for line in kept if line not in given] == []
        sessions += any(line.startswith("Next dialysis ") for line in kept)
    assert sessions


def test_a_closed_case_says_first_that_it_is(engine: Engine) -> None:
    view = view_of(engine, {"cord_signs": ["gait"]}, noted=(Entry("closed", "treated", "a", NOON),))
    given = content(replace(view, case=replace(view.case, status="closed")))
    assert given.urgency[0] == "KES-42 · EMERGENCY – CLOSED: Treated here"
    assert given.now == () and given.plan


def test_every_rule_that_fired_is_in_the_plan_once(views: list[View]) -> None:
    for view in views:
        result, given = view.result, content(view)
        said = [each.rules for each in given.plan]
        fired = [each.id for each in (*result.actions, *result.warnings)]
        assert [rule for rule in fired if (rule,) not in said] == []
        assert len({(each.rules, each.text) for each in given.plan}) == len(given.plan)


def test_what_is_cited_is_named(views: list[View]) -> None:
    for view in views:
        given = content(view)
        cited = {source for each in (*given.now, *given.plan) for source in each.sources}
        assert {line.partition(" ")[0] for line in given.sources} == cited


def test_nobody_is_named_by_a_number(engine: Engine, machine: FlowMachine) -> None:
    """A group's initials and names are; the number of an account never is."""
    view = fullest(engine, machine)
    moved = view.flow.landmarks.suspected_at
    assert moved
    case = view.case.with_answer(moved, (NOON).isoformat(), "1001", NOON)
    given = content(replace(view, case=case, standing=engine.stand(case, view.now)))
    assert nothing_of(given)
    assert {each.who for each in given.time_line} == {"", "AB", "CD"}
    assert any(line.startswith("Owner: Cornelius") for s in given.sections for line in s.lines)


@pytest.mark.parametrize(("zone", "clock"), [("Europe/Zurich", "CET"), ("Asia/Kathmandu", "+0545")])
def test_times_are_hospital_times_whatever_the_readers_clock(
    engine: Engine, zone: str, clock: str
) -> None:
    lesion = {"level": "T7", "escc": "3"}
    view = view_of(engine, {"cord_signs": ["gait"], "mri": "done", "lesions": [lesion]})
    here = replace(view, zone=ZoneInfo(zone))
    assert any(line.startswith("Treatment: begin by ") for line in content(here).urgency)
    given = content(replace(here, reader_zone=ZoneInfo("America/New_York"), touch=True))
    assert given == content(here)
    assert given.zone == clock and given.made_at.utcoffset() == ZoneInfo(zone).utcoffset(NOON)
