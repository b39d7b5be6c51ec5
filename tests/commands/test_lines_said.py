"""What is said of a line: its emergency, its answers, and what a newer line denies."""

import re
from dataclasses import replace

import pytest

from bot.flows.triage import FLOW
from bot.incoming import Incoming, Text
from bot.installation import Setting
from bot.screens.drawn_lines import room_for
from bot.screens.screen import Screen
from bot.service.service import Service
from tests.commands.test_lines import CHAT, MARK, NEXT, case_of, newest, presses, says
from tests.dialogue import asked, tap
from tests.limits import assert_fits

CLOCK = re.compile(r"(?:equina|spine): MRI (?:within 4 h of the|4 h from) request")
CALLS = ("", "bleep 4321", "Spinal coordinator, 020 7946 0000", "Coordinator " + "0" * 48)
LONGEST = (
    "71F breast mets, legs weak 2/7, numb bum, can't PU, incontinent of faeces, plantars up, "
    "lhermitte, wide gait, foot drop 3 days worse, sciatica both legs, back pain, fever 38.5, "
    "HD MWF via line for 12 years, apixaban, aspirin, K 6.9, Ca 3.4, albumin 28, ECOG 3, KPS 40"
)
SADDLE = [
    ("met prostate, ESRF on HD via permcath, afebrile CRP 4, numb bum and cant PU", "16 mg now"),
    ("66 yo M BLE weakness & urinary retention, on Eliquis", "3 questions first"),
    ("legs weak, numb bum, HD PD line", "one call first"),
    (
        "72F breast ca w bony mets, off legs since this am, not PU'd, HD TTS via R IJ permcath, "
        "on warf",
        "1 question first",
    ),
    ("known breast ca, legs weak, numb bum, HD MWF via line, K 6.1", "1 question first"),
    (LONGEST, "not yet, abscess first"),
]
EXAMINED = (
    "gait steady, sensation ok, no saddle numbness, continent b+b, reflexes normal, plantars down, "
    "no lhermitte"
)


def has_clock(screen: Screen) -> bool:
    return CLOCK.search(screen.plain()) is not None


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("line", "steroid"), SADDLE)
def test_an_emergency_says_the_limit_of_a_cauda_equina_and_the_steroid_whatever_it_says_besides(
    phone: Service, line: str, steroid: str, call: str
) -> None:
    service = replace(phone, setting=Setting(phone.setting.engine, call, 30))
    card = says(service, f"/triage {line}")
    (items,) = presses(service, "Change")
    for screen in (card, items):
        assert_fits(screen)
        assert room_for(0, screen), screen.plain()
        said = screen.plain()
        assert said.startswith(f"{MARK}\nEMERGENCY · MRI by Mon 00:00 (in 12 h)")
        assert has_clock(screen), said
        assert f"Dexamethasone: {steroid}" in said
        assert "K 6" not in line or "Potassium 6" in said
        assert "Read: cord signs: " in said


@pytest.mark.parametrize("line", [line for line, _ in SADDLE])
def test_the_alert_of_what_is_confirmed_says_the_limit_of_a_cauda_equina(
    there: Service, line: str
) -> None:
    says(there, f"/triage {line}")
    alert, *_ = presses(there, "Use it")
    assert alert.alert and has_clock(alert)


def in_emergency(service: Service) -> None:
    """Begin a case with an emergency, without a sign of the cauda equina."""
    says(service, "/triage legs weak, breast ca mets, afebrile, CRP 4, normal kidneys")
    presses(service, "Use it")


def test_a_bladder_sign_added_by_a_line_says_its_4_h_at_once(there: Service) -> None:
    in_emergency(there)
    card = says(there, "no but cant pee")
    assert card.alert and card.plain().startswith(MARK) and has_clock(card)
    alert, *_ = presses(there, "Use it")
    assert alert.alert and has_clock(alert)


def test_a_bladder_sign_added_by_new_signs_says_its_4_h_at_once_and_once(phone: Service) -> None:
    in_emergency(phone)
    says(phone, "/newsigns")
    alert, *_ = tap(phone, "Bladder")
    assert alert.alert and has_clock(alert)
    again, *_ = tap(phone, "Bowel")
    assert not again.alert
    done, *_ = tap(phone, "Done")
    assert not done.alert


@pytest.mark.parametrize(
    ("line", "head"),
    [
        ("MRI done: Bilsky 3 at T6, breast ca", "EMERGENCY (provisional) · Treat by Mon 12:00"),
        ("CT: T10 mass ESCC 2, prostate ca mets, back pain", "EMERGENCY · MRI by Mon 00:00"),
    ],
)
def test_compression_on_images_is_an_emergency_before_any_symptom_is_asked(
    there: Service, line: str, head: str
) -> None:
    card = says(there, f"/triage {line}")
    assert card.alert and card.plain().startswith(f"{MARK}\n{head}")
    assert "Dexamethasone: " in card.plain()
    alert, question = presses(there, "Use it")
    assert alert.alert and alert.plain().startswith(head)
    assert question.plain().startswith(head) and NEXT in question.plain()
    assert "EMERGENCY" in says(there, "/cases").plain()


def test_what_is_taken_out_ends_an_emergency_and_is_said_before_and_after(there: Service) -> None:
    says(there, "/triage left leg weak, numb bum, K 5.1, HD")
    (items,) = presses(there, "Change")
    assert items.plain().startswith(f"{MARK}\nEMERGENCY") and has_clock(items)
    assert not items.alert
    assert "A weak limb is taken as a cord sign." in items.plain()
    (items,) = presses(there, "✓ Limb weakness")
    assert "EMERGENCY" in items.plain()
    assert "A weak limb is taken as a cord sign." not in items.plain()
    (items,) = presses(there, "✓ Saddle numbness")
    gone = "No longer an emergency by what was read: without limb weakness, saddle numbness."
    assert gone in items.plain() and MARK not in items.plain()
    (question,) = presses(there, "Use it")
    assert gone in question.plain()
    assert "cord_signs" not in case_of(there).latest


def test_a_line_of_which_nothing_is_left_cannot_be_used(there: Service) -> None:
    says(there, "/triage back pain")
    presses(there, "Change")
    (items,) = presses(there, "✓ Spinal pain")
    assert "Nothing is left of what was read." in items.plain()
    assert [each.label for each in items.rows[-1]] == ["Cancel"]
    says(there, "/line use")
    assert case_of(there).answers == ()
    assert there.store.read_lines.find(case_of(there).code) is None


@pytest.mark.parametrize(
    ("line", "waits"),
    [
        ("weak legs", "Read from a line as an EMERGENCY and not confirmed: /line shows it."),
        ("back pain", "Read from a line and not confirmed: /line shows it."),
    ],
)
def test_a_question_that_hides_what_was_read_says_that_it_waits(
    there: Service, line: str, waits: str
) -> None:
    says(there, f"/triage {line}")
    for command in ("/back", "/continue"):
        assert waits in says(there, command).plain()
    says(there, "/line cancel")
    if "EMERGENCY" in waits:
        presses(there, "Cancel it")
    assert "not confirmed" not in says(there, "/back").plain()


@pytest.mark.parametrize("line", ["actually legs fine, no weakness", "no new weakness"])
def test_a_line_that_denies_what_waits_offers_to_take_it_out(there: Service, line: str) -> None:
    says(there, "/triage weak legs, numb bum")
    offered = says(there, line)
    assert "denies what was read before: limb weakness. Take it out?" in offered.plain()
    assert offered.plain().startswith(f"{MARK}\nEMERGENCY")
    (card,) = presses(there, "Leave it in")
    assert "Read: cord signs: Limb weakness, Saddle numbness" in card.plain()
    says(there, line)
    presses(there, "Take it out")
    presses(there, "Use it")
    assert case_of(there).latest["cord_signs"] == ["saddle_anaesthesia"]


def test_several_things_that_are_denied_are_taken_out_together(there: Service) -> None:
    says(there, "/triage weak legs, numb bum, K 5.1")
    assert (
        "limb weakness, saddle numbness" in says(there, "no weakness, no saddle numbness").plain()
    )
    (items,) = presses(there, "Take it out")
    assert "Read: potassium: 5.1 mmol/L" in items.plain()


def test_a_line_of_which_nothing_is_read_shows_again_what_waits(there: Service) -> None:
    says(there, "/triage weak legs")
    card = says(there, "ok legs are back to how they were")
    assert "Nothing was read from your newer line." in card.plain()
    assert "Read: cord signs: Limb weakness" in card.plain()


def test_a_line_that_denies_what_stands_leads_to_where_it_is_corrected(there: Service) -> None:
    says(there, "/triage weak legs, cant pee")
    presses(there, "Use it")
    question = says(there, "actually no retention")
    assert "Your line denies what stands in the case: bladder." in question.plain()
    assert NEXT in question.plain() and asked(there) == "cord_signs"
    assert case_of(there).latest["cord_signs"] == ["weakness", "bladder"]


def test_what_a_line_with_findings_denies_stays_and_is_said(there: Service) -> None:
    says(there, "/triage weak legs")
    card = says(there, "no weakness, but can't pee")
    assert "denies what was read before: limb weakness. It stays until Change" in card.plain()
    assert "Read: cord signs: Limb weakness, Bladder" in card.plain()
    presses(there, "Use it")
    offered = says(there, "no weakness, K 6.4")
    assert "denies what stands in the case: limb weakness. It stays" in offered.plain()
    assert "potassium: 6.4 mmol/L" in offered.plain()


@pytest.mark.parametrize("line", ["ECOG 0", "bedbound"])
def test_a_value_of_none_or_nought_is_no_denial(there: Service, line: str) -> None:
    says(there, "/triage weak legs, walking unaided, ECOG 2")
    assert "denies" not in says(there, line).plain()


def test_an_answer_that_denies_is_taken_as_the_answer(there: Service) -> None:
    says(there, "/triage weak legs")
    presses(there, "Use it")
    there.take(Incoming(CHAT, "ann", Text("no")))
    assert asked(there) != "infection_signs" or "No" in newest(there).plain()
    assert there.store.read_lines.find(case_of(there).code) is None


def test_an_examination_says_which_signs_are_left(there: Service) -> None:
    says(there, "/triage")
    question = says(there, EXAMINED)
    assert "Left to examine: limb weakness." in question.plain() and NEXT in question.plain()
    assert case_of(there).answers == ()


def test_a_whole_examination_without_a_sign_is_offered_as_none(there: Service) -> None:
    says(there, "/triage")
    assert "Read: cord signs: none" in says(there, f"power normal, {EXAMINED}").plain()
    presses(there, "Use it")
    assert case_of(there).latest["cord_signs"] == []


def test_a_line_that_denies_something_else_says_so_and_asks_again(there: Service) -> None:
    says(there, "/triage weak legs")
    presses(there, "Use it")
    question = says(there, "no foot drop, no saddle numbness")
    assert "That does not answer the question." in question.plain()
    assert asked(there) == "infection_signs"


@pytest.mark.parametrize(
    "line",
    [
        "?MSCC",
        "cauda equina?",
        "epidural haematoma?",
        "Can't rule out cord compression on CT thoracic spine",
        "sounds like cauda equina per GP",
    ],
)
def test_a_diagnosis_to_exclude_asks_for_the_signs(there: Service, line: str) -> None:
    asks = "That is a diagnosis to exclude, not a finding: which signs are there? Tick them."
    for typed in (f"/triage {line}", line):
        question = says(there, typed)
        assert asks in question.plain() and NEXT in question.plain()
    assert case_of(there).answers == ()


def test_signs_are_a_line_of_their_own_and_the_rest_is_not_bold(there: Service) -> None:
    card = says(there, "/triage known prostate ca, legs weak, HD MWF via line, no foot drop, zxqv")
    looks = {line[0].text: block.look for block in card.blocks for line in block.lines}
    assert looks["Read: cord signs: Limb weakness"] == "lead"
    (others,) = (each for each in looks if each.startswith("Also "))
    assert looks[others] == looks["Denied: root deficit. 1 word not read."] == "text"
    lead = [line for line, look in looks.items() if look == "lead" and line != f"{MARK}\n"]
    assert lead == ["Read: cord signs: Limb weakness"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("MRI done, T6 ESCC 3, T9 Bilsky 1c, breast ca", "MRI: Done; T6: ESCC 3; T9: ESCC 1c"),
        ("no blood thinners, back pain", "blood thinners: none"),
        ("foot drop 4 days, worse", "root deficit: One side, worsening, for 4 days"),
        ("plantars up", "cord signs: UMN signs"),
    ],
)
def test_an_answer_is_said_as_on_a_ward(there: Service, line: str, said: str) -> None:
    shown = says(there, f"/triage {line}").plain()
    assert said in shown
    assert "lesion" not in shown and "None of these" not in shown


def test_what_is_replaced_and_what_the_case_has_already_are_said(there: Service) -> None:
    says(there, "/triage known lung ca, back pain")
    presses(there, "Use it")
    assert "primary: Lung → Breast" in says(there, "breast ca").plain()
    presses(there, "Use it")
    again = says(there, "breast ca, back pain")
    assert "Already in the case: spinal pain: Yes; cancer: Known; primary: Breast." in again.plain()
    assert again.kind == "question" and NEXT in again.plain()
    assert there.store.read_lines.find(case_of(there).code) is None
    assert FLOW.question(asked(there)) is not None
