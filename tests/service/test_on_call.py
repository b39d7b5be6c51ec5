"""Who is on call for a group: who may change that, how people are named, and until when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.service.departing import fall_back, part
from bot.service.service import Service
from state.groups import Colleague, Duty
from state.people import Member
from tests.conftest import NOON, Clock
from tests.service.in_group import ANN, BOB, CAT, EVE, GROUP, NAMES, Team, in_a_group, said

NOBODY = "Nobody is on call here."
REFUSED = "Only an admin of CordCall can change that for somebody else (here: Ann Abel)."
STRANGER = "1009"


@pytest.fixture
def team(service: Service) -> Team:
    return in_a_group(service)


def told(team: Team, who: str, line: str) -> str:
    """Return what the group reads when somebody types a line there."""
    return said(*(row for row in team.types(who, line, chat=GROUP) if row.chat == GROUP))


def duties(team: Team) -> list[tuple[str, str, str]]:
    """Return who is on call now: role, id and name."""
    clock = team.service.clock
    kept = team.service.store.groups.on_call(GROUP, clock())
    return [(each.role, each.who, each.name) for each in kept]


def audited(team: Team) -> list[tuple[str, str | None]]:
    """Return what the audit says of duties, and of what was refused."""
    with team.service.store.audit.trail() as trail:
        return [(row.what, row.role) for row in trail.rows if row.what in ("on call", "refused")]


def rename(team: Team, who: str, name: str) -> None:
    with team.service.store.turn() as store:
        store.groups.see(Colleague(GROUP, who, name, NOON))


def move_to(team: Team, zone: str) -> None:
    """Give the group a time zone; the hospital's is UTC."""
    with team.service.store.turn() as store:
        found = store.groups.find(GROUP)
        assert found is not None
        store.groups.change(replace(found, zone=zone))


def test_a_clinician_goes_on_duty_and_off_without_an_admin(team: Team) -> None:
    shown = told(team, BOB, "/oncall surgeon me 20:00")
    assert "Spinal surgeon: Bob Bach, until 20:00" in shown
    assert "Nephrology: nobody on call" in shown
    assert duties(team) == [("surgeon", BOB, NAMES[BOB])]
    assert NOBODY in told(team, BOB, "/oncall surgeon nobody")
    assert duties(team) == []
    assert audited(team) == [("on call", "surgeon"), ("on call", "surgeon nobody")]


def test_a_clinician_takes_over_the_pager_of_another(team: Team) -> None:
    told(team, BOB, "/oncall surgeon me 20:00")
    assert "Spinal surgeon: Cat Cole, until 21:00" in told(team, CAT, "/oncall surgeon me 21:00")
    assert duties(team) == [("surgeon", CAT, NAMES[CAT])]


@pytest.mark.parametrize("line", ["surgeon @1003 20:00", "surgeon Cole 20:00", "surgeon nobody"])
def test_a_clinician_changes_no_duty_of_another_and_is_told_who_may(team: Team, line: str) -> None:
    told(team, CAT, "/oncall surgeon me 19:00")
    before = team.service.store.groups.on_call(GROUP, NOON)
    shown = told(team, BOB, f"/oncall {line}")
    assert REFUSED in shown and len(shown.splitlines()) == 2
    assert team.service.store.groups.on_call(GROUP, NOON) == before
    assert audited(team) == [("on call", "surgeon"), ("refused", None)]


def test_a_clinician_puts_nobody_else_on_an_empty_duty(team: Team) -> None:
    assert REFUSED in told(team, BOB, "/oncall radiology @1003 20:00")
    assert duties(team) == []


def test_everybody_here_sees_who_is_on_call(team: Team) -> None:
    told(team, CAT, "/oncall surgeon me 19:00")
    assert "Spinal surgeon: Cat Cole, until 19:00" in told(team, BOB, "/oncall")


def test_an_admin_who_acts_in_the_group_changes_every_duty(team: Team) -> None:
    assert "Spinal surgeon: Bob Bach" in told(team, ANN, "/oncall surgeon @1002 20:00")
    assert NOBODY in told(team, ANN, "/oncall surgeon nobody")
    with team.service.store.audit.trail() as trail:
        rows = [row for row in trail.rows if row.what == "on call"]
    assert [row.role for row in rows] == ["surgeon", "surgeon nobody"]
    assert all(row.about for row in rows)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Anna Weber", "@Weber"),
        ("Anna Weber", "weber"),
        ("Anna Weber", "WEBER"),
        ("Anna Weber", "Anna Weber"),
        ("Anna Weber", "@anna weber"),
        ("Jürgen Müller", "Muller"),
        ("Jurgen Muller", "@Müller"),
        ("José", "jose\u0301"),
        ("Anna Weber", "1002"),
        ("Anna Weber", "@1002"),
        ("Anna Weber", "@Drweber"),
    ],
)
@pytest.mark.parametrize("until", ["20:00", "until 20:00"])
def test_a_colleague_is_named_as_people_do(team: Team, name: str, typed: str, until: str) -> None:
    with team.service.store.turn() as store:
        store.members.keep(Member(BOB, "clinician", "@drweber", ANN, NOON))
    rename(team, BOB, name)
    told(team, ANN, f"/oncall surgeon {typed} {until}")
    assert duties(team) == [("surgeon", BOB, name)]


def test_a_name_that_two_colleagues_have_puts_neither_on_call(team: Team) -> None:
    rename(team, BOB, "Anna Weber")
    rename(team, CAT, "Otto Weber")
    shown = told(team, ANN, "/oncall surgeon Weber 20:00")
    assert "several colleagues have that name" in shown and len(shown.splitlines()) == 2
    assert duties(team) == []
    told(team, ANN, "/oncall surgeon Otto Weber 20:00")
    assert duties(team) == [("surgeon", CAT, "Otto Weber")]


@pytest.mark.parametrize("typed", [STRANGER, "@dan", "@nobody_here", EVE, "East", "Smith"])
def test_who_is_no_colleague_or_only_a_viewer_is_not_put_on_call(team: Team, typed: str) -> None:
    with team.service.store.turn() as store:
        store.members.keep(Member(STRANGER, "clinician", "@dan", ANN, NOON))
    shown = told(team, ANN, f"/oncall surgeon {typed} 20:00")
    assert "no colleague here has that name" in shown and len(shown.splitlines()) == 2
    assert duties(team) == []


def test_times_are_those_of_the_groups_zone_which_is_named(team: Team) -> None:
    move_to(team, "Asia/Tokyo")
    shown = told(team, BOB, "/oncall surgeon me until 23:30")
    assert "Bob Bach, until 23:30" in shown and "Times are those of Asia/Tokyo." in shown
    (duty,) = team.service.store.groups.on_call(GROUP, NOON)
    assert duty.until == datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
    move_to(team, "UTC")
    shown = told(team, BOB, "/oncall")
    assert "until 14:30" in shown and "Times are" not in shown


def test_a_duty_passes_midnight_by_the_groups_clocks(team: Team, clock: Clock) -> None:
    move_to(team, "Asia/Tokyo")
    clock.now = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)  # 23:00 on Sunday in Tokyo
    assert "until Mon 08:00" in told(team, BOB, "/oncall surgeon me 08:00")
    (duty,) = team.service.store.groups.on_call(GROUP, clock.now)
    assert duty.until == datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    clock.now = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)  # 01:00 on Monday in Tokyo
    assert "until 08:00" in told(team, BOB, "/oncall")
    clock.now = duty.until
    assert NOBODY in told(team, BOB, "/oncall")


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        (datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=UTC)),
        (datetime(2026, 10, 24, 21, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)),
    ],
)
def test_a_duty_ends_by_the_clock_when_summer_time_begins_or_ends(
    team: Team, clock: Clock, now: datetime, ends: datetime
) -> None:
    move_to(team, "Europe/London")
    clock.now = now  # 22:00 on Saturday in London
    assert "until Sun 08:00" in told(team, BOB, "/oncall surgeon me 08:00")
    (duty,) = team.service.store.groups.on_call(GROUP, now)
    assert duty.until == ends


def test_a_time_that_the_clocks_skip_is_not_read_as_the_day_after(team: Team, clock: Clock) -> None:
    move_to(team, "Europe/London")
    clock.now = datetime(2026, 3, 29, 0, 15, tzinfo=UTC)
    assert "01:30 was skipped that day" in told(team, BOB, "/oncall surgeon me 01:30")
    assert duties(team) == []


VACANT = "Bob Bach is no longer in the team here. Nobody is on call now as: spinal surgeon."


def goes(team: Team, how: str) -> str:
    """Let Bob lose access to the group; return what the group reads of it."""
    store, before = team.service.store, {row.id for row in team.all_rows()}
    if how == "leaves":
        with store.turn():
            part(team.service, GROUP, BOB)
    else:
        team.types(ANN, f"/members {BOB} {how}")
    return said(*(row for row in store.outbox.queued(GROUP) if row.id not in before))


@pytest.mark.parametrize("how", ["leaves", "remove yes", "viewer"])
def test_the_duty_of_who_loses_access_ends_and_the_group_is_told(team: Team, how: str) -> None:
    team.types(CAT, "/triage", chat=GROUP)
    told(team, BOB, "/oncall surgeon me 20:00")
    told(team, CAT, "/oncall radiology me 20:00")
    team.taps(
        CAT, [row for row in team.all_rows() if row.code and row.token][-1], "Gait or balance"
    )
    assert "On call: Cat Cole (radiology), Bob Bach (spinal surgeon)" in said(*team.all_rows())
    shown = goes(team, how)
    assert VACANT in shown
    alarm = shown[shown.rindex("Raised by Cat Cole") :]
    assert "On call: Cat Cole (radiology)" in alarm and "Bob" not in alarm.partition("\n\n")[0]
    listed = told(team, CAT, "/oncall")
    assert "Spinal surgeon: nobody on call" in listed and "Bob" not in listed
    assert duties(team) == [("radiology", CAT, NAMES[CAT])]


@pytest.mark.parametrize("who", ["", STRANGER, EVE])
def test_no_duty_of_who_may_not_act_here_is_shown_or_called(team: Team, who: str) -> None:
    with team.service.store.turn() as store:
        store.groups.put_on_call(Duty(GROUP, "surgeon", who, "@gone", NOON + timedelta(hours=9)))
    assert NOBODY in told(team, BOB, "/oncall")
    team.types(CAT, "/triage", chat=GROUP)
    rows = team.taps(CAT, team.newest(), "Gait or balance")
    assert "EMERGENCY" in said(*rows) and "@gone" not in said(*rows)


def test_the_audit_names_whoever_gets_a_case_when_a_group_is_lost(team: Team) -> None:
    team.types(BOB, "/triage", chat=GROUP)
    team.taps(BOB, team.newest(), "Gait or balance")
    code = team.case().code
    with team.service.store.turn():
        fall_back(team.service, GROUP)
    with team.service.store.audit.trail() as trail:
        rows = [row for row in trail.rows if row.what == "taken over"]
    stored = team.service.store.people.stored_of(BOB)["audit"]
    assert [row.code for row in rows] == [code]
    assert (code, "taken over") in [(row["code"], row["what"]) for row in stored]
