"""Ticks of several people: Done counts if its person knows every tick, and never over another's."""

from dataclasses import replace

import pytest

from bot.screens.screen import load
from bot.service.service import Service
from state.records import Queued
from tests.service.in_group import ANN, BOB, CAT, GROUP, Team, in_a_group, labels, said


@pytest.fixture
def team(service: Service) -> Team:
    """A case of the group that asks for the cord signs."""
    made = in_a_group(service)
    made.types(ANN, "/triage", chat=GROUP)
    return made


def toast(rows: list[Queued]) -> str:
    screens = [load(each) for row in rows for each in row.screens]
    shown = (replace(each, head=()) for each in screens if each.kind == "toast")
    return "\n".join(each.plain() for each in shown)


def ticks(team: Team) -> object:
    return team.case().latest.get("cord_signs")


def asks(team: Team) -> bool:
    return any(label.endswith("Saddle numbness") for label in labels(team.newest()))


def test_done_counts_on_a_card_that_does_not_show_ones_own_ticks_yet(team: Team) -> None:
    card = team.newest()
    team.taps(ANN, card, "Gait or balance")
    team.taps(ANN, card, "Bladder")
    assert toast(team.taps(ANN, card, "Done")) == ""
    assert ticks(team) == ["gait", "bladder"] and not asks(team)


def test_done_counts_if_the_ticks_are_those_of_its_card_though_others_came_and_went(
    team: Team,
) -> None:
    team.taps(ANN, team.newest(), "Gait or balance")
    shown = team.newest()
    team.taps(BOB, shown, "Bladder")
    team.taps(BOB, team.newest(), "✓ Bladder")
    assert toast(team.taps(ANN, shown, "Done")) == ""
    assert ticks(team) == ["gait"] and not asks(team)


def test_done_beside_anothers_new_tick_shows_it_and_says_whose_it_was(team: Team) -> None:
    card = team.newest()
    team.taps(ANN, card, "Gait or balance")
    team.taps(BOB, card, "Bladder")
    rows = team.taps(ANN, card, "Done")
    assert toast(rows) == "Check the ticks, then Done: Bob Bach ticked Bladder."
    assert "✓ Bladder" in labels(team.newest()) and asks(team)
    assert toast(team.taps(ANN, team.newest(), "Done")) == "" and not asks(team)
    assert ticks(team) == ["gait", "bladder"]


def test_done_names_who_took_a_tick_away_and_who_made_one_beside_a_note(team: Team) -> None:
    team.taps(ANN, team.newest(), "Gait or balance")
    team.taps(ANN, team.newest(), "Bladder")
    shown = team.newest()
    team.taps(BOB, shown, "✓ Bladder")
    team.types(CAT, f"/open {team.case().code}")
    team.types(CAT, "/requested")
    team.taps(CAT, team.newest(), "Bowel")
    told = toast(team.taps(ANN, shown, "Done"))
    assert "Bob Bach unticked Bladder" in told and "Cat Cole ticked Bowel" in told
    assert ticks(team) == ["gait", "bowel"] and asks(team)


def test_done_in_private_is_told_of_a_tick_in_the_group(team: Team) -> None:
    team.types(BOB, f"/open {team.case().code}")
    mine = team.newest(BOB)
    team.taps(ANN, team.newest(), "Gait or balance")
    rows = team.taps(BOB, mine, "Done")
    assert "Ann Abel ticked Gait or balance" in said(*rows)
    assert "✓ Gait or balance" in labels(team.newest(BOB)) and asks(team)


def test_done_after_the_question_was_answered_says_who_was_first(team: Team) -> None:
    card = team.newest()
    team.taps(ANN, card, "Gait or balance")
    shown = team.newest()
    team.taps(ANN, shown, "Done")
    assert "Ann Abel was first" in toast(team.taps(BOB, shown, "Done"))
