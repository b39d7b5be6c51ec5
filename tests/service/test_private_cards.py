"""A private card of a group's case follows what colleagues do, and says who has gone on."""

import pytest

from bot.service.service import Service
from state.records import SCREEN, Card, Priority, Queued
from tests.conftest import NOON
from tests.service.in_group import ANN, BOB, CAT, GROUP, Team, in_a_group, labels, said


@pytest.fixture
def team(service: Service) -> Team:
    """Ann owns a case of the group, which she and Bob are looking at in private."""
    made = in_a_group(service)
    made.types(ANN, "/triage", chat=GROUP)
    for who in (ANN, BOB):
        for _ in range(2):
            made.types(who, f"/open {made.case().code}")
        sees(made, who)
    return made


def sees(team: Team, who: str) -> None:
    """Let the message that shows the case have arrived in a private chat."""
    with team.service.store.turn() as store:
        store.cards.keep(Card(team.case().code, SCREEN, who, 7, NOON))


def private(rows: list[Queued]) -> dict[str, Queued]:
    return {row.chat: row for row in rows if row.chat != GROUP}


def test_an_answer_in_the_group_redraws_the_private_cards_of_those_at_work(team: Team) -> None:
    rows = private(team.taps(CAT, team.newest(), "None of these"))
    assert rows.keys() == {ANN, BOB}
    for row in rows.values():
        assert "Cat Cole, 12:00: Cord signs: None of these." in said(row)
        assert "One side, worse" in labels(row)
        assert row.priority is Priority.CARD and not row.anew and row.tapped is None
    team.taps(ANN, rows[ANN], "One side, worse")
    assert team.case().latest["radicular_deficit"]


def test_an_answer_in_ones_own_private_chat_redraws_those_of_the_others(team: Team) -> None:
    mine = team.newest(BOB)
    rows = private(team.taps(BOB, mine, "None of these"))
    assert rows.keys() == {ANN, BOB}
    assert "Bob Bach, 12:00: Cord signs" in said(rows[ANN])
    assert "Bob Bach, 12:00" not in said(rows[BOB])


def test_a_note_redraws_a_private_card_too(team: Team) -> None:
    team.taps(BOB, team.newest(), "Gait or balance")
    rows = private(team.types(BOB, "/requested"))
    assert "Bob Bach, 12:00: MRI requested." in said(rows[ANN])


def test_that_somebody_begins_to_add_signs_is_named(team: Team) -> None:
    team.taps(BOB, team.newest(), "None of these")
    sees(team, ANN)
    rows = private(team.taps(CAT, team.newest(), "New signs"))
    assert "Cat Cole, 12:00: New signs." in said(rows[ANN])


def test_an_owner_who_works_on_another_case_is_redrawn_too_a_colleague_is_not(team: Team) -> None:
    for who in (ANN, BOB):
        team.types(who, "/triage")
    assert private(team.taps(CAT, team.newest(), "None of these")).keys() == {ANN}
    assert team.service.store.cases.active_code(ANN) != team.case().code


def test_looking_redraws_nothing_and_who_has_left_sees_nothing(team: Team) -> None:
    assert private(team.types(BOB, "/card")).keys() == {BOB}
    with team.service.store.turn() as store:
        store.groups.part(GROUP, BOB)
    assert private(team.taps(CAT, team.newest(), "None of these")).keys() == {ANN}
