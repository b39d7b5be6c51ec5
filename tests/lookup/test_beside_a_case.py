"""A look-up during an open case: its question is answered there, and the case is unchanged."""

from dataclasses import replace

import pytest

from bot.incoming import Command, Incoming
from bot.screens.screen import Screen, say_line
from bot.service.service import Service
from state.records import StoredCase
from tests.dialogue import CHAT, asked, do, tap, triage

ASKS = [  # what asks, what is typed next, and what the look-up then says
    ("/sins T6", "1", "SINS 4–16 of 18"),
    ("/sins T6", "mechanical, lytic", "SINS 6–16 of 18"),
    ("/sins", "T6 mechanical lytic normal none none", "SINS 6 of 18: stable"),
    ("/sins T6 mechanical", "9", "SINS Bone: “9” is not one of them; allowed: "),
    ("/sins T6", "Smythe", "SINS Pain: that is not one of them; allowed: "),
    ("/sins T99", "T9", "SINS 1–16 of 18"),
    ("/tokuhashi", "70", "Revised Tokuhashi 1–14 of 15"),
    ("/tokuhashi 70", "1", "Revised Tokuhashi 2–13 of 15"),
    ("/tokuhashi 70 1", "unknown", "Revised Tokuhashi 2–13 of 15"),
    ("/escc", "1", "allowed: 3, 2, 1c, 1b, 1a, 0"),
    ("/escc", "2", "ESCC (Bilsky) 2"),
    ("/escc 2", "3", "ESCC (Bilsky) 3"),
    ("/asia", "1", "allowed: A, B, C, D, E"),
    ("/asia", "C", "ASIA, Frankel C"),
    ("/asia ecog", "2", "ECOG 2"),
    ("/asia kps", "80", "Karnofsky (KPS) 80"),
    ("/calcium", "1.98 30", "Adjusted calcium: 2.18 mmol/L"),
    ("/calcium 1.98", "30", "Adjusted calcium: 2.18 mmol/L"),
    ("/calcium 1.98", "1", "g/L"),
    ("/mri", "numb bum", "Cauda equina · EMERGENCY"),
    ("/mri", "1", "no presentation found in these words"),
    ("/mri xyz", "2", "no presentation found in these words"),
    ("/mri back pain zxqv", "foot drop 3 days", "Deficit up to 7 days · URGENT"),
    ("/drug", "oramorph", "Morphine: AVOID on haemodialysis"),
    ("/drug class Opioid", "1", "There is no such drug here"),
    ("/drug zzzz", "2", "There is no such drug here"),
    ("/ask", "2", "2.1  Spinal metastases"),
    ("/ask dexamethasone before MRI", "1", "MRI times"),
]
FINISHED = (
    "/sins T6 mechanical lytic normal none none",
    "/tokuhashi 70 1 1 none lung D",
    "/calcium 1.98 30",
    "/mri foot drop 3 days",
    "/drug oramorph",
)


def case_of(service: Service) -> StoredCase:
    case = service.store.cases.active(CHAT)
    assert case is not None
    return case


def beside_a_case(service: Service, *, touch: bool) -> Service:
    """Begin a case whose first question, the cord signs, is open."""
    there = replace(service, touch=touch)
    do(there, "/triage")
    return there


def plain(screens: list[Screen]) -> str:
    return "\n\n".join(screen.plain() for screen in screens)


@pytest.mark.parametrize("touch", [False, True], ids=["terminal", "phone"])
@pytest.mark.parametrize(("line", "typed", "said"), ASKS)
def test_what_a_look_up_asked_is_answered_there(
    service: Service, line: str, typed: str, said: str, touch: bool
) -> None:
    there = beside_a_case(service, touch=touch)
    before = case_of(there)
    do(there, line)
    shown = do(there, typed)
    assert said in plain(shown)
    assert case_of(there) == before
    back = [button for screen in shown for row in screen.rows for button in row]
    assert f"Back to {before.code}" in [button.label for button in back]


@pytest.mark.parametrize("line", [line for line, _, _ in ASKS])
def test_a_number_that_is_asked_in_the_case_too_stays_out_of_it(
    service: Service, line: str
) -> None:
    triage(service, up_to="potassium", cord_signs=["weakness"], renal="haemodialysis")
    assert asked(service) == "potassium"
    do(service, line)
    before = case_of(service)
    do(service, "6")
    assert case_of(service).answers == before.answers


@pytest.mark.parametrize("touch", [False, True], ids=["terminal", "phone"])
def test_a_line_that_was_refused_is_asked_again_until_the_case_is_looked_at(
    service: Service, touch: bool
) -> None:
    there = beside_a_case(service, touch=touch)
    do(there, "/sins T6")
    for typed in ("xyz", "1 2 3 4 5 6 7 8", "none of these"):
        do(there, typed)
    assert not case_of(there).answers
    assert "SINS 4–16 of 18" in plain(do(there, "1"))
    assert "Which cord signs are new?" in plain(do(there, "/look"))
    do(there, "1")
    assert touch or case_of(there).latest == {"cord_signs": ["weakness"]}


@pytest.mark.parametrize("line", FINISHED)
def test_after_a_look_up_that_is_finished_a_line_is_the_cases(service: Service, line: str) -> None:
    there = beside_a_case(service, touch=False)
    do(there, line)
    assert "Limb weakness. Is that right?" in do(there, "1")[-1].plain()
    assert case_of(there).latest == {}
    do(there, "weakness")
    assert case_of(there).latest == {"cord_signs": ["weakness"]}


def test_another_command_or_a_tap_ends_what_a_look_up_asked(service: Service) -> None:
    there = beside_a_case(service, touch=True)
    do(there, "/escc", "/help")
    assert there.store.chats.look_up(CHAT) == "look "
    there.take(Incoming(CHAT, "ann", Command("escc")))
    assert there.store.chats.look_up(CHAT) == "escc "
    tap(there, f"Back to {case_of(there).code}")
    assert there.store.chats.look_up(CHAT) == ""


def test_what_a_look_up_asked_outlives_a_restart(service: Service) -> None:
    there = beside_a_case(service, touch=False)
    do(there, "/sins T6")
    again = replace(there)
    assert "SINS 4–16 of 18" in plain(do(again, "1"))


def test_without_a_case_a_look_up_is_answered_too(service: Service) -> None:
    do(service, "/sins T6")
    assert "SINS 4–16 of 18" in plain(do(service, "1"))
    assert service.store.cases.active(CHAT) is None


def test_no_typed_word_is_kept_of_a_look_up(service: Service) -> None:
    there = beside_a_case(service, touch=False)
    for line in ("/sins T6", "Smythe-Oakley", "/drug Smythe-Oakley", "/mri Smythe-Oakley"):
        do(there, line)
        assert "smythe" not in there.store.chats.look_up(CHAT).casefold()


SHOWN_ABOVE = (
    "/drug morphine", "/drug", "/mri back pain", "/mri", "/ask denosumab", "/ask 3", "/ask 2.1",
    "/sins T6", "/sins T6 mechanical lytic normal none none", "/escc 2", "/asia C", "/tokuhashi",
    "/calcium 1.98 30", "/calcium x", "/why", "/why U1", "/sources", "/sources 2", "/sources R02",
)  # fmt: skip


@pytest.mark.parametrize("line", SHOWN_ABOVE)
def test_a_look_up_begins_with_the_urgency_of_the_chats_case(service: Service, line: str) -> None:
    assert do(service, line)[-1].head == ()
    triage(service, cord_signs=["weakness"])
    before = case_of(service)
    (screen,) = do(service, line)
    head = say_line(screen.head)
    assert head.startswith("EMERGENCY · ") and head.endswith(f" · {before.code}")
    assert screen.plain().startswith(head)
    assert case_of(service) == before


@pytest.mark.parametrize("line", ["/drug morphine", "/mri cauda equina", "/why"])
def test_an_urgency_that_is_not_settled_or_no_longer_counts_is_not_said(
    service: Service, line: str
) -> None:
    do(service, "/triage", "none")
    assert do(service, line)[0].head == ()
    triage(service, cord_signs=["weakness"])
    do(service, "/close transferred")
    assert all(screen.head == () for screen in do(service, line))
