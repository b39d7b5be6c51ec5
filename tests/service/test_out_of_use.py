"""While CordCall is out of use it works nothing out: it says so, whom to call and why."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.access import Access
from bot.adapters.telegram.updates import reduce
from bot.commands.invitations import hash_of
from bot.commands.registry import COMMANDS
from bot.incoming import Command, Incoming, Tap, Text, Unread
from bot.screens.out_of_use import (
    LONGEST_REASON,
    draw_back,
    draw_deadline,
    draw_goes_out,
    draw_out_of_use,
    say_out_of_use,
)
from bot.screens.screen import load
from bot.service.keeping import ask_about_open
from bot.service.offering import offer_left_cases
from bot.service.open_cases import OutOfUse
from bot.service.out_of_use import announce
from bot.service.reminding import Reminding
from bot.service.service import Service
from bot.settings import Settings
from state.people import Invitation, Member
from state.records import Priority, Reminder, Switch
from tests.access import only
from tests.conftest import NOON, Clock
from tests.dialogue import shown, tap
from tests.limits import assert_fits
from tests.starting import redraw_all, take_over_all

ANN, BOB, CAT = "1001", "1002", "1003"
CALL = "Spinal coordinator, 020 7946 0000"
SAID = f"Do not use CordCall – call {CALL}. Reason: the deadlines are wrong."
MESSAGE = f"CordCall\n{SAID}\nTreat any new deficit as an emergency."
CLINICAL = re.compile(r"EMERGENCY ·|URGENT|MRI:|Dexamethasone|mg\b|Which |SINS|\bESCC")


@pytest.fixture
def owned(service: Service) -> Service:
    """Ann owns it; Bob may have cases; nobody else."""
    with service.store.turn() as store:
        store.members.keep(Member(BOB, "clinician", "", ANN, NOON))
    access = Access(service.store.members, frozenset({ANN}))
    return replace(service, touch=True, access=access)


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        ("gave dose twice", "gave dose twice"),
        ("gave dose\ntwice", "gave dose twice"),
        ("", "an owner found something wrong"),
    ],
)
def test_a_name_in_the_reason_does_not_keep_it_in_use(
    owned: Service, rest: str, reason: str
) -> None:
    owned.take(Incoming(ANN, ANN, Command("outofuse", rest), left_out=("name",)))
    assert owned.store.out_of_use.kept().reason == reason
    (said,) = shown(owned, ANN)
    assert "Left out and not kept: a name." in said.plain()


@pytest.fixture
def case_of_bob(owned: Service) -> str:
    """Bob has an emergency on his phone."""
    owned.take(Incoming(BOB, BOB, Command("triage")))
    tap(owned, "Gait or balance", BOB, BOB)
    code = owned.store.cases.active_code(BOB)
    assert code is not None
    return code


def switch(service: Service, line: str, who: str = ANN) -> None:
    """Type a line as Telegram's inbox takes it."""
    name, _, rest = line.removeprefix("/").partition(" ")
    with service.store.turn():
        service.do(Incoming(who, who, Command(name, rest)))
        announce(service)


def out(service: Service) -> None:
    switch(service, "/outofuse the deadlines are wrong")
    for who in (ANN, BOB):
        shown(service, who)


def plain(service: Service, who: str) -> str:
    return "\n".join(each.plain() for each in shown(service, who))


def test_an_owner_is_told_how_to_put_it_back_and_nobody_else_is(owned: Service) -> None:
    switch(owned, "/outofuse the deadlines are wrong")
    for _ in range(2):
        assert "until an owner sends /inuse" in plain(owned, ANN)
        assert "/inuse" not in plain(owned, BOB)
        for who in (ANN, BOB):
            owned.take(Incoming(who, who, Command("help")))
    shown(owned, ANN)
    outside = replace(owned, setting=replace(owned.setting, out_of_use="wrong rules"))
    outside.take(Incoming(ANN, ANN, Command("card")))
    assert "Reason: wrong rules." in (said := plain(outside, ANN)) and "/inuse" not in said


@pytest.mark.parametrize("name", [n for n, each in COMMANDS.items() if not each.works_out_of_use])
def test_every_command_is_answered_with_the_reason_alone(owned: Service, name: str) -> None:
    out(owned)
    owned.take(Incoming(BOB, BOB, Command(name, COMMANDS[name].example)))
    assert plain(owned, BOB) == MESSAGE


@pytest.mark.parametrize(
    "act", [Text("gait"), Text("/mri"), Unread(), Unread("forwarded"), Command("nonsense")]
)
def test_whatever_is_typed_or_sent_is_answered_with_the_reason_alone(
    owned: Service, act: Text | Unread | Command
) -> None:
    out(owned)
    for _ in range(2):
        owned.take(Incoming(BOB, BOB, act))
        assert plain(owned, BOB) == MESSAGE


def test_only_what_gives_no_advice_works(owned: Service) -> None:
    working = {name for name, each in COMMANDS.items() if each.works_out_of_use}
    assert working == {
        "privacy", "mydata", "forget", "members", "invite", "outofuse", "inuse",
    }  # fmt: skip
    out(owned)
    owned.take(Incoming(BOB, BOB, Command("privacy")))
    said = plain(owned, BOB)
    assert "Kept: the answers" in said and not CLINICAL.search(said)


@pytest.mark.parametrize(
    "line", ["/privacy for John Smith", "/forget Mary Jones", "/members John Smith"]
)
def test_a_refusal_of_what_identifies_somebody_gives_no_advice(owned: Service, line: str) -> None:
    owned.take(Incoming(ANN, ANN, Command("triage")))
    tap(owned, "Gait or balance", ANN, ANN)
    for reason in ("the deadlines are wrong", ""):
        with owned.store.turn() as store:
            store.out_of_use.keep(Switch(reason, reason))
        shown(owned, ANN)
        sender = {"id": int(ANN)}
        message = {"message_id": 9, "text": line, "chat": {**sender, "type": "private"}}
        incoming = reduce(
            {"update_id": 1, "message": {**message, "from": sender}}, "cordcall", owned.access
        )
        assert isinstance(incoming, Incoming)
        owned.take(incoming)
        said = plain(owned, ANN)
        assert "it looks like a name" in said
        assert bool(CLINICAL.search(said)) is not bool(reason)


def test_a_tap_is_answered_and_changes_nothing(owned: Service, case_of_bob: str) -> None:
    row = owned.store.outbox.queued(BOB)[-1]
    assert row.token
    out(owned)
    before = owned.store.cases.find(case_of_bob)
    for number in range(3):
        owned.take(Incoming(BOB, BOB, Tap(row.token, 0), query=f"q{number}", message_id=7))
    rows = owned.store.outbox.queued(BOB)
    said = [[load(each).plain() for each in row.screens] for row in rows]
    assert said == [[SAID, MESSAGE], [SAID], [SAID]]
    assert [each.query for each in rows] == ["q0", "q1", "q2"]
    assert owned.store.cases.find(case_of_bob) == before


def test_everybody_is_told_once_and_once_when_it_is_back(owned: Service, case_of_bob: str) -> None:
    shown(owned, BOB)
    switch(owned, "/outofuse the deadlines are wrong")
    said = shown(owned, BOB)
    assert [each.alert for each in said] == [True]
    assert f"{case_of_bob}: MRI by Mon 23 Nov 00:00 UTC, as last shown" in said[0].plain()
    assert SAID in said[0].plain() and not CLINICAL.search(said[0].plain())
    assert SAID in plain(owned, ANN)
    with owned.store.turn():
        assert announce(owned) == []
    switch(owned, "/outofuse the deadlines are wrong")
    assert shown(owned, BOB) == []
    switch(owned, "/outofuse another reason")
    assert "another reason" in plain(owned, BOB)
    shown(owned, ANN)
    switch(owned, "/inuse")
    assert plain(owned, BOB).startswith("CordCall\nCordCall is in use again.")
    assert "in use again" in plain(owned, ANN)
    switch(owned, "/inuse")
    assert shown(owned, BOB) == []
    assert "nothing was changed" in plain(owned, ANN)


def test_what_was_still_to_be_sent_is_dropped_and_who_waits_for_it_is_told(owned: Service) -> None:
    owned.take(Incoming(BOB, BOB, Command("drug", "prolia")))
    switch(owned, "/outofuse the deadlines are wrong")
    said = plain(owned, BOB)
    assert SAID in said and "denosumab" not in said


def test_the_edits_of_erased_cases_are_still_sent(owned: Service, case_of_bob: str) -> None:
    shown(owned, BOB)
    with owned.store.turn() as store:
        store.outbox.enqueue(
            chat=BOB, code=None, screens=[], token=None, query=None, tapped=7, anew=False,
            priority=Priority.REFUSAL, at=NOON,
        )  # fmt: skip
    switch(owned, "/outofuse the deadlines are wrong")
    first, _ = owned.store.outbox.queued(BOB)
    assert (first.priority, first.tapped) == (Priority.REFUSAL, 7)


def test_a_member_without_cases_is_told_too(owned: Service) -> None:
    with owned.store.turn() as store:
        store.members.keep(Member(CAT, "viewer", "", ANN, NOON))
    switch(owned, "/outofuse the deadlines are wrong")
    assert plain(owned, CAT).startswith(MESSAGE)


def test_only_those_who_may_have_cases_are_told_of_any(owned: Service, case_of_bob: str) -> None:
    switch(owned, f"/members {BOB} viewer")
    for who in (ANN, BOB):
        shown(owned, who)
    switch(owned, "/outofuse the deadlines are wrong")
    told = plain(owned, BOB)
    assert told.startswith(MESSAGE) and case_of_bob not in told
    assert f"{case_of_bob}: MRI by Mon 23 Nov 00:00 UTC, as last shown" in plain(owned, ANN)


def test_a_case_whose_owner_leaves_meanwhile_is_offered_once_it_is_back(
    owned: Service, case_of_bob: str
) -> None:
    out(owned)
    owned.take(Incoming(ANN, ANN, Command("members", f"{BOB} remove yes")))
    assert "has been removed" in plain(owned, ANN)
    assert owned.store.outbox.queued(ANN) == []
    switch(owned, "/inuse")
    said = plain(owned, ANN)
    assert "in use again" in said and f"{case_of_bob}: EMERGENCY" in said


def test_a_confirmation_is_a_tap_that_works(owned: Service, case_of_bob: str) -> None:
    out(owned)
    owned.take(Incoming(BOB, BOB, Command("forget")))
    (asks,) = owned.store.outbox.queued(BOB)
    assert asks.token and "erase it all" in load(asks.screens[-1]).rows[0][0].label
    owned.take(Incoming(BOB, BOB, Tap(asks.token, 0), query="q"))
    assert owned.store.members.find(BOB) is None
    assert owned.store.ownership.owners() == ["forgotten"]


def test_an_invitation_waits_and_a_stranger_learns_no_number(owned: Service) -> None:
    token = "A" * 22
    ends_at = NOON + timedelta(hours=1)
    with owned.store.turn() as store:
        store.invitations.add(Invitation(hash_of(token), "viewer", 1, "", ANN, ends_at))
    out(owned)
    opened = Incoming(CAT, CAT, Command("start", token))
    with owned.store.turn():
        done = owned.do(opened)
    assert done.chats == () and done.farewell.startswith("CordCall is out of use for now.")
    assert CALL not in done.farewell and owned.store.members.find(CAT) is None
    switch(owned, "/inuse")
    owned.take(opened)
    assert owned.store.members.find(CAT)


def test_both_directions_are_in_the_audit(owned: Service) -> None:
    switch(owned, "/outofuse the deadlines are wrong")
    switch(owned, "/inuse")
    switch(owned, "/inuse")
    with owned.store.audit.trail() as trail:
        rows = [(each.who, each.what) for each in trail.rows]
    ann = owned.store.audit.pseudonym(ANN)
    assert rows == [(ann, "out of use"), (ann, "back in use")]


def test_after_it_is_back_the_case_goes_on_where_it_stood(owned: Service, case_of_bob: str) -> None:
    row = owned.store.outbox.queued(BOB)[-1]
    before = owned.store.cases.find(case_of_bob)
    out(owned)
    switch(owned, "/inuse")
    shown(owned, BOB)
    assert owned.store.cases.find(case_of_bob) == before and row.token
    place = [b.label for s in row.screens for line in load(s).rows for b in line].index("Done")
    owned.take(Incoming(BOB, BOB, Tap(row.token, place)))
    assert "Any sign of infection?" in plain(owned, BOB)


@pytest.mark.parametrize("line", ["/outofuse x", "/inuse"])
def test_only_an_owner_may_switch(owned: Service, line: str) -> None:
    if line == "/inuse":
        out(owned)
    before = owned.store.out_of_use.kept()
    switch(owned, line, BOB)
    assert "Nothing was changed. Only an owner may" in plain(owned, BOB)
    assert owned.store.out_of_use.kept() == before


@pytest.mark.parametrize("reason", ["", " ", "x" * 101, "one\ntwo", "a\u202eb", "a\x1b[31m"])
def test_a_reason_is_one_line_of_at_most_100_characters(owned: Service, reason: str) -> None:
    switch(owned, f"/outofuse {reason}")
    assert "allowed: a reason of 1 to 100 characters in one line" in plain(owned, ANN)
    assert owned.store.out_of_use.kept() == Switch()
    switch(owned, f"/outofuse {'x' * 100}")
    assert owned.store.out_of_use.kept().reason == "x" * 100


def test_the_sentence_fits_the_answer_to_a_tap_and_the_setting_takes_as_much() -> None:
    assert len(say_out_of_use("c" * 60, "r" * LONGEST_REASON)) <= 200
    longest = {
        name: next(m.max_length for m in Settings.model_fields[name].metadata if _limits(m))
        for name in ("out_of_use", "call")
    }
    assert longest == {"out_of_use": LONGEST_REASON, "call": 60}


def _limits(metadata: object) -> bool:
    return hasattr(metadata, "max_length")


def test_the_operators_setting_comes_first_and_no_chat_can_undo_it(
    owned: Service, case_of_bob: str
) -> None:
    setting = replace(owned.setting, out_of_use="moved to new rules")
    closed = replace(owned, setting=setting)
    with closed.store.turn():
        assert announce(closed) == [ANN, BOB]
    assert "moved to new rules" in plain(closed, BOB)
    shown(closed, ANN)
    switch(closed, "/inuse")
    assert "CORDCALL_OUT_OF_USE is set" in plain(closed, ANN)
    assert closed.out_of_use == "moved to new rules"
    with owned.store.turn():
        assert announce(owned) == [ANN, BOB]
    assert "in use again" in plain(owned, BOB)


def test_in_place_of_a_reminder_comes_its_deadline_which_is_not_vouched_for(
    owned: Service, case_of_bob: str, clock: Clock
) -> None:
    out(owned)
    clock.pass_by(hours=9)
    reminding = Reminding(owned)
    with owned.store.turn():
        reminder = reminding.claim()
        assert reminder is not None
        assert reminding.remind(reminder) == (BOB,)
    (said,) = shown(owned, BOB)
    assert said.alert and said.rows == ()
    assert said.plain() == (
        f"{MESSAGE}\n{case_of_bob}: MRI by Mon 23 Nov 00:00 UTC, as last shown. "
        "CordCall does not stand behind it any more: agree on a time by phone now."
    )
    switch(owned, "/inuse")
    shown(owned, BOB)
    clock.pass_by(hours=3)
    with owned.store.turn():
        again = reminding.claim()
        assert again is not None
        reminding.remind(again)
    assert "The MRI is due now" in plain(owned, BOB)


@pytest.mark.parametrize(
    "works",
    [
        take_over_all,
        redraw_all,
        lambda service: offer_left_cases(replace(service, access=only(ANN))),
    ],
)
def test_nothing_is_worked_out_beside_the_conversation(
    owned: Service, case_of_bob: str, clock: Clock, works: Callable[[Service], object]
) -> None:
    with owned.store.turn() as store:
        store.database.execute("UPDATE cases SET ruleset = 'older', told = NULL")
        store.database.execute(
            "INSERT INTO cards VALUES (?, 'card', ?, 1, ?)", (case_of_bob, BOB, clock().isoformat())
        )
    out(owned)
    with suppress(OutOfUse):
        works(owned)
    assert [owned.store.outbox.queued(who) for who in (ANN, BOB)] == [[], []]
    switch(owned, "/inuse")
    for who in (ANN, BOB):
        shown(owned, who)
    works(owned)
    assert any(owned.store.outbox.queued(who) for who in (ANN, BOB))


def test_nobody_is_asked_about_an_old_case(owned: Service, case_of_bob: str, clock: Clock) -> None:
    out(owned)
    clock.pass_by(days=31)
    with owned.store.turn():
        assert ask_about_open(owned, 5) == ([], [])
    switch(owned, "/inuse")
    with owned.store.turn():
        assert ask_about_open(owned, 5) == ([BOB], [])


def test_no_reminder_is_worked_out_anew(owned: Service, case_of_bob: str) -> None:
    def pending() -> list[Reminder]:
        return [replace(each, id=0) for each in owned.store.reminders.pending(case_of_bob)]

    out(owned)
    before = pending()
    for back in (False, True):
        with owned.store.turn() as store:
            store.reminders.set(case_of_bob, ())
            Reminding(owned).renew([case_of_bob])
        assert pending() == (before if back else [])
        switch(owned, "/inuse")


def test_the_longest_of_what_is_said_fits_a_message() -> None:
    reminder = Reminder(1, "KES-42", "treatment_due", NOON, NOON)
    cases = [("KES-42", reminder)] * 6
    call, reason, zone = "c" * 60, "r " * (LONGEST_REASON // 2), ZoneInfo("America/Sao_Paulo")
    for screen in (
        draw_out_of_use(call, reason),
        draw_goes_out(call, reason, cases, zone),
        draw_deadline(call, reason, reminder, zone),
        draw_back(),
    ):
        assert_fits(screen)
