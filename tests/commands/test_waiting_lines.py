"""What was read from a line and waits: a second line, a closed case, lists, another patient."""

from dataclasses import replace

import pytest

from bot.incoming import Command, Incoming, Text
from bot.screens.board import digests
from bot.screens.screen import Screen, load
from bot.service.boards import BOARD, Boards
from bot.service.redrawing import redraw_part
from bot.service.reminding import Reminding
from bot.service.service import Service
from state.read_lines import ReadLine
from state.records import FIRST_PLACE, SCREEN, Card
from tests.commands.test_lines import (
    EMERGENCY,
    MARK,
    NEXT,
    case_of,
    newest,
    presses,
    reminders,
    says,
    taps_again,
)
from tests.conftest import Clock
from tests.dialogue import CHAT, tap
from tests.service.in_group import ANN, BOB, GROUP, in_a_group, said, screens
from tests.service.in_group import labels as labels_of


def waiting(service: Service) -> ReadLine:
    found = service.store.read_lines.find(case_of(service).code)
    assert found is not None
    return found


def shows(service: Service, line: str) -> list[Screen]:
    """Type a command, and return all that it showed."""
    name, _, rest = line.removeprefix("/").partition(" ")
    service.take(Incoming(CHAT, "ann", Command(name, rest)))
    return [load(each) for each in service.store.outbox.queued(CHAT)[-1].screens]


def test_a_second_line_neither_wipes_an_emergency_nor_its_reminder(
    there: Service, clock: Clock
) -> None:
    says(there, "/triage bilateral foot drop, K 6.9, ASIA C")
    due = waiting(there).remind_at
    clock.pass_by(minutes=1)
    both = says(there, "left foot drop stable, K 4.5, ASIA E")
    assert "EMERGENCY" in both.plain()
    assert "The more urgent reading is kept, not: " in both.plain()
    assert "potassium: 4.5 mmol/L" in both.plain() and "ASIA: E" in both.plain()
    kept = waiting(there)
    assert (kept.fields["asia"], kept.fields["potassium"]) == ("C", 6.9)
    assert kept.fields["radicular_deficit"] == "bilateral" and "deficit_days" not in kept.fields
    assert kept.remind_at == due is not None


def test_a_newer_value_of_the_same_urgency_stands_and_says_what_it_replaces(
    there: Service,
) -> None:
    says(there, "/triage back pain, K 5.9, HD mon wed fri")
    both = says(there, "K 4.5, dialysis tue thu sat")
    assert "Instead of what was read before: potassium: 5.9 mmol/L." in both.plain()
    assert waiting(there).fields["potassium"] == 4.5
    assert waiting(there).fields["dialysis_days"] == ["tue", "thu", "sat"]


def test_the_days_of_another_deficit_are_not_those_of_the_new_one(there: Service) -> None:
    says(there, "/triage left foot drop getting worse for 3 weeks")
    assert waiting(there).fields["deficit_days"] == 21
    says(there, "now bilateral foot drop")
    assert waiting(there).fields["radicular_deficit"] == "bilateral"
    assert "deficit_days" not in waiting(there).fields


def test_one_lesion_said_twice_stays_one(there: Service) -> None:
    says(there, "/triage breast ca, MRI done, Bilsky 1a at T6")
    says(there, "MRI done, Bilsky 3 at T6")
    (lesion,) = waiting(there).fields["lesions"]
    assert lesion == {"level": "T6", "escc": "3"}


def test_what_was_left_out_counts_again_if_it_is_said_again(there: Service) -> None:
    says(there, "/triage legs weak, back pain")
    presses(there, "Change")
    presses(there, "✓ Limb weakness")
    assert waiting(there).left_out == ["cord_signs:weakness"]
    both = says(there, "now legs very weak, K 5.1")
    assert waiting(there).left_out == [] and "EMERGENCY" in both.plain()


def test_the_deadline_counts_from_the_line_and_not_from_when_it_is_confirmed(
    there: Service, clock: Clock
) -> None:
    assert "EMERGENCY · MRI by Mon 00:00" in says(there, f"/triage {EMERGENCY}").plain()
    clock.pass_by(hours=3)
    assert "EMERGENCY · MRI by Mon 00:00" in says(there, "/line").plain()
    alert, *_ = presses(there, "Use it")
    assert alert.plain().startswith("EMERGENCY · MRI by Mon 00:00")


def test_a_card_from_before_something_was_left_out_confirms_nothing(phone: Service) -> None:
    says(phone, "/triage legs weak, numb bum")
    row = phone.store.outbox.queued(CHAT)[-1]
    tap(phone, "Change")
    tap(phone, "✓ Saddle numbness")
    taps_again(phone, row, "Use it")
    assert "That button is of an older screen." in newest(phone).plain()
    assert case_of(phone).answers == ()


def test_two_things_left_out_one_after_the_other_are_both_left_out(phone: Service) -> None:
    says(phone, "/triage legs weak, numb bum")
    tap(phone, "Change")
    row = phone.store.outbox.queued(CHAT)[-1]
    for label in ("✓ Limb weakness", "✓ Saddle numbness"):
        taps_again(phone, row, label)
    assert waiting(phone).left_out == ["cord_signs:weakness", "cord_signs:saddle_anaesthesia"]


def test_no_alert_reminds_of_an_emergency_whose_signs_were_left_out(
    there: Service, clock: Clock
) -> None:
    says(there, "/triage legs weak, K 5.1")
    presses(there, "Change")
    presses(there, "✓ Limb weakness")
    clock.pass_by(minutes=5)
    assert reminders(there) == []
    presses(there, "Limb weakness")
    clock.pass_by(minutes=5)
    (row,) = reminders(there)
    assert load(row.screens[0]).alert


def test_a_reminder_names_its_case_in_what_it_says_to_type(service: Service, clock: Clock) -> None:
    says(service, f"/triage {EMERGENCY}")
    first = case_of(service).code
    says(service, "/triage")
    assert case_of(service).code != first
    clock.pass_by(minutes=5)
    (row,) = reminders(service)
    typed = [each.typed for each in load(row.screens[0]).rows[0]]
    assert typed == [f"/line {each} {first}" for each in ("use", "change", "cancel")]
    says(service, typed[1])
    shows(service, typed[0])
    assert case_of(service).code == first
    assert case_of(service).latest["cord_signs"] == ["weakness", "saddle_anaesthesia"]


@pytest.mark.parametrize("way", ["Cancel", "undone"])
def test_the_next_patient_gets_another_code_and_another_clock(
    there: Service, clock: Clock, way: str
) -> None:
    says(there, f"/triage {EMERGENCY}")
    first = case_of(there).code
    presses(there, "Use it" if way == "undone" else "Cancel")
    while way == "undone" and case_of(there).given:
        shows(there, "/undo answer")
    clock.pass_by(minutes=6)
    offered = says(there, "/triage 45F legs weak")
    assert case_of(there).code != first and "MRI by Mon 00:06" in offered.plain()


def test_an_emergency_that_waits_stands_in_lists_and_on_boards(there: Service) -> None:
    says(there, f"/triage {EMERGENCY}")
    code = case_of(there).code
    assert f"{code}: not settled" in says(there, "/cases").plain()
    assert "read from a line, not confirmed: EMERGENCY" in says(there, "/cases").plain()
    (listed,) = there.store.boards.cases(CHAT, 0, 0, 9)
    assert (listed.level, listed.about) == ("emergency", "unconfirmed")
    assert listed.due_at is not None
    says(there, "/triage")
    assert f"Also open: {code}." in newest(there).plain()
    (resumed,) = shows(there, f"/resume {code}")
    assert MARK in resumed.plain() and NEXT not in resumed.plain()
    presses(there, "Cancel")
    presses(there, "Cancel it")
    assert "not confirmed" not in says(there, "/cases").plain()
    assert {each.about for each in there.store.boards.cases(CHAT, 0, 0, 9)} == {""}


def test_after_an_absence_what_waits_is_shown_and_not_its_empty_question(phone: Service) -> None:
    says(phone, f"/triage {EMERGENCY}")
    with phone.store.turn() as store:
        store.cards.keep(Card(case_of(phone).code, SCREEN, CHAT, 7, phone.clock()))
        store.redraws.keep(FIRST_PLACE)
        redraw_part(phone)
    assert MARK in newest(phone).plain() and NEXT not in newest(phone).plain()


def test_a_board_is_drawn_anew_when_a_line_at_a_question_makes_an_emergency(
    phone: Service,
) -> None:
    says(phone, "/triage back pain, breast ca")
    tap(phone, "Use it")
    shows(phone, "/board")
    boards = Boards(phone.store, phone.setting, phone.access)
    (board,) = phone.store.boards.of(CHAT)
    with phone.store.turn() as store:
        shown, heads = digests(boards.draw(board, phone.clock()))
        store.boards.keep(replace(board, shown=shown, heads=heads))
    phone.take(Incoming(CHAT, "ann", Text("legs weak, HD")))
    drawn = [row for row in phone.store.outbox.queued(CHAT) if [*row.screens] == [BOARD]]
    assert len(drawn) == 2  # as asked for, and anew


def test_what_is_denied_first_and_then_said_is_not_both(there: Service) -> None:
    says(there, "/triage back pain, no weakness, K 5.1")
    assert waiting(there).denied == ["weakness"]
    both = says(there, "now legs weak, K 5.1")
    assert "EMERGENCY" in both.plain() and "Denied" not in both.plain()


def test_a_list_gives_no_urgency_that_a_line_does_not_settle(there: Service) -> None:
    says(there, "/triage breast ca, K 5.1")
    listed = says(there, "/cases").plain()
    assert "; read from a line, not confirmed" in listed and "confirmed: " not in listed


def test_a_question_above_which_a_line_waits_says_so(there: Service) -> None:
    says(there, f"/triage {EMERGENCY}")
    question = says(there, "/continue")
    assert NEXT in question.plain()
    assert "Read from a line as an EMERGENCY and not confirmed: /line" in question.plain()


def test_closing_a_case_asks_first_and_drops_what_waits_in_it(there: Service) -> None:
    says(there, f"/triage {EMERGENCY}")
    code = case_of(there).code
    asked = says(there, "/close")
    assert "Closing drops what was read from a line and not confirmed." in asked.plain()
    assert "is dropped" not in asked.plain()
    assert case_of(there).status != "closed" and waiting(there)
    says(there, "/cancel")
    closing = "\n".join(each.plain() for each in presses(there, "Other reason"))
    assert "What was read from a line and not confirmed is dropped." in closing
    closed = there.store.cases.find(code)
    assert closed is not None and closed.status == "closed"
    shows(there, f"/resume {code}")
    assert there.store.read_lines.find(code) is None
    assert "No line waits" in says(there, "/line").plain()


def test_what_a_question_refuses_is_not_kept_and_counts_as_not_read(there: Service) -> None:
    offered = says(there, "/triage back pain, HD for 1951 years, K 99")
    assert "dialysis_years" not in waiting(there).fields
    assert "back_pain" in waiting(there).fields
    assert "not read" in offered.plain()


@pytest.mark.parametrize(
    "line",
    [
        "also 2nd pt: 70M lung ca numb saddle, HD via AVF",
        "another patient, numb saddle, HD",
        "70M lung ca, numb saddle",
    ],
)
@pytest.mark.parametrize("confirmed", [True, False])
def test_another_patient_is_not_added_to_the_case_that_is_open(
    there: Service, line: str, confirmed: bool
) -> None:
    says(there, "/triage 54F breast ca, legs weak")
    first = case_of(there).code
    if confirmed:
        presses(there, "Use it")
    before = there.store.cases.find(first), there.store.read_lines.find(first)
    offered = says(there, line)
    assert case_of(there).code != first and "EMERGENCY" in offered.plain()
    assert f"Taken as another patient than {first}" in offered.plain()
    assert waiting(there).fields["cord_signs"] == ["saddle_anaesthesia"]
    after = there.store.cases.find(first), there.store.read_lines.find(first)
    assert after[1] == before[1] and (after[0] and after[0].answers) == (
        before[0] and before[0].answers
    )


def test_another_primary_alone_corrects_the_case(there: Service) -> None:
    says(there, "/triage 54F breast ca, legs weak")
    first = case_of(there).code
    presses(there, "Use it")
    offered = says(there, "primary is lung ca")
    assert case_of(there).code == first and "Lung" in offered.plain()


@pytest.mark.parametrize(
    ("line", "two"),
    [
        ("pt 1: 67M prostate legs weak. pt 2: 54F breast back pain only", True),
        ("67M legs weak; 54F back pain", True),
        ("67-year-old man, legs weak, 54 yo, F, back pain", True),
        ("67M prostate, legs weak, walks 50 m", False),
        ("67M legs weak, wife 65F is a nurse", False),
        ("67M legs weak, 67 yo man, PT 14", False),
    ],
)
def test_a_line_that_may_speak_of_two_patients_asks(there: Service, line: str, two: bool) -> None:
    offered = says(there, f"/triage {line}")
    assert "EMERGENCY" in offered.plain()
    assert ("Two patients in this line?" in offered.plain()) == two


def test_an_emergency_that_was_read_sounds_in_the_quiet_hours_of_a_group(
    service: Service,
) -> None:
    team = in_a_group(service)
    with service.store.turn() as store:
        group = store.groups.find(GROUP)
        assert group is not None
        store.groups.change(replace(group, quiet="12-13"))
    for line, sounds in (("back pain, K 5.1", False), ("legs weak 2/7, numb bum", True)):
        (row,) = [
            each for each in team.types(ANN, f"/triage {line}", chat=GROUP) if each.chat == GROUP
        ]
        assert [each.alert for each in screens(row)] == [sounds]


@pytest.mark.parametrize(
    ("line", "said_of_case"),
    [
        ("67M breast ca, foot drop 3 days, HD", True),
        ("back pain, breast ca, HD, apixaban, K 5.1", True),
        ("70M lung, legs weak, cannot walk, HD, apixaban", True),
        ("foot drop 3 days, back pain", False),
    ],
)
def test_a_line_of_a_patient_that_answers_a_look_up_says_that_no_case_has_it(
    there: Service, line: str, said_of_case: bool
) -> None:
    says(there, "/mri")
    for typed in (line, f"/mri {line}"):
        looked_up = says(there, typed)
        assert ("Looked up only: nothing is added to a case." in looked_up.plain()) == said_of_case
        assert there.store.cases.active(CHAT) is None


def test_the_line_stays_on_the_groups_card_while_a_colleague_looks(service: Service) -> None:
    team = in_a_group(service)
    team.types(ANN, "/triage legs weak 2/7, numb bum", chat=GROUP)
    code = team.case().code
    rows = team.types(BOB, f"/open {code}")
    own = "\n".join(said(each) for each in rows if each.chat == BOB)
    assert MARK in own and "None of these" not in own
    assert "Use it" in labels_of(team.newest(BOB))
    rows = [*rows, *team.types(BOB, f"/have {code}")]
    shown = [said(each) for each in rows if each.chat == GROUP]
    assert shown and all("Nothing answered" not in each for each in shown)
    assert MARK in shown[-1]
    redrawn = [each for row in rows if row.chat == GROUP for each in screens(row)]
    assert not any(each.alert for each in redrawn)
    assert Reminding(team.service).next_due() is not None
    team.taps(BOB, team.newest(BOB), "Use it")
    assert team.case().latest["cord_signs"] == ["weakness", "saddle_anaesthesia"]
    assert MARK not in said(team.newest())
