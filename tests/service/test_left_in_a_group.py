"""A case whose owner has left its group: the board and the group say so, until somebody has it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.commands.board import draw_now
from bot.screens.screen import Screen, load, say_line
from bot.service.departing import fall_back, part
from bot.service.reminding import Reminding
from bot.service.service import Service
from state.boards import Board
from state.records import FORGOTTEN, Queued
from tests.conftest import Clock
from tests.service.in_group import ANN, BOB, CAT, GROUP, Team, in_a_group, said

SEVEN_DAYS = ("None", "One side", "Yes", "No")


@pytest.fixture
def team(service: Service) -> Team:
    """Bob has opened an emergency in the group, and leaves it."""
    team = in_a_group(service)
    team.types(BOB, "/triage", chat=GROUP)
    return team


def leave(team: Team, who: str) -> list[Queued]:
    before = max((row.id for row in team.all_rows()), default=0)
    with team.service.store.turn():
        part(team.service, GROUP, who)
    return [row for row in team.all_rows() if row.id > before]


def board(team: Team) -> list[str]:
    with team.service.store.turn() as store:
        place = Board(GROUP, 0)
        drawn = draw_now(store, team.service.setting, place, team.service.clock())
    return [line for each in drawn.blocks for line in (each.heading, *map(say_line, each.lines))]


def reminded(team: Team, clock: Clock, hours: float) -> list[tuple[str, Screen]]:
    """Let time pass; return the reminders of the case that are then sent, and to whom."""
    before = max((row.id for row in team.all_rows()), default=0)
    reminding, ends = Reminding(team.service), clock.now + timedelta(hours=hours)
    while (due := reminding.next_due()) and due <= ends:
        clock.now = max(clock.now, due)
        with team.service.store.turn():
            if claimed := reminding.claim():
                reminding.remind(claimed)
    clock.now = ends
    return [
        (row.chat, screen)
        for row in team.all_rows()
        for screen in map(load, row.screens)
        if row.id > before and screen.kind == "reminder"
    ]


def test_the_board_says_that_a_case_needs_an_owner_and_who_had_it_last(team: Team) -> None:
    team.taps(BOB, team.newest(), "Gait or balance")
    code = team.case().code
    assert board(team)[0] == f"{code} EMERGENCY · Bob Bach"
    offered = leave(team, BOB)
    assert f"Bob Bach is no longer in the team here. Without an owner: {code}" in said(*offered)
    assert board(team)[0::2] == [f"{code} EMERGENCY · nobody", "needs an owner – last: Bob Bach"]
    team.types(CAT, f"/have {code}")
    assert board(team)[0] == f"{code} EMERGENCY · Cat Cole" and len(board(team)) == 2


def test_a_name_is_kept_no_longer_than_it_is_needed(team: Team) -> None:
    team.taps(BOB, team.newest(), "Gait or balance")
    leave(team, BOB)
    team.types(BOB, "/forget yes")
    assert board(team)[2:] == ["needs an owner"]


@pytest.mark.parametrize("end", ["/have", "closed"])
def test_the_name_of_who_had_it_last_goes_once_somebody_has_it_or_it_ends(
    team: Team, end: str
) -> None:
    team.taps(BOB, team.newest(), "Gait or balance")
    leave(team, BOB)
    assert kept(team) == ["Bob Bach"]
    if end == "closed":
        team.types(ANN, f"/open {team.case().code}")
        team.types(ANN, "/close transferred")
        assert team.case().status == "closed"
    else:
        team.types(CAT, f"/have {team.case().code}")
    assert kept(team) == [""]


def kept(team: Team) -> list[str]:
    database = team.service.store.database  # type: ignore[attr-defined]
    return [
        name for (name,) in database.execute("SELECT left_by FROM cases WHERE chat = ?", (GROUP,))
    ]


@pytest.mark.parametrize("owner_left", [True, False])
def test_at_the_deadline_the_group_hears_of_a_case_that_nobody_has_in_quiet_hours_too(
    team: Team, clock: Clock, *, owner_left: bool
) -> None:
    team.taps(BOB, team.newest(), "None of these")
    team.types(BOB, f"/open {team.case().code}")
    for label in SEVEN_DAYS:
        team.taps(BOB, team.newest(BOB), label)
    group = team.service.store.groups.find(GROUP)
    assert group is not None
    with team.service.store.turn() as store:
        store.groups.change(replace(group, quiet="20-08"))
    standing = team.service.setting.engine.stand(team.case(), clock())
    due = standing.assessment.due
    assert due is not None and not standing.emergency
    clock.now = due - timedelta(hours=1)
    if owner_left:
        leave(team, BOB)
    sent = reminded(team, clock, 2)
    in_group = [screen for chat, screen in sent if chat == GROUP]
    before_it = [False] if owner_left else []  # of which else the owner alone is reminded
    assert [each.alert for each in in_group] == [*before_it, owner_left, owner_left]
    assert all("No owner: to take it" in each.plain() for each in in_group) == owner_left
    assert (BOB in {chat for chat, _ in sent}) != owner_left


def test_a_case_of_a_group_that_all_have_left_is_offered_to_everybody_who_may_have_it(
    team: Team,
) -> None:
    team.taps(BOB, team.newest(), "Gait or balance")
    team.taps(BOB, team.newest(), "Done")
    code, store = team.case().code, team.service.store
    for who in (CAT, ANN, BOB):
        leave(team, who)
    with store.turn():
        fall_back(team.service, GROUP)
    case = store.cases.find(code)
    assert case and (case.owner, case.chat) == (FORGOTTEN, FORGOTTEN)
    assert all(f"{code}" in said(*store.outbox.queued(who)[-1:]) for who in (ANN, CAT))
    team.types(BOB, f"/open {code}")
    assert "no open case of a group of yours" in said(*store.outbox.queued(BOB)[-1:])
    team.types(CAT, f"/takeover {code}")
    taken = store.cases.find(code)
    assert taken and taken.owner == CAT and store.reminders.pending(code)
    with store.audit.trail() as trail:
        assert [row.what for row in trail.rows].count("struck off") == 1
