"""Send to …: one question of a group's case for one colleague, in their private chat."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.commands.asking import ANSWERED_WITHIN
from bot.screens.drawn_lines import room_for
from bot.service.asking import bring_back, claim_question, next_question
from bot.service.departing import fall_back
from bot.service.service import Service
from state.records import Queued
from tests.conftest import NOON, Clock, OpenStore
from tests.limits import assert_labels_fit
from tests.service.in_group import ANN, BOB, CAT, GROUP, Team, in_a_group, labels, said, screens

BACK = "Bob Bach has not answered infection signs, asked at 12:00. The question is yours again."


@pytest.fixture
def team(service: Service) -> Team:
    """Ann owns a case of the group, which asks for infection, and works on it in private."""
    team = in_a_group(service)
    team.types(ANN, "/triage", chat=GROUP)
    team.taps(ANN, team.newest(), "Gait or balance")
    team.taps(ANN, team.newest(), "Done")
    team.types(ANN, f"/open {team.case().code}")
    return team


def to(rows: list[Queued], chat: str) -> list[Queued]:
    return [row for row in rows if row.chat == chat]


def sent(team: Team, name: str = "Bob Bach") -> Queued:
    """Send the open question to somebody, and return it as it is shown to them."""
    (asked,) = to(team.types(ANN, "/sendto"), ANN)
    (row,) = to(team.taps(ANN, asked, name), {"Bob Bach": BOB, "Cat Cole": CAT}[name])
    return row


def brought_back(team: Team) -> list[Queued]:
    """Bring back what is due, as the ticker does."""
    before = team.all_rows()
    with team.service.store.turn():
        request = claim_question(team.service)
        if request:
            bring_back(team.service, request)
    return [row for row in team.all_rows() if row.id not in {each.id for each in before}]


def test_a_colleague_is_asked_with_sound_by_whom_and_with_the_buttons(team: Team) -> None:
    row = sent(team)
    (screen,) = screens(row)
    assert screen.alert and row.anew
    assert "Ann Abel asks you about" in said(row) and "Any sign of infection?" in said(row)
    assert "Answer by 12:10, or it goes back to Ann Abel." in said(row)
    assert "Cord signs: Gait or balance" in said(row) and "EMERGENCY" in said(row)
    assert labels(row) == ["Yes", "No", "Not known", f"Open {team.case().code}"]
    assert_labels_fit(screen)
    assert room_for(0, screen)


def test_the_role_of_who_asks_stands_beside_the_name(team: Team) -> None:
    team.types(ANN, "/oncall surgeon me 22:00", chat=GROUP)
    assert "Ann Abel (spinal surgeon) asks you" in said(sent(team))


def test_the_reply_is_an_ordinary_answer_and_the_owner_is_told(team: Team, clock: Clock) -> None:
    row = sent(team)
    clock.pass_by(minutes=2)
    told = team.taps(BOB, row, "No")
    answer = team.case().answers[-1]
    assert (answer.question, answer.value, answer.who) == ("infection_signs", False, BOB)
    assert answer.at == NOON + timedelta(minutes=2)
    (line,) = to(told, ANN)
    assert "Bob Bach answered infection signs: No." in said(line)
    assert said(line).startswith("EMERGENCY · MRI by ")
    assert screens(line)[0].alert
    assert "Thank you. Sent to Ann Abel: " in said(*to(told, BOB))
    assert "BB 12:02" in said(*to(told, GROUP))
    assert team.service.store.requests.of(team.case().code) == []
    assert next_question(team.service) is None


def test_the_colleagues_own_case_is_not_disturbed(team: Team) -> None:
    team.types(BOB, "/triage")
    store = team.service.store
    own = store.cases.active_code(BOB)
    row = sent(team)
    assert store.cases.active_code(BOB) == own
    told = team.taps(BOB, row, "No")
    assert store.cases.active_code(BOB) == own
    (thanks,) = to(told, BOB)
    assert f"Continue {own}" in labels(thanks)
    team.taps(BOB, thanks, f"Continue {own}")
    assert store.cases.active_code(BOB) == own
    assert "Which cord signs are new?" in said(team.newest(BOB))


def test_a_second_tap_and_a_late_one_change_nothing(team: Team) -> None:
    row = sent(team)
    team.taps(BOB, row, "No")
    before = team.case()
    assert "no longer needed" in said(*team.taps(BOB, row, "Yes"))
    assert team.case() == before


def test_a_reply_counts_though_the_case_has_gone_on(team: Team) -> None:
    row = sent(team)
    team.types(ANN, "/requested")
    team.types(ANN, "/edit cord_signs")
    team.taps(BOB, row, "No")
    case = team.case()
    assert case.latest["infection_signs"] is False
    assert case.revisiting == "cord_signs"


def test_ticks_count_at_once_and_end_with_done(team: Team) -> None:
    team.types(ANN, "/edit cord_signs")
    row = sent(team)
    assert "Which cord signs are new?" in said(row)
    rows = team.taps(BOB, row, "Bladder")
    assert team.case().latest["cord_signs"] == ["gait", "bladder"]
    assert to(rows, ANN) == []
    (again,) = to(rows, BOB)
    assert "✓ Bladder" in labels(again)
    rows = team.taps(BOB, row, "Bowel")
    assert team.case().latest["cord_signs"] == ["gait", "bladder", "bowel"]
    (again,) = to(rows, BOB)
    told = said(*to(team.taps(BOB, again, "Done"), ANN))
    assert "Bob Bach answered cord signs: Gait or balance, Bladder, Bowel." in told


def test_a_reply_takes_no_recorded_sign_away(team: Team) -> None:
    team.types(ANN, "/edit cord_signs")
    row = sent(team)
    rows = team.taps(BOB, row, "None of these")
    assert "remove a recorded answer" in said(*to(rows, BOB))
    assert team.case().latest["cord_signs"] == ["gait"]
    assert len(team.service.store.requests.of(team.case().code)) == 1


def test_an_emergency_in_a_reply_sounds_for_all(service: Service) -> None:
    team = in_a_group(service)
    team.types(ANN, "/triage", chat=GROUP)
    team.types(ANN, f"/open {team.case().code}")
    rows = team.taps(BOB, sent(team), "Gait or balance")
    for chat in (BOB, GROUP):
        drawn = [screen for row in to(rows, chat) for screen in screens(row)]
        assert any(each.kind == "alert" and each.alert for each in drawn)


def test_unanswered_it_comes_back_to_the_owner(team: Team, clock: Clock) -> None:
    sent(team)
    due = next_question(team.service)
    assert due == NOON + ANSWERED_WITHIN
    clock.now = due - timedelta(seconds=1)
    assert brought_back(team) == []
    clock.now = due
    rows = brought_back(team)
    assert BACK in said(*to(rows, ANN))
    (late,) = to(rows, BOB)
    assert "no longer needed – infection signs" in said(late)
    assert not late.anew and late.code == team.case().code
    assert not any(screen.alert for screen in screens(late))
    assert next_question(team.service) is None and brought_back(team) == []


def test_it_survives_a_restart(team: Team, clock: Clock, open_again: OpenStore) -> None:
    sent(team)
    team.service.store.close()
    store = open_again()
    access = replace(team.service.access, members=store.members, groups=store.groups)
    again = Team(replace(team.service, store=store, access=access))
    clock.now = NOON + ANSWERED_WITHIN
    assert BACK in said(*to(brought_back(again), ANN))
    store.close()


def test_it_comes_back_to_whoever_has_the_case_by_then(team: Team, clock: Clock) -> None:
    sent(team)
    team.taps(CAT, team.newest(), "I have it")
    clock.now = NOON + ANSWERED_WITHIN
    rows = brought_back(team)
    assert to(rows, ANN) == [] and BACK in said(*to(rows, CAT))


def test_nothing_comes_back_while_out_of_use(team: Team, clock: Clock) -> None:
    sent(team)
    clock.now = NOON + ANSWERED_WITHIN
    setting = replace(team.service.setting, out_of_use="deadlines are wrong")
    assert next_question(replace(team.service, setting=setting)) is None
    assert next_question(team.service) == clock.now


def test_somebody_else_answers_meanwhile(team: Team) -> None:
    row = sent(team)
    rows = team.taps(CAT, team.newest(), "No")
    assert "Cat Cole answered in place of Bob Bach" in said(*to(rows, ANN))
    assert "no longer needed – Cat Cole answered infection signs" in said(*to(rows, BOB))
    assert "no longer needed" in said(*team.taps(BOB, row, "Yes"))
    assert team.case().latest["infection_signs"] is False


def test_the_owner_answers_meanwhile(team: Team) -> None:
    sent(team)
    rows = team.taps(ANN, team.newest(), "No")
    assert "was asked" not in said(*to(rows, ANN))
    assert "Ann Abel answered infection signs" in said(*to(rows, BOB))


def test_an_older_answer_that_counts_again_ends_no_question(team: Team, clock: Clock) -> None:
    team.taps(ANN, team.newest(), "Not known")
    clock.pass_by(minutes=1)
    team.types(ANN, "/edit infection_signs")
    team.taps(ANN, team.newest(ANN), "No")
    team.types(ANN, "/edit infection_signs")
    sent(team)
    rows = team.types(ANN, "/undo answer")
    assert team.case().latest["infection_signs"] == "unknown"
    assert to(rows, BOB) == []
    (request,) = team.service.store.requests.of(team.case().code)
    assert (request.whom, request.question) == (BOB, "infection_signs")


def test_two_are_asked_and_the_owner_is_told_once(team: Team) -> None:
    row = sent(team)
    sent(team, "Cat Cole")
    rows = team.taps(BOB, row, "No")
    (line,) = to(rows, ANN)
    assert "Bob Bach answered" in said(line)
    assert "Bob Bach answered infection signs" in said(*to(rows, CAT))


def test_the_case_is_closed_meanwhile(team: Team) -> None:
    row = sent(team)
    rows = team.types(ANN, "/close transferred")
    assert "no longer needed" in said(*to(rows, BOB))
    before = team.case()
    assert "no longer needed" in said(*team.taps(BOB, row, "Yes"))
    assert team.case() == before
    assert team.service.store.requests.of(before.code) == []


def test_asked_twice_it_says_since_when(team: Team, clock: Clock) -> None:
    sent(team)
    clock.pass_by(minutes=2)
    (asked,) = to(team.types(ANN, "/sendto"), ANN)
    rows = team.taps(ANN, asked, "Bob Bach")
    assert "Bob Bach was asked at 12:00: infection signs." in said(*to(rows, ANN))
    assert to(rows, BOB) == []
    team.taps(CAT, team.newest(), "Not known")
    rows = team.types(ANN, "/sendto bob")
    assert to(rows, BOB)
    team.types(ANN, "/edit cord_signs")
    rows = team.types(ANN, "/sendto bob")
    assert (
        "Bob Bach was asked at 12:02 and has not answered: kidneys." in said(*to(rows, ANN))
        and to(rows, BOB) == []
    )


def test_another_question_can_be_chosen_of_those_without_an_answer(team: Team) -> None:
    team.taps(ANN, team.newest(), "Not known")
    (asked,) = to(team.types(ANN, "/sendto"), ANN)
    (which,) = to(team.taps(ANN, asked, "Another question"), ANN)
    assert labels(which) == ["Kidneys", "Infection signs", "Case"]
    (whom,) = to(team.taps(ANN, which, "Infection signs"), ANN)
    (row,) = to(team.taps(ANN, whom, "Bob Bach"), BOB)
    assert "Any sign of infection?" in said(row)
    team.taps(BOB, row, "No")
    assert team.case().latest["infection_signs"] is False


def test_somebody_who_cannot_be_written_to_is_named_at_once(team: Team) -> None:
    store = team.service.store
    with store.turn():
        store.chats.set_reachable(BOB, reachable=False)
    (asked,) = to(team.types(ANN, "/sendto"), ANN)
    rows = team.taps(ANN, asked, "Bob Bach")
    assert "Bob Bach cannot be messaged" in said(*to(rows, ANN))
    assert to(rows, BOB) == [] and store.requests.of(team.case().code) == []


def test_somebody_who_turns_out_not_to_be_reachable_is_told_of_at_once(team: Team) -> None:
    sent(team)
    store = team.service.store
    with store.turn():
        store.chats.set_reachable(BOB, reachable=False)
    due = next_question(team.service)
    assert due is not None and due <= NOON
    rows = brought_back(team)
    assert "Bob Bach cannot be messaged" in said(*to(rows, ANN))
    assert to(rows, BOB) == []


def test_only_the_owner_sends_and_only_of_a_groups_case(team: Team) -> None:
    for _ in range(2):
        team.types(BOB, f"/open {team.case().code}")
    assert "only its owner, Ann Abel, sends its questions" in said(*team.types(BOB, "/sendto cat"))
    team.types(CAT, "/triage")
    team.taps(CAT, team.newest(CAT), "Gait or balance")
    assert "is not in a group" in said(*team.types(CAT, "/sendto bob"))
    assert "Send to …" not in labels(team.types(CAT, "/more")[-1])
    assert team.service.store.requests.first() is None


def test_who_may_have_no_case_or_is_unknown_is_not_asked(team: Team) -> None:
    for line in ("/sendto eve", "/sendto zoe", "/sendto to 1004", "/sendto to 9999 asia"):
        rows = team.types(ANN, line)
        assert "nobody in the group" in said(*rows)
        assert {row.chat for row in rows} == {ANN}
    (asked,) = to(team.types(ANN, "/sendto"), ANN)
    assert labels(asked)[:2] == ["Bob Bach", "Cat Cole"]


def test_it_stands_under_more_of_a_groups_case(team: Team) -> None:
    (more,) = to(team.types(ANN, "/more"), ANN)
    pages = [more, *(to(team.taps(ANN, more, "Further"), ANN) if "Further" in labels(more) else [])]
    page = next(each for each in pages if "Send to …" in labels(each))
    assert "who should answer infection signs?" in said(*team.taps(ANN, page, "Send to …"))


def test_a_typed_answer_is_given_in_the_case_and_ends_it(team: Team) -> None:
    sent(team)
    code = team.case().code
    team.types(BOB, f"/open {code}")
    rows = team.taps(BOB, team.newest(BOB), "No")
    assert "Bob Bach answered infection signs: No." in said(*to(rows, ANN))


def test_somebody_who_is_asked_is_erased(team: Team) -> None:
    sent(team)
    rows = team.types(BOB, "/forget yes")
    (told,) = to(rows, ANN)
    assert "cannot answer infection signs any more. The question is yours again." in said(told)
    assert screens(told)[0].alert and "Bob Bach" not in said(told)
    assert "was asked" not in said(*to(rows, GROUP)[-1:])
    assert team.service.store.requests.of(team.case().code) == []


def test_whoever_asked_is_erased(team: Team) -> None:
    sent(team)
    team.taps(CAT, team.newest(), "I have it")
    rows = team.types(ANN, "/forget yes")
    assert "Bob Bach cannot answer infection signs any more" in said(*to(rows, CAT))
    assert "no longer needed – infection signs" in said(*to(rows, BOB))


def test_the_group_is_gone(team: Team) -> None:
    sent(team)
    before = {row.id for row in team.all_rows()}
    with team.service.store.turn():
        fall_back(team.service, GROUP)
    rows = [row for row in team.all_rows() if row.id not in before]
    assert "Bob Bach cannot answer infection signs any more." in " ".join(map(said, to(rows, ANN)))
    assert "no longer needed – infection signs" in " ".join(map(said, to(rows, BOB)))
    assert team.service.store.requests.first() is None


def test_what_is_asked_is_in_the_data_of_both_and_goes_with_either(team: Team) -> None:
    sent(team)
    store = team.service.store
    (theirs,) = store.people.stored_of(BOB)["requests"]
    assert (theirs["whom"], theirs["asked_by"]) == (BOB, "another person")
    (own,) = store.people.stored_of(ANN)["requests"]
    assert (own["whom"], own["asked_by"]) == ("another person", ANN)
    assert f"sendto to {BOB}" not in str(store.people.stored_of(ANN)["buttons"])
    with store.turn():
        store.people.forget(BOB)
    assert store.requests.first() is None
