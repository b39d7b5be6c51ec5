"""A case of a group that is opened or taken by a typed command: whoever types is answered."""

import pytest

from bot.service.service import Service
from tests.service.in_group import ANN, BOB, CAT, GROUP, Team, in_a_group, labels, said, screens


@pytest.fixture
def team(service: Service) -> Team:
    """Ann has opened a case, which Bob is answering."""
    team = in_a_group(service)
    team.types(ANN, "/triage", chat=GROUP)
    team.types(BOB, f"/open {team.case().code}")
    return team


def test_who_types_open_is_told_who_is_answering_and_then_answers(team: Team) -> None:
    code = team.case().code
    first = team.types(CAT, f"/open {code}")
    assert "Bob Bach is answering (since 12:00). Tap or send it again to answer as well." in said(
        *first
    )
    assert [row.chat for row in first if screens(row)[0].kind != "toast"] == [CAT]
    team.types(CAT, f"/open {code}")
    assert "Gait or balance" in labels(team.newest(CAT))


def test_what_is_typed_in_a_group_says_where_to_answer(team: Team) -> None:
    code = team.case().code
    typed = said(*team.types(CAT, f"/open {code}", chat=GROUP))
    assert typed.endswith(
        f"To answer {code}, tap Answer on its card, or send /open {code} in your private chat."
    )


def test_a_group_reads_the_name_of_who_has_a_case_and_its_owner_reads_yours(team: Team) -> None:
    code = team.case().code
    assert f"{code}: Cat Cole has it now." in said(*team.types(CAT, f"/have {code}", chat=GROUP))
    again = said(*team.types(CAT, f"/have {code}", chat=GROUP))
    assert f"{code}: Cat Cole has had it since 12:00." in again
    assert "yours" not in again
    assert f"{code} is yours." in said(*team.types(BOB, f"/have {code}"))


def test_whoever_opens_it_is_sent_to_the_group_for_another_patient(team: Team) -> None:
    asked = said(*team.types(BOB, f"/open {team.case().code}"))
    assert "A case of your group; it was started Sun 22 Nov 12:00 UTC." in asked
    assert "For another patient: /triage in the group." in asked
    assert "/triage." not in asked


def test_a_hand_over_typed_in_a_group_says_where_it_is_made(team: Team) -> None:
    for line in ("/handover", f"/handover {team.case().code}"):
        assert said(*team.types(ANN, line, chat=GROUP)).endswith(
            "Cases are handed over in private: send /handover in your private chat, or tap "
            "Hand to … on a card here."
        )


def test_a_way_of_a_group_that_is_not_allowed_names_what_is(team: Team) -> None:
    told = said(*team.types(ANN, "/group quiet 23:00-07:00", chat=GROUP))
    assert told.endswith("/group quiet: allowed: none, 20-08, 21-07, 22-07, 23-06")


def test_a_colleague_who_starts_is_offered_the_groups_cases_and_none_is_opened(team: Team) -> None:
    rows = team.types(CAT, "/start")
    code = team.case().code
    assert "Open in your groups." in said(*rows)
    assert labels(rows[-1]) == [f"Answer {code}", "New case"]
    assert own_cases(team, CAT) == []
    team.taps(CAT, rows[-1], f"Answer {code}")
    team.taps(CAT, rows[-1], f"Answer {code}")
    assert "Gait or balance" in labels(team.newest(CAT))
    team.taps(CAT, rows[-1], "New case")
    assert len(own_cases(team, CAT)) == 1


def test_one_who_has_not_acted_in_a_group_yet_is_offered_a_new_case_alone(team: Team) -> None:
    code = team.case().code
    with team.service.store.turn() as store:
        store.groups.part(GROUP, CAT)
    rows = team.types(CAT, "/start")
    assert labels(rows[-1]) == ["New case"] and code not in said(*rows)
    assert own_cases(team, CAT) == []


def test_a_link_of_somebody_else_opens_no_case_and_says_where_to_tap(team: Team) -> None:
    card = team.newest()
    rows = [*team.taps(ANN, card, "Answer"), *team.taps(ANN, card, "Answer")]
    (link,) = [each.leads_to for row in rows for each in screens(row) if each.leads_to]
    told = said(*team.types(CAT, f"/start {link}"))
    assert "That link is not yours, or its case has moved on." in told
    assert own_cases(team, CAT) == []
    assert "Which cord signs" in said(*team.types(ANN, f"/start {link}"))


def test_where_no_group_shares_cases_start_asks_the_first_question(service: Service) -> None:
    alone = in_a_group(service)
    with service.store.turn() as store:
        store.groups.strike_off(GROUP)
    assert "Which cord signs" in said(*alone.types(CAT, "/start"))


def own_cases(team: Team, who: str) -> list[str]:
    """Return every case that stands in a person's private chat, an empty one too."""
    database = team.service.store.database  # type: ignore[attr-defined]
    return [code for (code,) in database.execute("SELECT code FROM cases WHERE chat = ?", (who,))]
