"""What a group's alarm says, whom it calls, and where its card gives the number to call."""

import pytest

from bot.service.service import Service
from state.records import Queued
from tests.service.in_group import ANN, BOB, CAT, GROUP, Team, in_a_group, screens


@pytest.fixture
def team(service: Service) -> Team:
    team = in_a_group(service)
    team.types(ANN, "/triage", chat=GROUP)
    return team


def settled_without_signs(team: Team) -> None:
    """Answer as for pain along one root, with cancer known: an MRI within a week."""
    team.taps(ANN, team.newest(), "None of these")
    team.types(ANN, f"/open {team.case().code}")
    for label in ("None", "One side", "Yes", "No", "Normal", "Known"):
        team.taps(ANN, team.newest(ANN), label)


def alarm_among(rows: list[Queued]) -> Queued:
    return next(row for row in rows if row.chat == GROUP and screens(row)[0].alert)


def called_by(row: Queued) -> set[str]:
    """Return whom a message calls by name."""
    blocks = (block for screen in screens(row) for block in screen.blocks)
    parts = (part for block in blocks for line in block.lines for part in line)
    return {part.person for part in parts if part.person}


def said(row: Queued, kind: str = "") -> str:
    return "\n".join(each.plain() for each in screens(row) if kind in ("", each.kind))


def times_on_card(team: Team) -> int:
    """Return how often the card of the group gives the number to call."""
    return said(team.newest(), "card").count(team.service.setting.call)


def test_an_alarm_that_somebody_else_raises_calls_the_owner_by_name(team: Team) -> None:
    settled_without_signs(team)
    team.taps(BOB, team.newest(), "New signs")
    alarm = alarm_among(team.taps(BOB, team.newest(), "Gait or balance"))
    assert "Raised by Bob Bach" in said(alarm) and "Owner: Ann Abel" in said(alarm)
    assert ANN in called_by(alarm)


def test_an_alarm_of_the_owners_does_not_call_them(team: Team) -> None:
    alarm = alarm_among(team.taps(ANN, team.newest(), "Gait or balance"))
    assert ANN not in called_by(alarm)


def test_an_alarm_says_what_has_changed_while_signs_are_ticked(team: Team) -> None:
    settled_without_signs(team)
    team.taps(BOB, team.newest(), "New signs")
    alarm = alarm_among(team.taps(BOB, team.newest(), "Gait or balance"))
    assert "Changed: Cord signs: Gait or balance" in said(alarm)


def test_the_first_alarm_says_which_sign_there_is(team: Team) -> None:
    alarm = alarm_among(team.taps(ANN, team.newest(), "Gait or balance"))
    assert "Cord signs: Gait or balance" in said(alarm, "alert")


def test_the_card_gives_the_number_once(team: Team) -> None:
    assert times_on_card(team) == 1
    settled_without_signs(team)
    assert times_on_card(team) == 1


def test_the_card_gives_the_number_also_when_no_step_does(team: Team) -> None:
    team.taps(ANN, team.newest(), "Saddle numbness")
    team.taps(ANN, team.newest(), "Done")
    team.types(CAT, f"/seen {team.case().code}", chat=GROUP)
    assert "Call now" not in said(team.newest(), "card") and times_on_card(team) == 1


def test_the_card_in_private_says_who_owns_the_case(team: Team) -> None:
    team.taps(ANN, team.newest(), "Gait or balance")
    code = team.case().code
    team.types(BOB, f"/open {code}")
    team.types(CAT, f"/have {code}", chat=GROUP)
    card = team.types(BOB, "/card")
    assert "Owner: Cat Cole, since 12:00" in said(*[row for row in card if row.chat == BOB][0:1])


def test_the_tick_that_ends_an_offer_leaves_none_on_the_card(team: Team) -> None:
    settled_without_signs(team)
    code = team.case().code
    team.types(ANN, f"/handover to {BOB} {GROUP} {code}")
    assert "Offered to Bob Bach" in said(team.newest(), "card")
    team.taps(CAT, team.newest(), "New signs")
    team.taps(CAT, team.newest(), "Gait or balance")
    assert "Offered to" not in said(team.newest(), "card")


def test_whoever_has_no_case_hears_which_are_open_in_their_groups(team: Team) -> None:
    team.taps(ANN, team.newest(), "Gait or balance")
    listed = team.types(CAT, "/cases")
    assert f"None is yours. Open in your groups: {team.case().code}." in said(*listed[-1:])


def test_who_raised_an_alarm_and_has_left_is_named_as_such(team: Team) -> None:
    team.taps(BOB, team.newest(), "Gait or balance")
    with team.service.store.turn() as store:
        store.groups.part(GROUP, BOB)
    rows = team.types(CAT, f"/seen {team.case().code}", chat=GROUP)
    assert "Raised by somebody who has left" in said(*rows)
