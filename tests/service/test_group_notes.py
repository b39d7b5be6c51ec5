"""Notes on a case of a group: by whom each is, none of them lost, and who may take one back."""

from dataclasses import replace

import pytest

from bot.conversation.engine import Engine
from bot.screens.drawn_lines import room_for
from bot.screens.group_card import draw_group_card
from bot.screens.screen import Screen
from bot.screens.team import Team as Names
from bot.service.service import Service
from state.groups import Colleague
from state.records import Entry, Queued
from tests.conftest import NOON, Clock
from tests.limits import assert_labels_fit
from tests.screens.views import random_view
from tests.service.in_group import (
    ANN,
    BOB,
    CAT,
    EVE,
    GROUP,
    NAMES,
    Team,
    in_a_group,
    labels,
    said,
    screens,
)

LAST = ["Answer", "I have it", "Hand to …"]


@pytest.fixture
def team(service: Service) -> Team:
    """Ann has opened a case, in which Bob has ticked a sign."""
    team = in_a_group(service)
    team.types(ANN, "/triage", chat=GROUP)
    team.taps(BOB, team.newest(), "Gait or balance")
    team.taps(BOB, team.newest(), "Done")
    return team


def toast(rows: list[Queued]) -> str:
    """Return what is said for a moment to whoever taps."""
    shown = (each for row in rows for each in screens(row) if each.kind == "toast")
    return "\n".join(replace(each, head=()).plain() for each in shown)


def test_the_notes_that_fit_stand_above_the_last_row(team: Team) -> None:
    (card,) = [each for each in screens(team.newest()) if each.kind == "card"]
    assert [[each.label for each in row] for row in card.rows[-3:]] == [
        ["MRI requested", "Steroid given"], ["New signs", "Called"], LAST,
    ]  # fmt: skip
    team.taps(CAT, team.newest(), "MRI requested")
    (card,) = [each for each in screens(team.newest()) if each.kind == "card"]
    assert [[each.label for each in row] for row in card.rows[-3:]] == [
        ["Steroid given", "Undo: MRI …"], ["MRI done", "New signs", "Called"], LAST,
    ]  # fmt: skip
    assert room_for(0, card)
    assert_labels_fit(card)


def test_a_note_stands_everywhere_with_the_initials_of_who_made_it(
    team: Team, clock: Clock
) -> None:
    clock.pass_by(minutes=41)
    noted = team.taps(CAT, team.newest(), "MRI requested")
    assert toast(noted) == "Noted: 12:41 MRI requested (CC)."
    assert "12:41 MRI requested (CC)" in said(team.newest())
    (entry,) = [each for each in team.case().timeline if each.kind == "mri_requested"]
    assert (entry.who, (entry.at - NOON).seconds) == (CAT, 41 * 60)
    code = team.case().code
    team.types(ANN, f"/open {code}")
    assert "12:41 MRI requested (CC)" in said(*team.types(ANN, "/card"))
    assert "- 12:41 MRI requested (CC)" in said(*team.types(ANN, "/sbar"))


def test_answers_and_the_private_card_name_who_answered(team: Team) -> None:
    team.types(ANN, f"/open {team.case().code}")
    assert "Cord signs: Gait or balance (BB)" in said(*team.types(ANN, "/edit"))
    assert "Questions answered by BB 12:00" in said(*team.types(ANN, "/card"))


def test_one_persons_case_has_no_initials(team: Team) -> None:
    team.types(CAT, "/triage")
    team.taps(CAT, team.newest(CAT), "Gait or balance")
    team.types(CAT, "/requested")
    card = said(*team.types(CAT, "/card"))
    assert "12:00 MRI requested" in card and "(CC)" not in card and "answered by" not in card


def test_a_viewer_is_told_and_nothing_is_noted(team: Team) -> None:
    before = team.case()
    told = toast(team.taps(EVE, team.newest(), "MRI requested"))
    assert "Nothing was noted: you are a viewer." in told
    assert team.case() == before


def test_a_note_and_an_answer_at_once_both_count(team: Team) -> None:
    shown = team.newest()
    team.taps(CAT, shown, "MRI requested")
    team.taps(BOB, shown, "No")
    case = team.case()
    assert case.latest["infection_signs"] is False
    assert case.newest_entry("mri_requested") is not None


def test_two_notes_and_a_tick_at_once_all_count(team: Team) -> None:
    team.taps(ANN, team.newest(), "New signs")
    shown = team.newest()
    code = team.case().code
    team.types(CAT, f"/open {code}")
    team.types(CAT, "/requested")
    team.types(CAT, "/given")
    team.taps(BOB, shown, "Bladder")
    team.taps(ANN, shown, "Bowel")
    case = team.case()
    assert {"gait", "bladder", "bowel"} <= set(case.latest["cord_signs"])  # type: ignore[arg-type]
    assert case.newest_entry("mri_requested") and case.newest_entry("steroid_given")


def test_of_two_answers_beside_a_note_only_the_first_counts(team: Team) -> None:
    shown = team.newest()
    team.taps(CAT, shown, "MRI requested")
    team.taps(BOB, shown, "No")
    told = toast(team.taps(ANN, shown, "Yes"))
    assert "Bob Bach was first, at 12:00" in told
    assert team.case().latest["infection_signs"] is False


def test_none_of_these_is_not_taken_over_a_tick_beside_a_note(team: Team) -> None:
    team.taps(ANN, team.newest(), "New signs")
    shown = team.newest()
    team.taps(BOB, shown, "Bladder")
    team.taps(CAT, team.newest(), "Bowel")
    team.taps(ANN, shown, "None of these")
    assert {"gait", "bladder", "bowel"} <= set(team.case().latest["cord_signs"])  # type: ignore[arg-type]


def test_whom_one_called_is_asked_on_the_card(team: Team) -> None:
    before = team.case()
    (row,) = team.taps(CAT, team.newest(), "Called")
    (card,) = screens(row)
    assert (card.kind, row.chat) == ("card", GROUP)
    assert "Called whom? No names, please." in card.plain()
    assert labels(row)[:3] == ["Spinal surgeon", "Radiation oncology", "Coordinator"]
    assert labels(row)[-3:] == LAST
    assert room_for(0, card)
    assert team.case().timeline == before.timeline
    team.taps(CAT, row, "Nephrology")
    assert "12:00 Called: nephrology (CC)" in said(team.newest())


def test_whom_one_called_need_not_be_said(team: Team) -> None:
    (row,) = team.taps(CAT, team.newest(), "Called")
    before = team.case().timeline
    (again,) = team.taps(CAT, row, "Case")
    assert labels(again)[-7:-3] == ["MRI requested", "Steroid given", "New signs", "Called"]
    assert team.case().timeline == before


def test_new_signs_are_asked_in_the_group(team: Team) -> None:
    team.taps(CAT, team.newest(), "New signs")
    assert "Which cord signs are new?" in said(team.newest())
    team.taps(ANN, team.newest(), "Bladder")
    noted = team.case().newest_entry("new_signs")
    assert noted and (noted.detail, noted.who) == ("bladder", ANN)
    team.taps(ANN, team.newest(), "Done")
    assert "Which cord signs are new?" not in said(team.newest())


def test_only_who_noted_it_the_owner_or_an_admin_takes_a_note_back(team: Team) -> None:
    team.taps(CAT, team.newest(), "I have it")
    team.taps(BOB, team.newest(), "MRI requested")
    shown = team.newest()
    team.taps(CAT, shown, "Undo: MRI …")
    assert team.case().newest_entry("mri_requested") is None
    team.taps(ANN, team.newest(), "Steroid given")
    shown = team.newest()
    told = toast(team.taps(BOB, shown, "Undo: Steroid …"))
    assert "Ann Abel noted that" in told
    assert team.case().newest_entry("steroid_given") is not None
    team.taps(ANN, shown, "Undo: Steroid …")
    assert team.case().newest_entry("steroid_given") is None
    team.taps(BOB, team.newest(), "MRI requested")
    team.taps(BOB, team.newest(), "Undo: MRI …")
    assert team.case().newest_entry("mri_requested") is None


def test_before_the_first_answer_and_after_the_end_nothing_is_offered(service: Service) -> None:
    team = in_a_group(service)
    team.types(ANN, "/triage", chat=GROUP)
    assert "Called" not in labels(team.newest())


@pytest.mark.parametrize("seed", range(40))
def test_a_card_with_its_notes_fits_a_phone(engine: Engine, seed: int) -> None:
    view = random_view(engine, seed)
    noted = Entry("called", "surgeon", CAT, view.now)
    view = replace(
        view,
        case=view.case.with_entry(noted),
        colleagues={CAT: Colleague(GROUP, CAT, "Cat Cole", NOON)},
    )
    everybody = tuple(Colleague(GROUP, who, name, NOON) for who, name in NAMES.items())
    card = draw_group_card(view, Names(everybody, ANN))
    assert room_for(0, card)
    assert_labels_fit(card)
    assert len(card.rows) <= 8


def card_of(team: Team) -> Screen:
    """Return the card as it stands in the group now."""
    (card,) = [each for each in screens(team.newest()) if each.kind == "card"]
    return card


def test_a_card_says_the_earlier_deadline_of_a_suspected_cauda_equina(team: Team) -> None:
    team.taps(CAT, team.newest(), "New signs")
    team.taps(CAT, team.newest(), "Bladder")
    team.taps(CAT, team.newest(), "Done")
    assert "Cauda equina: MRI within 4 h of the request, where offered" in card_of(team).plain()
    team.taps(CAT, team.newest(), "MRI requested")
    assert "Cauda equina: MRI by Sun 22 Nov 16:00 UTC, 4 h from" in card_of(team).plain()


def test_a_card_that_asks_the_cord_signs_again_fits_a_phone(team: Team) -> None:
    code = team.case().code
    team.types(CAT, f"/open {code}")
    for answer in ("No", "Haemodialysis", "Known"):
        team.taps(CAT, team.newest(CAT), answer)
    for who in (CAT, ANN):
        team.types(who, f"/coming {code}", chat=GROUP)
    team.taps(BOB, team.newest(), "New signs")
    card = card_of(team)
    assert "Sensory level" in [each.label for row in card.rows for each in row]
    assert room_for(0, card)
    assert card.head
