"""A typed line in the conversation: what was understood is offered, and counts once confirmed."""

from datetime import timedelta

import pytest

from bot.commands.waiting_lines import REMIND_AFTER
from bot.flows.triage import FLOW
from bot.incoming import Command, Incoming, Tap, Text
from bot.reading.reader import read
from bot.screens.drawn_lines import room_for
from bot.screens.screen import Screen, load
from bot.service.reminding import Reminding
from bot.service.service import Service
from state.records import Queued, StoredCase
from tests.conftest import Clock
from tests.dialogue import CHAT, asked, labels, tap
from tests.limits import assert_fits
from tests.service.in_group import ANN, BOB, GROUP, in_a_group, said, screens
from tests.service.in_group import labels as labels_of

EMERGENCY = "67M prostate, legs weak 2/7, numb bum, HD MWF via line, apixaban"
MARK = "Read from your line, not confirmed:"
ROUTINE = "67M known prostate mets, back pain at night, K 5.1"
NEXT = "Which cord signs are new?"


def says(service: Service, line: str) -> Screen:
    """Type a line or a command, and return the one screen that answers it, still to be tapped."""
    name, _, rest = line.removeprefix("/").partition(" ")
    act = Command(name, rest) if line.startswith("/") else Text(line)
    service.take(Incoming(CHAT, "ann", act))
    return newest(service)


def newest(service: Service) -> Screen:
    (screen,) = (load(each) for each in service.store.outbox.queued(CHAT)[-1].screens)
    return screen


def presses(service: Service, label: str) -> list[Screen]:
    """Tap a button of the newest screen, or type what it says to type; return what was shown."""
    if service.touch:
        return tap(service, label)
    typed = {each.label: each.typed for row in newest(service).rows for each in row}[label]
    name, _, rest = typed.removeprefix("/").partition(" ")
    service.take(Incoming(CHAT, "ann", Command(name, rest)))
    return [load(each) for each in service.store.outbox.queued(CHAT)[-1].screens]


def taps_again(service: Service, row: Queued, label: str) -> None:
    """Tap a button of a message that is not the newest."""
    place = labels_of(row).index(label)
    service.take(Incoming(CHAT, "ann", Tap(str(row.token), place), query="q"))


def case_of(service: Service) -> StoredCase:
    case = service.store.cases.active(CHAT)
    assert case is not None
    return case


@pytest.mark.parametrize("before", ["/triage ", ""])
def test_an_emergency_in_a_line_shows_its_card_at_once_and_counts_once_confirmed(
    there: Service, before: str
) -> None:
    card = says(there, f"{before}{EMERGENCY}")
    assert card.alert and card.plain().startswith(f"{MARK}\nEMERGENCY · MRI by Mon 00:00")
    assert "Dexamethasone: one call first" in card.plain()
    assert "Call now: spinal surgeon" in card.plain()
    assert (
        "\nRead: cord signs: Limb weakness, Saddle numbness\nAlso kidneys: Haemodialysis; "
        in card.plain()
    )
    assert [each.label for each in card.rows[0]] == ["Use it", "Change", "Cancel"]
    assert room_for(0, card)
    assert_fits(card)
    assert case_of(there).answers == () and case_of(there).told is None
    alert, *_, question = presses(there, "Use it")
    assert alert.alert and alert.plain().startswith("EMERGENCY · MRI by Mon 00:00")
    assert "Any sign of infection?" in question.plain()
    case = case_of(there)
    assert case.latest == {
        "cord_signs": ["weakness", "saddle_anaesthesia"],
        "renal": "haemodialysis",
        "primary": "prostate",
        "blood_thinners": ["doac"],
        "access": "catheter",
        "dialysis_days": ["mon", "wed", "fri"],
    }
    assert {(each.who, each.at) for each in case.answers} == {("ann", there.clock())}
    assert there.store.read_lines.find(case.code) is None


def test_what_is_confirmed_is_an_answer_like_all_others(there: Service) -> None:
    says(there, f"/triage {EMERGENCY}")
    presses(there, "Use it")
    assert "Cord signs: Limb weakness, Saddle numbness" in says(there, "/edit").plain()
    assert NEXT in says(there, "/back").plain()
    assert "Answered before: Haemodialysis" in says(there, "/edit renal").plain()
    assert "/edit renal" not in says(there, "/continue").plain()
    assert case_of(there).latest["cord_signs"] == ["weakness", "saddle_anaesthesia"]


def test_a_line_without_emergency_is_offered_without_a_sound(there: Service) -> None:
    offered = says(there, f"{ROUTINE}, no numbness of the legs, zxqv wvut")
    assert not offered.alert and MARK not in offered.plain()
    assert "cancer: Known; primary: Prostate" in offered.plain()
    assert "spinal pain: Yes" in offered.plain() and "2 words not read" in offered.plain()
    assert "Denied: " in offered.plain()
    assert "zxqv" not in offered.plain()
    presses(there, "Use it")
    assert case_of(there).latest["back_pain"] is True
    assert asked(there) == "cord_signs"


def test_what_kills_is_said_before_and_after_it_is_confirmed(there: Service) -> None:
    assert (
        "Potassium 6.4: treat first" in says(there, "/triage known prostate ca, K 6.4, HD").plain()
    )
    assert any("Potassium 6.4: treat first" in each.plain() for each in presses(there, "Use it"))


def test_cancel_takes_nothing(there: Service) -> None:
    says(there, ROUTINE)
    (question,) = presses(there, "Cancel")
    assert "Cancelled: nothing from your line was used." in question.plain()
    assert NEXT in question.plain()
    assert case_of(there).answers == ()
    assert there.store.read_lines.find(case_of(there).code) is None


def test_an_emergency_is_cancelled_only_after_asking(there: Service) -> None:
    says(there, EMERGENCY)
    (asked_back,) = presses(there, "Cancel")
    assert asked_back.plain().startswith(f"{MARK}\nEMERGENCY · MRI by Mon 00:00")
    assert "This was read as an emergency. Cancel it all the same?" in asked_back.plain()
    for command in ("/line drop", f"/line drop {case_of(there).code}"):
        assert says(there, command) == asked_back
        assert there.store.read_lines.find(case_of(there).code) is not None
    (card,) = presses(there, "Keep it")
    assert [each.label for each in card.rows[0]] == ["Use it", "Change", "Cancel"]
    assert there.store.read_lines.find(case_of(there).code) is not None
    presses(there, "Cancel")
    (question,) = presses(there, "Cancel it")
    assert "Cancelled: nothing from your line was used." in question.plain()
    assert case_of(there).answers == ()
    assert there.store.read_lines.find(case_of(there).code) is None


def test_what_was_read_wrongly_is_left_out_and_asked(there: Service) -> None:
    says(there, f"/triage {EMERGENCY}")
    (items,) = presses(there, "Change")
    assert_fits(items)
    ticks = [each.label for row in items.rows[:-1] for each in row]
    assert ticks[:3] == ["✓ Limb weakness", "✓ Saddle numbness", "✓ Kidneys"]
    assert ticks[-1] == "✓ Dialysis days"
    assert [each.label for each in items.rows[-1]] == ["Use it", "Cancel"]
    presses(there, "✓ Saddle numbness")
    presses(there, "✓ Kidneys")
    presses(there, "✓ Access")
    (items,) = presses(there, "Access")
    assert "cord signs: Limb weakness\n" in items.plain()
    assert "Saddle numbness" not in items.plain()
    presses(there, "Use it")
    latest = case_of(there).latest
    assert latest["cord_signs"] == ["weakness"] and latest["access"] == "catheter"
    assert "renal" not in latest


def test_what_is_typed_in_capitals_leaves_out_too(there: Service) -> None:
    says(there, "/triage legs weak, numb bum")
    items = says(there, "/line OUT 2")
    assert items.plain().endswith("Read: cord signs: Limb weakness")
    assert "Saddle numbness" in [each.label for row in items.rows for each in row]


@pytest.mark.parametrize("typed", ["use please", "use thanks", "cancel it", "out 1 2", "burn"])
def test_what_line_does_not_know_is_answered_with_what_it_does(there: Service, typed: str) -> None:
    says(there, "/triage legs weak")
    answered = says(there, f"/line {typed}")
    assert "allowed: use, change, out N, in N, cancel" in answered.plain()
    assert case_of(there).answers == ()
    assert there.store.read_lines.find(case_of(there).code) is not None


def test_a_line_at_a_question_offers_the_answer_and_what_else_it_says(there: Service) -> None:
    says(there, "/triage weak legs")
    presses(there, "Use it")
    offered = says(there, "fever, potassium 6.4, apixaban")
    assert "Read: infection signs: Yes\nAlso " in offered.plain()
    assert "potassium: 6.4 mmol/L" in offered.plain() and "blood thinners: DOAC" in offered.plain()
    assert offered.plain().startswith("EMERGENCY") and not offered.alert
    presses(there, "Use it")
    latest = case_of(there).latest
    assert (latest["infection_signs"], latest["potassium"]) == (True, 6.4)


def test_the_words_of_the_question_before_a_comma_are_its_answer(there: Service) -> None:
    says(there, "/triage weak legs")
    presses(there, "Use it")
    assert (
        "Read: infection signs: No\nAlso potassium: 6.4 mmol/L" in says(there, "no, K 6.4").plain()
    )


def test_a_plain_answer_is_taken_as_before(service: Service) -> None:
    says(service, "/triage")
    for line in ("saddle numbness", "not known", "haemodialysis"):
        service.take(Incoming(CHAT, "ann", Text(line)))
    latest = case_of(service).latest
    assert latest["cord_signs"] == ["saddle_anaesthesia"]
    assert latest["renal"] == "haemodialysis"


def test_a_line_never_takes_a_sign_away_and_says_what_it_replaces(there: Service) -> None:
    says(there, "/triage numb bum, K 5.1, HD")
    presses(there, "Use it")
    assert "potassium: 5.1 mmol/L → 6.4 mmol/L" in says(there, "weak legs, K 6.4").plain()
    presses(there, "Use it")
    latest = case_of(there).latest
    assert latest["cord_signs"] == ["weakness", "saddle_anaesthesia"]
    assert latest["potassium"] == 6.4


def test_a_second_line_before_the_first_is_confirmed_is_added_to_it(there: Service) -> None:
    says(there, "legs weak 2/7")
    added = says(there, "numb bum, K 5.1")
    assert "Added to what was read before. Another patient: /triage and the line." in added.plain()
    assert "Limb weakness, Saddle numbness" in added.plain() and "5.1" in added.plain()


def test_another_patient_gets_a_case_of_their_own(there: Service) -> None:
    says(there, f"/triage {EMERGENCY}")
    first = case_of(there).code
    offered = says(there, "/triage back pain, known breast ca")
    assert case_of(there).code != first and "Saddle" not in offered.plain()
    assert there.store.read_lines.find(first) is not None
    says(there, "/triage")
    assert case_of(there).code not in (first, "")


def test_a_button_of_an_earlier_line_confirms_nothing(phone: Service) -> None:
    says(phone, "/triage back pain")
    row = phone.store.outbox.queued(CHAT)[-1]
    says(phone, "also weak legs since yesterday")
    taps_again(phone, row, "Use it")
    assert "That button is of an older screen." in newest(phone).plain()
    assert case_of(phone).answers == ()


def test_after_the_case_has_gone_on_the_line_is_shown_once_more(phone: Service) -> None:
    says(phone, "/triage")
    offered = says(phone, "back pain, K 6.4")
    row = phone.store.outbox.queued(CHAT)[-1]
    assert "spinal pain: Yes" in offered.plain()
    says(phone, "/continue")
    tap(phone, "None of these")
    taps_again(phone, row, "Use it")
    assert "The case has gone on since." in newest(phone).plain()
    assert "back_pain" not in case_of(phone).latest
    tap(phone, "Use it")
    assert case_of(phone).latest["back_pain"] is True


@pytest.mark.parametrize("line", ["hello there", "thank you", "zxqv", "Smythe"])
def test_a_line_that_says_nothing_of_a_case_begins_none(there: Service, line: str) -> None:
    there.take(Incoming(CHAT, "ann", Text(line)))
    assert there.store.cases.active(CHAT) is None


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("zxqv", "Nothing of your line was read. Tick what is there."),
        ("no weakness", "Your line only denies: limb weakness. Tick what is there."),
    ],
)
def test_a_line_of_which_nothing_counts_leads_to_the_first_question(
    there: Service, line: str, first: str
) -> None:
    question = says(there, f"/triage {line}")
    assert question.plain().startswith(first) and NEXT in question.plain()


@pytest.mark.parametrize(
    ("line", "doubt"),
    [
        ("left leg weak", "A weak limb is taken as a cord sign."),
        ("foot drop 3/7", "No trend said: taken as worsening."),
        ("back pain, ?saddle numbness", "A finding with a question mark is not taken."),
        ("back pain, chronic foot drop", "What belongs to the past is not taken."),
    ],
)
def test_a_doubt_is_said_in_a_short_sentence(there: Service, line: str, doubt: str) -> None:
    assert read(line).doubts
    assert doubt in says(there, f"/triage {line}").plain()


def reminders(service: Service) -> list[Queued]:
    before = {row.id for row in service.store.outbox.queued(CHAT)}
    reminding = Reminding(service)
    with service.store.turn():
        if claimed := reminding.claim():
            reminding.remind(claimed)
    return [row for row in service.store.outbox.queued(CHAT) if row.id not in before]


def test_an_emergency_that_nobody_confirms_is_reminded_of_once(
    there: Service, clock: Clock
) -> None:
    says(there, EMERGENCY)
    due = clock() + REMIND_AFTER
    assert Reminding(there).next_due() == due == Reminding(there).next_due(only=CHAT)
    clock.now += REMIND_AFTER - timedelta(seconds=1)
    assert reminders(there) == []
    clock.pass_by(seconds=1)
    (row,) = reminders(there)
    (screen,) = (load(each) for each in row.screens)
    assert screen.alert and "Not confirmed yet: use it, change it or cancel it." in screen.plain()
    assert screen.plain().startswith(f"{MARK}\nEMERGENCY")
    assert Reminding(there).next_due() is None and reminders(there) == []
    presses(there, "Use it")
    assert case_of(there).latest["cord_signs"] == ["weakness", "saddle_anaesthesia"]


@pytest.mark.parametrize("way", ["Use it", "Cancel", "routine"])
def test_what_was_settled_or_is_no_emergency_is_not_reminded_of(
    there: Service, clock: Clock, way: str
) -> None:
    says(there, ROUTINE if way == "routine" else EMERGENCY)
    for label in {"routine": (), "Cancel": ("Cancel", "Cancel it")}.get(way, (way,)):
        presses(there, label)
    clock.pass_by(minutes=6)
    assert [row for row in reminders(there) if MARK in row.screens[0]] == []


def test_from_the_line_to_the_card_is_one_message_and_no_tap(phone: Service) -> None:
    says(phone, f"/triage {EMERGENCY}")
    assert len(phone.store.outbox.queued(CHAT)) == 1
    assert "EMERGENCY" in newest(phone).plain()


@pytest.mark.parametrize(
    "line",
    [
        "71F breast mets, back pain, sciatica left, foot drop 3/7 getting worse, "
        "fever 38.5, HD MWF via line, apixaban, K 5.1",
        "63M prostate ca, no back pain, no sciatica, no foot drop, legs weak 1/7, numb bum, "
        "HD TTS fistula, warfarin, K 6.1",
    ],
)
def test_eight_known_findings_take_at_most_six_taps_to_the_end_of_the_urgency_part(
    phone: Service, line: str
) -> None:
    assert len(read(line).fields) >= 8
    says(phone, f"/triage {line}")
    tap(phone, "Use it")
    taps = 1
    while not settled(phone):
        question = FLOW.question(asked(phone))
        assert question is not None
        for label in labels(question, [] if question.id == "cord_signs" else "unknown"):
            tap(phone, label)
            taps += 1
    assert taps <= 6


def settled(service: Service) -> bool:
    case = case_of(service)
    return service.setting.engine.stand(case, service.clock()).settled


def test_a_line_in_a_group_works_as_triage_does_there(service: Service) -> None:
    team = in_a_group(service)
    rows = team.types(ANN, f"/triage {EMERGENCY}", chat=GROUP)
    (row,) = [each for each in rows if each.chat == GROUP]
    (screen,) = screens(row)
    assert screen.alert and MARK in said(row)
    assert team.case().answers == ()
    rows = team.taps(BOB, row, "Use it")
    assert team.case().latest["cord_signs"] == ["weakness", "saddle_anaesthesia"]
    assert {each.who for each in team.case().answers} == {BOB}
    shown = "\n".join(said(each) for each in rows if each.chat == GROUP)
    assert "EMERGENCY" in shown and MARK not in shown


LONG = (
    "67M known prostate mets, legs weak 2/7, numb bum, HD MWF via line for 6 years, anuric, "
    "apixaban, aspirin, K 6.1, Ca 2.9, albumin 28"
)


def test_many_items_stand_on_pages_of_at_most_nine_buttons(there: Service) -> None:
    says(there, f"/triage {LONG}")
    (first,) = presses(there, "Change")
    (second,) = presses(there, "More")
    ticks = [each.label for page in (first, second) for row in page.rows[:-1] for each in row]
    assert len(set(ticks)) == len(ticks) == 12
    for page in (first, second):
        assert_fits(page)
        assert sum(map(len, page.rows)) <= 9
    (again,) = presses(there, "✓ Potassium")
    assert "Potassium" in [each.label for row in again.rows for each in row]
