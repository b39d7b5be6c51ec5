"""A group's own ways: shown to its people, changed by admins who act in it, each change audited."""

from dataclasses import replace

import pytest

from bot.incoming import Incoming, Tap
from bot.screens.screen import Screen, load, text
from bot.service.service import Service
from state import groups
from state.records import Priority
from tests.adapters.telegram.groups.steps import BOB, Team, opened
from tests.botapi import BotApi, Message
from tests.botapi.groups import Group
from tests.conftest import NOON, Clock
from tests.faults.steps import all_is_sent

pytestmark = pytest.mark.usefixtures("hurry", "hasty")


def ways(service: Service, group: Group) -> groups.Group:
    found = service.store.groups.find(str(group.chat.id))
    assert found is not None
    return found


def audited(service: Service) -> list[tuple[str, str | None]]:
    """List the changes of groups in the audit, with what was set."""
    with service.store.audit.trail() as trail:
        return [(row.what, row.role) for row in trail.rows if row.what == "group settings"]


async def set_way(team: Team, way: str, shows: str) -> Message:
    team["Ann"].types(f"/group {way}")
    return await team["Ann"].sees(shows)


async def test_everybody_sees_the_ways_and_an_admin_changes_them_by_tapping(
    team: Team, group: Group, shared: Service
) -> None:
    team["Bob"].types("/group")
    shown = await team["Bob"].sees("Closes a case")
    for line in (
        "Closes a case: its owner or an admin",
        "Answered in the group: cord signs, yes or no",
        "Number on its cards: the hospital's, Spinal coordinator, 020 7946 0000",
        "repeated after 10 min",
        "Quiet hours: none",
        "Policy for deadlines: stepwise",
    ):
        assert line in shown.text
    tap = team["Bob"].taps(shown, "Who closes")
    assert "Only admins of CordCall" in await team["Bob"].gets_answer(tap)
    team["Ann"].taps(shown, "Who closes")
    choices = await team["Ann"].sees_when(
        lambda: next(
            (each for each in group.messages if ["✓ its owner or an admin"] in each.buttons), None
        )
    )
    team["Ann"].taps(choices, "any clinician of this group")
    await team["Ann"].sees("Closes a case: any clinician of this group")
    assert ways(shared, group).closes == "clinician"
    assert audited(shared) == [("group settings", "closes clinician")]


@pytest.mark.parametrize(
    ("label", "shows"),
    [
        ("Where answered", "✓ cord signs, yes or no"),
        ("Repeat after", "✓ 10"),
        ("Quiet hours", "✓ none"),
        ("Number", "This group"),
        ("Time zone", "This group"),
    ],
)
async def test_each_button_shows_what_a_way_may_be_the_present_one_ticked(
    team: Team, label: str, shows: str
) -> None:
    shown = await set_way(team, "", "Closes a case")
    tap = team["Ann"].taps(shown, label)
    await team["Ann"].gets_answer(tap)
    await team["Ann"].sees_when(
        lambda: next(
            (
                each
                for each in team["Ann"].bot_messages
                if any(shows in row for row in each.buttons)
            ),
            None,
        )
    )


async def test_somebody_without_the_right_changes_nothing(
    team: Team, group: Group, shared: Service
) -> None:
    before = ways(shared, group)
    team["Bob"].types("/group asks all")
    await team["Bob"].sees("Only admins of CordCall")
    assert ways(shared, group) == before
    assert audited(shared) == []


@pytest.mark.parametrize(
    "given",
    [
        "asks some",
        "repeat 11",
        "repeat 60",
        "quiet 25-99",
        "zone Nowhere",
        "call nobody",
        "call 1!2",
    ],
)
async def test_what_is_not_allowed_changes_nothing(
    team: Team, group: Group, shared: Service, given: str
) -> None:
    before = ways(shared, group)
    await set_way(team, given, f"/group {given.partition(' ')[0]}")
    assert ways(shared, group) == before


async def test_its_own_number_is_on_its_cards_at_once_and_is_not_left_out(
    team: Team, group: Group, shared: Service, server: BotApi
) -> None:
    team["Bob"].types("/triage")
    card = await team["Bob"].sees("Owner: Bob")
    assert "Call: Spinal coordinator, 020 7946 0000" in card.text
    await set_way(team, "call Ward 7, 020 7946 0123", "Number on its cards: Ward 7, 020 7946 0123")
    await server.until(lambda: "Call: Ward 7, 020 7946 0123" in card.text)
    private = await opened(server, team["Bob"].taps(card, "Answer"))
    private.types("/card")
    await private.sees("Ward 7, 020 7946 0123")
    assert audited(shared) == [("group settings", "call")]
    await set_way(team, "call none", "the hospital's, Spinal coordinator")


async def test_where_it_is_answered_counts_at_once_for_what_is_shown_already(
    team: Team, shared: Service, server: BotApi
) -> None:
    team["Bob"].types("/triage")
    card = await team["Bob"].sees("Owner: Bob")
    version = len(card.versions) - 1
    await set_way(team, "asks none", "Answered in the group: nothing")
    await server.until(lambda: card.buttons == [["Answer", "I have it", "Hand to …"]])
    tap = team["Cat"].taps(card, "Gait or balance", version)
    assert "in private" in await team["Cat"].gets_answer(tap)
    (case,) = shared.store.cases.listed(str(card.chat.id), NOON)
    assert case.answers == ()
    await set_way(team, "asks all", "Answered in the group: every question")
    await server.until(lambda: len(card.buttons) > 1)
    team["Cat"].taps(card, "None of these")
    await server.until(lambda: "Questions answered by C" in card.text)


async def test_only_the_owner_or_an_admin_closes_a_case_unless_the_group_lets_any(
    team: Team, shared: Service, server: BotApi
) -> None:
    team["Bob"].types("/triage")
    card = await team["Bob"].sees("Owner: Bob")
    cat = await opened(server, team["Cat"].taps(card, "Answer"))
    await cat.sees("Which cord signs are new?")
    for typed in ("/close", "/cancel", "/outcome"):
        cat.types(typed)
        refused = await cat.sees("only its owner, Bob, or an admin can close it")
        await all_is_sent(shared.store)
        assert refused.buttons == []
    await set_way(team, "closes clinician", "Closes a case: any clinician")
    cat.types("/cancel")
    asked = await cat.sees("Its answers are kept.")
    cat.taps(asked, "Yes, close it")
    await server.until(lambda: "Closed." in card.text)


async def test_an_emergency_is_repeated_after_the_minutes_of_its_group(
    team: Team, shared: Service, clock: Clock
) -> None:
    await set_way(team, "repeat 5", "repeated after 5 min")
    team["Bob"].types("/triage")
    card = await team["Bob"].sees("Owner: Bob")
    team["Bob"].taps(card, "Gait or balance")
    await team["Cat"].sees("nobody has answered yet")
    clock.pass_by(minutes=4, seconds=59)
    await all_is_sent(shared.store)
    assert not any("now call" in each.text for each in team["Cat"].bot_messages)
    clock.pass_by(seconds=2)
    await team["Cat"].sees("nobody has answered – now call")


@pytest.mark.parametrize(("way", "minutes"), [("repeat 5", 5), ("repeat 20", 20)])
async def test_an_alarm_that_waits_follows_the_minutes_set_meanwhile(
    team: Team, shared: Service, clock: Clock, way: str, minutes: int
) -> None:
    team["Bob"].types("/triage")
    card = await team["Bob"].sees("Owner: Bob")
    team["Bob"].taps(card, "Gait or balance")
    await team["Cat"].sees("nobody has answered yet")
    clock.pass_by(minutes=2)
    await set_way(team, way, f"repeated after {minutes} min")
    clock.pass_by(minutes=minutes - 2, seconds=-5)
    await all_is_sent(shared.store)
    assert not any("now call" in each.text for each in team["Cat"].bot_messages)
    clock.pass_by(seconds=6)
    await team["Cat"].sees("nobody has answered – now call")


async def test_in_quiet_hours_only_an_emergency_sounds(
    team: Team, shared: Service, server: BotApi, clock: Clock, group: Group
) -> None:
    await set_way(team, "zone Asia/Tokyo", "Time zone: Asia/Tokyo; the hospital's is UTC")
    await set_way(team, "quiet 20-08", "Quiet hours: 20-08")  # 21:00 in Tokyo
    team["Bob"].types("/triage")
    await team["Bob"].sees("Owner: Bob")
    group.leaves(team["Bob"])
    offered = await team["Cat"].sees("Without an owner")
    assert offered.silent
    team["Cat"].types("/triage")
    card = await team["Cat"].sees("Owner: Cat")
    team["Cat"].taps(card, "Gait or balance")
    alarm = await team["Cat"].sees("Raised by Cat")
    assert not alarm.silent
    group.leaves(team["Cat"])
    assert not (await team["Ann"].sees("Cat is no longer in the team here")).silent


@pytest.mark.parametrize(("quiet", "sounds"), [("", True), ("12-13", False)])
async def test_an_alert_of_what_is_no_emergency_is_silent_in_quiet_hours(
    team: Team, group: Group, shared: Service, quiet: str, sounds: bool
) -> None:
    team["Bob"].types("/triage")
    await team["Bob"].sees("Owner: Bob")
    await all_is_sent(shared.store)
    key = str(group.chat.id)
    (case,) = shared.store.cases.listed(key, NOON)
    with shared.store.turn() as store:
        store.groups.change(replace(ways(shared, group), quiet=quiet))
        turn = shared.begin(Incoming(key, str(BOB), Tap("", 0)), case)
        turn.screens.append(Screen("alert", "", (text("Reminder"),), alert=True))
        shared.send(turn, Priority.REMINDER)
        (row,) = store.outbox.queued(key)
        assert load(row.screens[0]).alert is sounds


async def test_a_card_names_the_hospitals_zone_where_the_groups_differs(
    team: Team, server: BotApi
) -> None:
    team["Bob"].types("/triage")
    card = await team["Bob"].sees("Owner: Bob")
    team["Bob"].taps(card, "Gait or balance")
    alarm = await team["Cat"].sees("MRI by Mon 00:00 (in 12 h)")
    assert "UTC" not in alarm.text
    await set_way(team, "zone Asia/Tokyo", "Time zone: Asia/Tokyo; the hospital's is UTC")
    await team["Cat"].sees("MRI by Mon 00:00 UTC (in 12 h)")
    await set_way(team, "zone hospital", "Time zone: the hospital's, UTC")


@pytest.mark.parametrize(
    ("quiet", "hour", "is_quiet"),
    [("", 3, False), ("22-07", 22, True), ("22-07", 6, True), ("22-07", 7, False),
     ("22-07", 21, False), ("01-05", 1, True), ("01-05", 5, False)],
)  # fmt: skip
def test_quiet_hours_may_pass_midnight(quiet: str, hour: int, is_quiet: bool) -> None:
    found = groups.Group("-1", "1001", NOON, quiet=quiet)
    assert found.is_quiet_at(hour) is is_quiet
