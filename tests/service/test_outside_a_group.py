"""Nobody outside a group learns of its cases, and nobody who has left it goes on with them."""

import re
from datetime import timedelta

import pytest

from bot.commands.asking import ANSWERED_WITHIN
from bot.commands.registry import COMMANDS
from bot.conversation.handing_over import SILENT_FOR
from bot.incoming import Tap
from bot.service.asking import bring_back, claim_question
from bot.service.departing import part
from bot.service.handing_over import claim_hand_over, remind_of_hand_over
from bot.service.service import Service
from state.people import Member
from tests.conftest import NOON, Clock
from tests.service.in_group import ANN, BOB, CAT, GROUP, Team, in_a_group, labels, said

DAN = "1009"
BEGIN_ONE = ("start", "triage", "look")
URGENCY = re.compile(r"EMERGENCY ·|so far EMERGENCY|MRI by")


@pytest.fixture
def team(service: Service) -> Team:
    """Bob owns a case of the group, an emergency, and works on it in private; Dan has no group."""
    team = in_a_group(service)
    with service.store.turn():
        service.store.members.keep(Member(DAN, "clinician", "@dan", ANN, NOON))
    team.types(BOB, "/triage", chat=GROUP)
    team.taps(BOB, team.newest(), "Gait or balance")
    team.taps(BOB, team.newest(), "Done")
    team.types(BOB, f"/open {team.case().code}")
    return team


def leaves(team: Team, who: str) -> None:
    with team.service.store.turn():
        part(team.service, GROUP, who)


def told(team: Team, who: str) -> str:
    return said(*team.service.store.outbox.queued(who))


def forget_what_waits(team: Team) -> None:
    store = team.service.store
    with store.turn():
        for chat in (GROUP, ANN, BOB, CAT, DAN):
            store.outbox.drop_all(chat)


@pytest.mark.parametrize(
    "typed", ["resume", "takeover", "have", "open", "seen", "coming", "handover"]
)
@pytest.mark.parametrize("is_closed", [False, True])
def test_a_code_typed_by_somebody_outside_says_no_more_than_an_unknown_one(
    team: Team, typed: str, is_closed: bool
) -> None:
    code = team.case().code
    team.types(CAT, f"/have {code}", chat=GROUP)
    if is_closed:
        team.types(CAT, f"/open {code}")
        team.types(CAT, f"/open {code}")
        team.types(CAT, "/close transferred")
    leaves(team, BOB)
    for who in (DAN, BOB):
        forget_what_waits(team)
        team.types(who, f"/{typed} {code}")
        known = told(team, who)
        forget_what_waits(team)
        team.types(who, f"/{typed} ZZZ-99")
        assert known.replace(code, "ZZZ-99") == told(team, who)


def test_who_has_left_hands_nothing_over_and_is_shown_nothing(team: Team) -> None:
    code = team.case().code
    leaves(team, BOB)
    for typed in ("", f"pick {GROUP} {code}", f"whom {GROUP} {code}", f"to {CAT} {GROUP} {code}"):
        forget_what_waits(team)
        team.types(BOB, f"/handover {typed}".rstrip())
        shown = told(team, BOB)
        assert "EMERGENCY" not in shown and "Cat" not in shown and "by " not in shown
        assert team.service.store.handovers.all() == []


@pytest.mark.parametrize("who_answers", [CAT, None])
def test_who_has_left_is_not_told_what_became_of_a_question(
    team: Team, clock: Clock, who_answers: str | None
) -> None:
    team.types(BOB, "/sendto")
    asked = team.newest(BOB)
    team.taps(BOB, asked, "Cat Cole")
    question = team.newest(CAT)
    leaves(team, BOB)
    forget_what_waits(team)
    if who_answers:
        team.taps(CAT, question, "Yes")
        assert team.case().given[-1].who == CAT
    else:
        clock.now += ANSWERED_WITHIN + timedelta(seconds=1)
        with team.service.store.turn():
            request = claim_question(team.service)
            assert request
            bring_back(team.service, request)
    assert told(team, BOB) == ""


@pytest.mark.parametrize("ends", ["accepted", "declined", "taken", "silence"])
def test_who_has_left_is_told_nothing_of_a_hand_over(team: Team, clock: Clock, ends: str) -> None:
    code = team.case().code
    team.types(BOB, f"/handover to {CAT} {GROUP} {code}")
    leaves(team, BOB)
    forget_what_waits(team)
    (row,) = team.service.store.handovers.all()
    if ends == "silence":
        clock.now += SILENT_FOR
        with team.service.store.turn():
            due = claim_hand_over(team.service)
            assert due
            remind_of_hand_over(team.service, due)
    elif ends == "taken":
        team.types(ANN, f"/have {code}", chat=GROUP)
    elif ends == "declined":
        team.types(CAT, f"/handover decline {row.offer}")
    else:
        for step in (0, 1):
            for option in (0, 1, 2):
                team.types(CAT, f"/handover back {row.offer} {code} {step} {option}")
        team.types(CAT, f"/handover accept {row.offer} {code}")
        assert team.case().owner == CAT
    assert code not in told(team, BOB)
    forget_what_waits(team)
    team.types(BOB, "/handover")
    assert code not in told(team, BOB)


def test_who_has_left_is_not_given_what_others_answered(team: Team) -> None:
    leaves(team, BOB)
    team.taps(CAT, team.newest(), "No")
    stored = team.service.store.people.stored_of(BOB)
    assert team.case().given[-1].who == CAT
    assert {row["who"] for row in stored["answers"]} == {BOB}
    assert stored["reminders"] == stored["summaries"] == []


@pytest.mark.parametrize(
    "name", ["@<b>x</b>", "@Mary-Smith", "@" + "x" * 33, "@Müller", "@a\u202eb_cd"]
)
def test_nobody_is_put_on_call_by_markup_or_another_name(team: Team, name: str) -> None:
    team.types(ANN, f"/oncall surgeon {name} 20:00", chat=GROUP)
    assert team.service.store.groups.on_call(GROUP, NOON) == []


def test_no_command_and_no_old_button_shows_who_has_left_a_case(team: Team) -> None:
    code, store = team.case().code, team.service.store
    for typed in ("/more", "/edit", "/sendto", "/undo", "/outcome", "/handover", f"/look {code}"):
        team.types(BOB, typed)
    rows = [row for row in store.outbox.queued(BOB) if row.token]
    assert len(rows) > 6
    leaves(team, BOB)
    before = team.case()
    for row in rows:
        for place in range(len(labels(row))):
            forget_what_waits(team)
            team.acts(BOB, Tap(str(row.token), place), chat=BOB)
            shown = told(team, BOB).replace(f"“{code}”", "")  # what a button names is quoted
            assert "EMERGENCY" not in shown and code not in shown
    for name in sorted(COMMANDS.keys() - {"forget", "outofuse", *BEGIN_ONE}):
        for rest in ("", code, f"to {CAT} {code}"):
            forget_what_waits(team)
            team.types(BOB, f"/{name} {rest}".rstrip())
            shown = told(team, BOB)
            assert not URGENCY.search(shown) and (rest or code not in shown), (name, rest, shown)
    after = team.case()
    assert (after.owner, after.answers, after.timeline) == (
        before.owner,
        before.answers,
        before.timeline,
    )
