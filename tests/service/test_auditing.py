"""What a person does leaves one row of the audit, and nothing that they typed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from bot.access import Access
from bot.actions import Action
from bot.commands.registry import COMMANDS
from bot.conversation.engine import Engine
from bot.incoming import Command, Incoming, InGroup, Tap, Text
from bot.installation import Setting
from bot.logic.assessment import RULESET_VERSION
from bot.service.auditing import MOST_REFUSED, audit
from bot.service.offering import offer_left_cases
from bot.service.reminding import Reminding
from bot.service.service import Service
from state.chain import verify
from state.people import Member
from state.store import Store
from state.topics.audit import Audited
from tests.access import only
from tests.conftest import NOON, Clock
from tests.dialogue import CHAT, do, shown, tap, triage
from tests.starting import redraw_all, take_over_all

EVE = Incoming("6666", "6666", Text("hi"))
Does = Callable[[Service], object]


@pytest.fixture
def phone(service: Service) -> Service:
    """A service whose buttons are tapped."""
    return replace(service, touch=True)


def rows(service: Service, since: int = 0) -> list[Audited]:
    with service.store.audit.trail() as trail:
        found = [*trail.rows]
    with service.store.audit.trail() as trail:
        verify(trail)
    return [row for row in found if row.number > since]


def acts(service: Service, does: Does) -> list[tuple[str, str | None]]:
    """Return the rows that something leaves: what was done, in which case."""
    before = service.store.audit.last().number
    does(service)
    return [(row.what, row.code) for row in rows(service, before)]


def at_work(service: Service) -> str:
    code = service.store.cases.active_code(CHAT)
    assert code is not None
    return code


@pytest.mark.parametrize(
    ("lines", "last", "what"),
    [
        (("gait",), "/card", "looked at"),
        (("gait",), "/more", "looked at"),
        (("gait",), "/why U1", "looked at"),
        (("gait",), "/plan", "looked at"),
        (("gait",), "/start", "looked at"),
        (("gait",), "/look", "looked at"),
        (("gait",), "/close", "looked at"),
        (("gait",), "no such answer", "looked at"),
        (("gait",), "/plan all", "exported"),
        (("gait",), "/plan 1", "exported"),
        (("gait",), "/sbar", "exported"),
        ((), "gait", "answered"),
        (("gait",), "/requested", "noted"),
        (("gait",), "/scanned", "noted"),
        (("gait",), "/called surgeon", "noted"),
        (("gait",), "/earlier 2 h ago", "noted"),
        (("gait",), "/snooze", "noted"),
        (("gait", "/requested"), "/undo", "undone"),
        (("gait",), "/undo answer", "undone"),
        (("gait",), "/close transferred", "closed"),
        (("gait", "/close transferred"), "/undo closed", "undone"),
    ],
)
def test_what_is_done_in_a_case_leaves_one_row(
    service: Service, lines: tuple[str, ...], last: str, what: str
) -> None:
    do(service, "/triage")
    code = at_work(service)
    do(service, *lines)
    assert acts(service, lambda service: do(service, last)) == [(what, code)]


def test_a_case_is_opened_closed_and_reopened(service: Service) -> None:
    assert acts(service, lambda service: do(service, "/triage")) == [("opened", at_work(service))]
    code = at_work(service)
    assert acts(service, lambda service: do(service, "/triage")) == [("looked at", code)]
    do(service, "gait", "/close transferred")
    assert acts(service, lambda service: do(service, f"/resume {code}")) == [("reopened", code)]
    assert acts(service, lambda service: do(service, "/cases")) == [("listed", None)]


def test_each_tap_leaves_a_row_and_a_double_tap_leaves_none_more(phone: Service) -> None:
    do(phone, "/triage")
    code = at_work(phone)
    do(phone, "/look")
    phone.take(Incoming(CHAT, "ann", Command("look")))
    assert acts(phone, lambda phone: tap(phone, "None of these")) == [("answered", code)]
    (row, *_) = phone.store.outbox.queued(CHAT)[-1:]
    assert row.token is not None
    old = Tap("no such token", 0)
    assert acts(phone, lambda p: p.take(Incoming(CHAT, "ann", old))) == [("looked at", code)]


def test_somebody_else_takes_a_case_over(phone: Service) -> None:
    triage(replace(phone, touch=False), chat="2002", who="2002", cord_signs=["gait"])
    code = phone.store.cases.active_code("2002")
    without = replace(phone, access=only(CHAT))
    assert acts(without, lambda s: do(s, "/takeover", who=CHAT)) == [("listed", None)]
    taken = acts(without, lambda s: do(s, f"/takeover {code}", who=CHAT))
    assert taken == [("taken over", code)]
    assert rows(phone)[-1].who == phone.store.audit.pseudonym(CHAT)


def test_every_word_of_the_vocabulary_can_be_noted(service: Service) -> None:
    turn = service.begin(Incoming(CHAT, "ann", Command("look")))
    for what in get_args(Action):
        turn.note_action(what, None if what == "listed" else f"{what} case")
    with service.store.turn():
        audit(turn)
    assert [row.what for row in rows(service)] == [*get_args(Action)]


def test_looking_is_left_out_where_the_case_was_changed_too(service: Service) -> None:
    turn = service.begin(Incoming(CHAT, "ann", Command("look")))
    turn.note_action("looked at", "KES-42")
    turn.note_action("role changed")
    turn.note_action("noted", "KES-42")
    turn.note_action("noted", "KES-42")
    with service.store.turn():
        audit(turn)
    assert [(row.what, row.code) for row in rows(service)] == [
        ("role changed", None), ("noted", "KES-42"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    ["/help", "/version", "/privacy", "/settings", "/drug morphine", "/mri foot drop 3 days"],
)
@pytest.mark.parametrize("in_a_case", [True, False])
def test_what_is_about_no_case_leaves_no_row(service: Service, line: str, in_a_case: bool) -> None:
    if in_a_case:
        do(service, "/triage", "gait")
    assert acts(service, lambda service: do(service, line)) == []


def test_what_the_program_does_by_itself_leaves_no_row(service: Service, clock: Clock) -> None:
    triage(service, chat="2002", who="2002", cord_signs=["gait"])
    phone = replace(service, touch=True)
    without = replace(phone, access=only(CHAT))

    def by_itself(service: Service) -> None:
        clock.pass_by(hours=13)
        reminding = Reminding(phone)
        with phone.store.turn():
            reminder = reminding.claim()
            assert reminder is not None
            assert reminding.remind(reminder)
        take_over_all(phone)
        redraw_all(phone)
        assert offer_left_cases(without) == [CHAT]

    assert acts(phone, by_itself) == []


def test_a_row_says_who_and_under_which_rules_and_not_their_id(
    service: Service, clock: Clock
) -> None:
    do(service, "/triage", "gait", who="1234567")
    for row in rows(service):
        assert row.who == service.store.audit.pseudonym("1234567")
        assert row.ruleset == RULESET_VERSION
        assert row.at == clock.now.isoformat()
    assert "1234567" not in str(rows(service))


def test_a_turn_that_is_taken_back_leaves_no_row(service: Service) -> None:
    do(service, "/triage")

    def fails(service: Service) -> None:
        with pytest.raises(RuntimeError), service.store.turn():
            service.do(Incoming(CHAT, "ann", Text("gait")))
            raise RuntimeError

    assert acts(service, fails) == []


@pytest.mark.parametrize("touch", [True, False])
def test_nothing_that_was_typed_is_in_it(service: Service, touch: bool) -> None:
    ward = replace(service, touch=touch)
    for command in COMMANDS:
        for rest in ("Smythe-Oakley", "9434765919", "KES-42 Smythe", "gait"):
            ward.take(Incoming(CHAT, CHAT, Command("triage")))
            ward.take(Incoming(CHAT, CHAT, Text(rest)))
            ward.take(Incoming(CHAT, CHAT, Command(command, rest)))
    codes = {row.code for row in rows(ward)}
    assert {row.what for row in rows(ward)} <= {*get_args(Action)}
    assert {row.who for row in rows(ward)} == {ward.store.audit.pseudonym(CHAT)}
    assert {row.ruleset for row in rows(ward)} == {RULESET_VERSION}
    assert all(code is None or ward.store.cases.find(code) for code in codes)


def test_it_outlives_the_case_with_nothing_but_its_code_for_as_long_as_is_set(
    store: Store, engine: Engine, clock: Clock
) -> None:
    service = Service(store, Setting(engine, "", 30, audit_days=90), clock)
    do(service, "/triage", "gait", "/close transferred")
    kept = rows(service)
    (code,) = {row.code for row in kept}
    assert code is not None
    clock.pass_by(days=31)
    service.forget_old()
    assert store.cases.find(code) is None
    assert rows(service) == kept
    clock.pass_by(days=59, seconds=1)
    service.forget_old()
    assert rows(service) == []
    do(service, "/triage")
    assert [row.number for row in rows(service)] == [len(kept) + 1]


def test_many_old_rows_are_cut_part_by_part(service: Service, clock: Clock) -> None:
    with service.store.turn() as store:
        for _ in range(2_500):
            store.audit.add("1001", "answered", "KES-42", RULESET_VERSION, clock.now)
    clock.pass_by(days=366)
    parts = 0
    more = True
    while more:
        with service.store.turn():
            more = service.forget_part()
        parts += 1
    assert rows(service) == []
    assert parts == 3


def test_a_person_without_access_is_refused_once_an_hour(service: Service, clock: Clock) -> None:
    for _ in range(5):
        service.note_refusal(EVE)
    assert [(row.what, row.code) for row in rows(service)] == [("refused", None)]
    assert rows(service)[0].who == service.store.audit.pseudonym("6666")
    clock.pass_by(hours=1)
    service.note_refusal(EVE)
    assert len(rows(service)) == 2


def test_a_flood_of_strangers_is_not_written(service: Service, clock: Clock) -> None:
    for _ in range(2):
        for number in range(1_000):
            service.note_refusal(replace(EVE, who=str(number)))
        clock.pass_by(hours=1)
    assert len(rows(service)) == 2 * MOST_REFUSED


def test_a_row_about_a_person_says_whom_and_which_role(phone: Service) -> None:
    """Who let somebody in, changed their role and removed them can be answered, and from what."""
    access = Access(phone.store.members, frozenset({CHAT}))
    guarded = replace(phone, access=access)
    before = phone.store.audit.last().number

    def asks(who: str, name: str, rest: str) -> None:
        guarded.take(Incoming(who, who, Command(name, rest)))

    asks(CHAT, "invite", "viewer")
    ((_, token),) = access._held.items()
    asks("2002", "start", token)
    asks(CHAT, "members", "2002 clinician")
    asks(CHAT, "invite", "admin")
    ((_, token),) = [each for each in access._held.items() if each[1] != token]
    asks("2002", "start", token)
    asks(CHAT, "invite", "viewer 3")
    for _ in range(2):
        asks(CHAT, "members", "withdraw")
    asks(CHAT, "members", "2002 remove yes")
    ann, dan = map(phone.store.audit.pseudonym, (CHAT, "2002"))
    found = [(row.who, row.what, row.about, row.role) for row in rows(phone, before) if row.role]
    assert found == [
        (ann, "invited", None, "viewer"),
        (dan, "joined", ann, "viewer"),
        (ann, "role changed", dan, "viewer to clinician"),
        (ann, "invited", None, "admin"),
        (dan, "joined", ann, "clinician to admin"),
        (ann, "invited", None, "viewer"),
        (ann, "withdrawn", None, "viewer"),
        (ann, "revoked", dan, "admin"),
    ]


def test_what_a_member_may_not_do_and_a_line_that_names_somebody_are_refusals(
    phone: Service,
) -> None:
    with phone.store.turn() as store:
        store.members.keep(Member("2002", "viewer", "", CHAT, NOON))
    guarded = replace(phone, access=Access(phone.store.members, frozenset({CHAT})))
    for what in (Command("triage"), Command("invite")):
        viewer = Incoming("2002", "2002", what)
        assert acts(guarded, lambda s, viewer=viewer: s.take(viewer)) == [("refused", None)]
    guarded.take(Incoming(CHAT, CHAT, Command("triage")))
    named = Incoming(CHAT, CHAT, Command("called"), left_out=("name",))
    assert acts(guarded, lambda s: s.take(named)) == [("refused", at_work(guarded))]


def test_a_command_in_a_group_is_no_refusal_of_a_person(service: Service) -> None:
    service.note_refusal(replace(EVE, act=InGroup()))
    assert rows(service) == []


def test_what_waited_long_is_dated_when_it_is_done(service: Service, clock: Clock) -> None:
    sent = clock.now - timedelta(hours=3)
    service.take(Incoming(CHAT, "ann", Command("triage"), sent_at=sent))
    shown(service)
    assert [row.at for row in rows(service)] == [clock.now.isoformat()]
