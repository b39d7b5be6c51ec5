"""/undo and its buttons over a real database: what was taken back counts nowhere any more."""

from bot.incoming import Command, Incoming, Tap
from bot.screens.screen import Button, Screen, load
from bot.service.sending import mint
from bot.service.service import Service
from state.records import Queued, StoredCase, Value
from tests.commands.test_notes import at_work, cards, labels
from tests.conftest import Clock
from tests.dialogue import CHAT, answer, asked, do, tap, triage

SETTLED: dict[str, Value] = {
    "cord_signs": ["gait"], "infection_signs": False, "renal": "normal", "cancer": "known"
}  # fmt: skip
OLDER = "That button is from an older screen"
LAST_ROW = ("Continue", "Plan", "More")


def minutes(clock: Clock, count: float = 1) -> None:
    clock.pass_by(minutes=count)


def types(phone: Service, name: str, rest: str = "") -> list[Screen]:
    phone.take(Incoming(CHAT, "ann", Command(name, rest)))
    return newest(phone)


def row(phone: Service) -> Queued:
    return phone.store.outbox.queued(CHAT)[-1]


def newest(phone: Service) -> list[Screen]:
    return [load(each) for each in row(phone).screens]


def said(screens: list[Screen]) -> str:
    return "\n".join(each.plain() for each in screens)


def emergency(phone: Service, clock: Clock) -> None:
    types(phone, "triage")
    tap(phone, "Gait or balance")
    minutes(clock)


def undo_button(phone: Service, does: str, case: StoredCase | None = None) -> tuple[str, int]:
    """Draw a screen with an Undo button, as the case view has one; return its token and place."""
    turn = phone.begin(Incoming(CHAT, "ann", Command("card")), case or at_work(phone))
    turn.screens.append(Screen("card", "Undo", rows=((Button("Undo", does),),)))
    with phone.store.turn():
        token = mint(turn)
    return str(token), 0


def taps(phone: Service, button: tuple[str, int]) -> list[Screen]:
    phone.take(Incoming(CHAT, "ann", Tap(*button), query="q"))
    return newest(phone)


def reminders(service: Service) -> list[str]:
    return [each.kind for each in service.store.reminders.pending(at_work(service).code)]


def test_a_steroid_given_by_mistake_is_asked_for_again(service: Service, clock: Clock) -> None:
    triage(service, **SETTLED)
    clock.pass_by(minutes=41)
    do(service, "/given")
    clock.pass_by(minutes=2)
    screens = do(service, "/undo")
    assert "Taken back: 12:41 Steroid given." in said(screens)
    (card,) = cards(screens)
    assert "16 mg now" in card.plain()
    assert "12:41 Steroid given\n12:43 Taken back: 12:41 steroid given" in card.plain()
    handed_over = said(do(service, "/sbar"))
    assert "Taken back" not in handed_over and "12:41" not in handed_over


def test_treatment_begun_by_mistake_is_reminded_of_again(service: Service, clock: Clock) -> None:
    images: dict[str, Value] = {"mri": "done", "lesions_seen": "some", "level": "T7", "escc": "3"}
    triage(service, **SETTLED, **images)
    minutes(clock)
    before = reminders(service)
    assert "treatment_due" in before
    do(service, "/begun")
    assert "treatment_due" not in reminders(service)
    minutes(clock)
    screens = do(service, "/undo begun")
    assert reminders(service) == before
    assert "treatment begun" not in cards(screens)[0].title.casefold()


def test_an_mri_done_by_mistake_brings_the_deadline_back(service: Service, clock: Clock) -> None:
    triage(service, **SETTLED)
    minutes(clock)
    before, said_before = reminders(service), said(do(service, "/sbar"))
    do(service, "/scanned")
    minutes(clock)
    do(service, "/undo scanned")
    assert at_work(service).latest.get("mri") is None
    assert reminders(service) == before and "mri_due" in before
    now = said(do(service, "/sbar"))
    now = now.replace("12:02", "12:01").replace("11 h 58 min", "11 h 59 min")
    assert now == said_before


def test_a_case_closed_by_mistake_is_open_again_with_its_reminders(
    service: Service, clock: Clock
) -> None:
    triage(service, **SETTLED)
    code, before = at_work(service).code, reminders(service)
    minutes(clock)
    do(service, "/close treated")
    assert service.store.cases.active(CHAT) is None
    minutes(clock)
    screens = do(service, "/undo")
    assert "Taken back: 12:01 Closed: treated here." in said(screens)
    assert (at_work(service).code, at_work(service).status) == (code, "open")
    assert reminders(service) == before
    assert "reopened" not in said(do(service, "/card"))


def test_only_a_case_closed_just_now_is_opened_again(service: Service, clock: Clock) -> None:
    triage(service, **SETTLED)
    do(service, "/close treated")
    assert "is closed; /resume" in said(do(service, "/undo given"))
    clock.pass_by(minutes=11)
    assert "No case is open here" in said(do(service, "/undo"))


def test_new_signs_by_mistake_are_taken_back_with_their_alert(phone: Service, clock: Clock) -> None:
    emergency(phone, clock)
    tap(phone, "Done")
    minutes(clock)
    types(phone, "newsigns")
    tap(phone, "Bladder")
    assert at_work(phone).latest["cord_signs"] == ["gait", "bladder"]
    minutes(clock)
    assert "Taken back: 12:02 New signs: bladder." in said(types(phone, "undo"))
    assert at_work(phone).latest["cord_signs"] == ["gait"]
    assert "Bladder" not in said(types(phone, "sbar"))


def test_the_last_answer_is_asked_again(phone: Service, clock: Clock) -> None:
    emergency(phone, clock)
    tap(phone, "Done")
    minutes(clock)
    key = asked(phone)
    tap(phone, "No")
    minutes(clock)
    screens = types(phone, "undo", "answer")
    assert "Taken back: " in screens[-1].plain() and ": No." in screens[-1].plain()
    assert asked(phone) == key and key not in at_work(phone).latest
    assert "Answered before" not in screens[-1].plain()


def test_what_can_be_undone_is_said(service: Service) -> None:
    triage(service, **SETTLED)
    (screen,) = do(service, "/undo smith")
    assert screen.plain().endswith(
        "nothing to take back by that name; allowed: "
        "given, requested, called, begun, scanned, newsigns, differs, closed, answer"
    )
    assert "There is nothing to take back." in said(do(service, "/undo given"))
    assert len(at_work(service).timeline) == 0


def test_undo_without_a_case_says_so(service: Service) -> None:
    assert "No case is open here" in said(do(service, "/undo"))


def test_a_button_takes_back_one_thing_however_often_it_is_tapped(
    phone: Service, clock: Clock
) -> None:
    emergency(phone, clock)
    for name in ("given", "requested"):
        types(phone, name)
        minutes(clock)
    button = undo_button(phone, "undo mri_requested")
    assert "Taken back: 12:02 MRI requested." in said(taps(phone, button))
    assert OLDER in said(taps(phone, button))
    assert [each.kind for each in at_work(phone).noted] == ["steroid_given"]


def test_a_button_from_before_another_note_is_an_old_one(phone: Service, clock: Clock) -> None:
    emergency(phone, clock)
    types(phone, "called", "surgeon")
    button = undo_button(phone, "undo called")
    minutes(clock)
    types(phone, "called", "radiology")
    assert OLDER in said(taps(phone, button))
    assert [each.detail for each in at_work(phone).noted] == ["surgeon", "radiology"]


def test_a_button_says_later_that_the_command_takes_back(phone: Service, clock: Clock) -> None:
    emergency(phone, clock)
    types(phone, "given")
    button = undo_button(phone, "undo steroid_given")
    clock.pass_by(minutes=10)
    assert "/undo given takes it back" in said(taps(phone, button))
    assert len(at_work(phone).noted) == 1
    types(phone, "undo", "given")
    assert at_work(phone).noted == ()


def test_a_closing_is_taken_back_by_its_button(phone: Service, clock: Clock) -> None:
    emergency(phone, clock)
    case = at_work(phone)
    types(phone, "close", "treated")
    closed = phone.store.cases.find(case.code)
    assert closed is not None and closed.status == "closed"
    button = undo_button(phone, "undo closed", closed)
    assert "Taken back: 12:01 Closed: treated here." in said(taps(phone, button))
    assert at_work(phone).status == "open"
    assert OLDER in said(taps(phone, button))


def test_the_list_shows_what_can_be_taken_back(phone: Service, clock: Clock) -> None:
    emergency(phone, clock)
    types(phone, "given")
    clock.pass_by(minutes=9)
    types(phone, "called", "surgeon")
    clock.pass_by(minutes=2)
    (screen,) = taps(phone, undo_button(phone, "undo"))
    lines = screen.plain().split("\n")
    assert lines[-3:] == [
        "12:10 Called: spinal surgeon",
        "12:01 Steroid given – /undo given",
        "12:00 Cord signs: Gait or balance – /undo answer",
    ]
    assert labels([screen]) == ["Call", *LAST_ROW]
    assert "Taken back: 12:10 Called: spinal surgeon." in said(tap(phone, "Call"))
    assert [each.kind for each in at_work(phone).noted] == ["steroid_given"]


def test_an_empty_list_says_so(phone: Service) -> None:
    types(phone, "triage")
    (screen,) = taps(phone, undo_button(phone, "undo"))
    assert "Nothing can be taken back." in screen.plain()
    assert labels([screen]) == [*LAST_ROW]


def test_the_list_has_at_most_six(phone: Service, clock: Clock) -> None:
    emergency(phone, clock)
    tap(phone, "Done")
    for name, rest in (
        ("given", ""), ("requested", ""), ("called", "surgeon"), ("begun", ""), ("newsigns", ""),
    ):  # fmt: skip
        types(phone, name, rest)
        minutes(clock)
    tap(phone, "Bladder")
    minutes(clock)
    types(phone, "scanned")
    minutes(clock)
    (screen,) = taps(phone, undo_button(phone, "undo"))
    assert labels([screen]) == [
        "MRI done", "Signs", "Treatment begun", "Call", "MRI requested", "Steroid given",
        *LAST_ROW,
    ]  # fmt: skip


def test_what_was_taken_back_is_kept_in_the_database(service: Service, clock: Clock) -> None:
    triage(service, **{key: SETTLED[key] for key in SETTLED if key != "cancer"})
    minutes(clock)
    answer(service, cancer="known")
    for line in ("/given", "/undo", "/undo"):
        minutes(clock)
        do(service, line)
    case = at_work(service)
    kept = service.store.cases.find(case.code)
    assert kept == case
    assert [each.kind for each in case.timeline] == ["steroid_given", "undone"]
    assert case.noted == () and "cancer" not in case.latest
    assert case.answers[-1].question == "cancer" and case.answers[-2].value == "known"
    assert "Taken back" in said(do(service, "/card"))


def test_new_signs_taken_back_leave_a_sign_that_was_ticked_since(
    phone: Service, clock: Clock
) -> None:
    types(phone, "triage")
    answer(phone, cord_signs=[], up_to="radicular_pain")
    minutes(clock)
    types(phone, "newsigns")
    tap(phone, "Bowel")
    tap(phone, "Done")
    minutes(clock, 3)
    types(phone, "edit", "cord_signs")
    tap(phone, "Gait or balance")
    tap(phone, "Done")
    minutes(clock)
    types(phone, "undo", "newsigns")
    assert "New signs: bowel" in said(newest(phone))
    assert at_work(phone).latest["cord_signs"] == ["gait"]


def test_after_another_case_was_closed_undo_asks_which(phone: Service, clock: Clock) -> None:
    emergency(phone, clock)
    tap(phone, "Done")
    minutes(clock)
    first = at_work(phone).code
    types(phone, "outcome")
    how = row(phone)
    types(phone, "triage")
    minutes(clock)
    tap(phone, "Gait or balance")
    tap(phone, "Done")
    minutes(clock)
    types(phone, "given")
    minutes(clock)
    names = [button.label for each in how.screens for line in load(each).rows for button in line]
    place = names.index("Transferred")
    phone.take(Incoming(CHAT, "ann", Tap(str(how.token), place), query="q"))
    types(phone, "undo")
    assert at_work(phone).newest_entry("steroid_given")
    assert f"Reopen {first}" in labels(newest(phone))
    assert f"{first} was closed last" in said(newest(phone))
