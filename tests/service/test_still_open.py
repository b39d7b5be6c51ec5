"""The card of a group's case says in one line what is still open, and who is asked."""

import re

import pytest

from bot.screens.drawn_lines import room_for
from bot.service.reminding import Reminding
from bot.service.service import Service
from tests.conftest import Clock
from tests.service.in_group import (
    ANN,
    BOB,
    CAT,
    GROUP,
    Team,
    in_a_group,
    labels,
    said,
    screens,
)

OPEN = re.compile("Open: |Asked|is answering")
ANSWERED = re.compile("Questions answered by [^.]+[.] ")


@pytest.fixture
def team(service: Service) -> Team:
    made = in_a_group(service)
    made.types(ANN, "/triage", chat=GROUP)
    return made


def line(team: Team) -> str:
    """Return what the newest card in the group says of what is open."""
    rows = team.service.store.outbox.queued(GROUP)
    cards = [each for row in rows for each in screens(row) if each.kind == "card"]
    assert room_for(0, cards[-1])
    found = [each for each in cards[-1].plain().split("\n") if OPEN.search(each)]
    assert len(found) <= 1
    return ANSWERED.sub("", found[0]) if found else ""


def test_before_the_urgency_is_settled_the_card_says_so_and_whom_it_asks(
    team: Team, clock: Clock
) -> None:
    assert line(team) == "Urgency not settled. Open: cord signs."
    team.taps(BOB, team.newest(), "None of these")
    assert line(team) == (
        "Urgency not settled. Open: root deficit. Nobody is answering: tap Answer."
    )
    team.types(BOB, f"/open {team.case().code}")
    expected = "Urgency not settled. Open: root deficit. Bob Bach is answering (since 12:00)."
    assert line(team) == expected
    clock.pass_by(minutes=11)
    team.types(CAT, f"/have {team.case().code}")
    assert line(team).endswith("Nobody is answering: tap Answer.")


def test_who_is_asked_what_the_card_itself_asks_is_left_out_where_there_is_no_room(
    team: Team,
) -> None:
    code = team.case().code
    for label in ("Limb weakness", "Sensory level", "Done"):
        team.taps(ANN, team.newest(), label)
    team.types(BOB, f"/seen {code}", chat=GROUP)
    team.types(CAT, f"/coming {code}", chat=GROUP)
    team.types(ANN, f"/open {code}")
    team.types(ANN, "/newsigns")
    team.types(ANN, "/sendto bob")
    assert line(team).endswith("Asked Bob Bach at 12:00.")
    team.types(ANN, "/differs steroid contraindication")
    assert line(team) == ""


def test_a_provisional_urgency_names_what_is_not_known(team: Team) -> None:
    team.types(BOB, f"/open {team.case().code}")
    team.taps(BOB, team.newest(BOB), "Unexamined")
    assert line(team).startswith("Urgency provisional. Open: ")


def test_a_question_that_was_sent_names_who_is_asked_it(team: Team, clock: Clock) -> None:
    team.taps(ANN, team.newest(), "Gait or balance")
    team.taps(ANN, team.newest(), "Done")
    assert line(team) == ""
    team.types(ANN, f"/open {team.case().code}")
    team.types(ANN, "/sendto Cat")
    assert line(team) == "Asked Cat Cole at 12:00."
    clock.pass_by(minutes=11)
    reminding = Reminding(team.service)
    with team.service.store.turn():
        while claimed := reminding.claim():
            reminding.remind(claimed)
    assert line(team) == ""


def test_a_sign_that_somebody_takes_away_is_asked_back_on_the_card(team: Team) -> None:
    team.taps(ANN, team.newest(), "Gait or balance")
    team.taps(ANN, team.newest(), "Bladder")
    team.taps(ANN, team.newest(), "Done")
    team.taps(ANN, team.newest(), "No")
    team.types(BOB, f"/open {team.case().code}")
    team.types(BOB, "/edit 1")
    team.taps(BOB, team.newest(BOB), "✓ Bladder")
    assert "a correction, or still there?" in said(team.newest(BOB))
    assert line(team) == "Open: Bladder – a correction, or still there? Asking Bob Bach."
    assert {"Correction", "Still there"} <= {*labels(team.newest())}
    team.types(CAT, f"/have {team.case().code}")
    assert "Asking Bob Bach" in line(team)
    team.taps(CAT, team.newest(), "Correction")
    assert team.case().latest["cord_signs"] == ["gait"]
    assert "Asking" not in line(team)


def test_a_sign_taken_away_in_the_group_is_asked_back_there(team: Team) -> None:
    team.taps(ANN, team.newest(), "Gait or balance")
    team.taps(ANN, team.newest(), "Bladder")
    team.taps(ANN, team.newest(), "Done")
    team.taps(ANN, team.newest(), "No")
    team.types(ANN, f"/open {team.case().code}")
    team.types(ANN, "/edit 1")
    team.taps(CAT, team.newest(), "✓ Bladder")
    assert "Asking Cat Cole" in line(team)
    team.taps(BOB, team.newest(), "Still there")
    assert team.case().latest["cord_signs"] == ["gait", "bladder"]
    assert "Asking" not in line(team)


def test_a_closed_case_has_nothing_open(team: Team) -> None:
    team.taps(ANN, team.newest(), "Gait or balance")
    team.types(ANN, f"/open {team.case().code}")
    team.types(ANN, "/close transferred")
    assert line(team) == ""


def test_somebody_who_has_left_is_not_answering(team: Team) -> None:
    team.taps(BOB, team.newest(), "None of these")
    code = team.case().code
    team.types(CAT, f"/open {code}")
    assert "Cat Cole is answering" in line(team)
    with team.service.store.turn() as store:
        store.groups.part(GROUP, CAT)
    assert "Somebody who has left" not in said(*team.types(BOB, f"/open {code}"))
