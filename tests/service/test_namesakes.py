"""A colleague named like another of the group is told apart wherever one is named or chosen."""

import pytest

from bot.incoming import Command, Incoming
from bot.service.group_people import SEEN_AGAIN_AFTER
from bot.service.service import Service
from tests.conftest import NOON, Clock
from tests.service.in_group import ANN, BOB, CAT, GROUP, Team, in_a_group, labels, said


@pytest.fixture
def team(service: Service) -> Team:
    """Ann owns a case of the group."""
    team = in_a_group(service)
    team.types(ANN, "/triage", chat=GROUP)
    team.types(ANN, f"/open {team.case().code}")
    return team


def acts_as(team: Team, who: str, name: str) -> str:
    """Let somebody act in the group under a name; return the name that the group sees."""
    team.service.take(Incoming(GROUP, who, Command("help"), name=name))
    found = team.service.store.groups.colleague(GROUP, who)
    assert found
    return found.name


@pytest.mark.parametrize("name", ["Bob Bach", "BOB  BACH", "Bób Bach", "Bob.Bach", "Ｂob Bach"])
def test_a_namesake_is_told_apart_and_keeps_nobody_elses_initials(team: Team, name: str) -> None:
    assert acts_as(team, CAT, name) == f"{name} 003"
    assert acts_as(team, BOB, "Bob Bach") == "Bob Bach"
    cat = team.service.store.groups.colleague(GROUP, CAT)
    assert cat and cat.initials == f"{name[0]}0"


def test_a_long_name_is_no_longer_with_the_end_that_tells_it_apart(team: Team) -> None:
    long = "Maximilian Alexander Ott"
    assert acts_as(team, BOB, long) == long
    assert acts_as(team, CAT, long) == "Maximilian Alexander 003" and len(long) == 24


def test_whoever_is_asked_or_given_a_case_is_chosen_by_a_name_of_their_own(team: Team) -> None:
    acts_as(team, CAT, "Bob Bach")
    asked = team.types(ANN, "/sendto")
    assert labels(asked[-1])[:2] == ["Bob Bach", "Bob Bach 003"]
    given = team.types(ANN, f"/handover whom {GROUP} {team.case().code}")
    assert labels(given[-1])[:2] == ["Bob Bach", "Bob Bach 003"]


def test_nobody_is_put_on_call_by_a_name_of_two(team: Team) -> None:
    acts_as(team, CAT, "Bob Bach")
    told = team.types(ANN, "/oncall surgeon Bob Bach 22:00", chat=GROUP)
    assert "several colleagues have that name" in said(*told)
    team.types(ANN, "/oncall surgeon Bob Bach 003 22:00", chat=GROUP)
    (duty,) = team.service.store.groups.on_call(GROUP, NOON)
    assert duty.who == CAT


def test_the_name_is_whole_again_once_the_other_is_named_otherwise(
    team: Team, clock: Clock
) -> None:
    acts_as(team, CAT, "Bob Bach")
    acts_as(team, BOB, "Robert Bach")
    assert acts_as(team, CAT, "Bob Bach") == "Bob Bach 003"
    clock.now += SEEN_AGAIN_AFTER
    assert acts_as(team, CAT, "Bob Bach") == "Bob Bach"
