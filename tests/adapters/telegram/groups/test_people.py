"""Whoever leaves a group, or loses access, loses its cases at once, and theirs get one owner."""

from datetime import timedelta

import pytest

from bot.service.service import Service
from state.records import FORGOTTEN
from tests.adapters.telegram.groups.steps import ANN, BOB, CAT, Team, opened
from tests.botapi import BotApi, PersonInChat
from tests.botapi.groups import Group
from tests.conftest import NOON, Clock
from tests.faults.steps import all_is_sent, until

pytestmark = pytest.mark.usefixtures("hurry", "hasty")

LEFT = "Bob is no longer in the team here. Without an owner: "


@pytest.fixture
async def code(team: Team, server: BotApi, shared: Service) -> str:
    """A case of Bob's, an emergency, which he has opened in private as well."""
    team["Cat"].types("/help")
    team["Bob"].types("/triage")
    card = await team["Bob"].sees("Owner: Bob")
    private = await opened(server, team["Bob"].taps(card, "Answer"))
    private.taps(await private.sees("Which cord signs are new?"), "Gait or balance")
    await private.sees("EMERGENCY")
    await until(lambda: shared.store.outbox.queued() == [])
    (case,) = shared.store.cases.listed(str(card.chat.id), NOON)
    return case.code


def owner_of(service: Service, code: str) -> tuple[str, str]:
    case = service.store.cases.find(code)
    assert case is not None
    return case.chat, case.owner


def private(server: BotApi, who: int) -> PersonInChat:
    return server.private_chat(who)


async def test_who_leaves_loses_the_cases_and_the_group_is_offered_theirs_with_sound(
    code: str, team: Team, group: Group, server: BotApi, shared: Service
) -> None:
    bob, key = private(server, BOB), str(group.chat.id)
    group.leaves(team["Bob"])
    offered = await team["Cat"].sees(f"{code}\n{LEFT}{code}")
    assert not offered.silent and offered.buttons == [[f"I have {code}"]]
    await bob.sees("This case is no longer kept here.")
    await server.until(lambda: not any("EMERGENCY" in each.text for each in bob.bot_messages))
    bob.types(f"/resume {code}")
    await bob.sees("no such case")
    assert owner_of(shared, code) == (key, str(BOB))
    await team["Cat"].sees("No owner: to take it")
    tap = team["Cat"].taps(offered, f"I have {code}")
    assert f"{code} is yours" in await team["Cat"].gets_answer(tap)
    assert owner_of(shared, code) == (key, str(CAT))
    await all_is_sent(shared.store)
    assert not any("has it now" in message.text for message in bob.bot_messages)


async def test_what_waits_for_whoever_leaves_and_names_a_case_is_not_sent(
    code: str, team: Team, group: Group, server: BotApi, shared: Service
) -> None:
    bob = private(server, BOB)
    flood = server.faults.flood(1.0, BOB)
    team["Cat"].types(f"/have {code}")
    await until(lambda: any("Cat has it now" in each for each in waiting(shared)))
    group.removes(team["Bob"], by=team["Ann"])
    await until(lambda: shared.store.groups.colleague(str(group.chat.id), str(BOB)) is None)
    server.faults.remove(flood)
    await all_is_sent(shared.store)
    assert not any("Cat has it now" in each.text for each in bob.bot_messages)


def waiting(service: Service) -> list[str]:
    return [screen for row in service.store.outbox.queued(str(BOB)) for screen in row.screens]


async def test_until_somebody_has_it_the_group_is_reminded_in_place_of_the_owner(
    code: str, team: Team, group: Group, server: BotApi, shared: Service, clock: Clock
) -> None:
    group.leaves(team["Bob"])
    await team["Cat"].sees(f"{code}\n{LEFT}{code}")
    bob = private(server, BOB)
    await all_is_sent(shared.store)
    before = len(bob.bot_messages)
    clock.pass_by(hours=11)
    reminded = await team["Cat"].sees("Reminder")
    assert "No owner: to take it" in reminded.text and code in reminded.text
    assert len(bob.bot_messages) == before


async def test_an_owner_who_left_without_a_word_is_found_out_before_they_are_reminded(
    code: str,
    team: Team,
    group: Group,
    server: BotApi,
    shared: Service,
    clock: Clock,
) -> None:
    bob = private(server, BOB)
    await all_is_sent(shared.store)
    before = len(bob.bot_messages)
    group.chat.members[BOB] = "kicked"
    clock.pass_by(hours=9, minutes=1)
    await team["Cat"].sees(f"{LEFT}{code}")
    reminded = await team["Cat"].sees("Reminder")
    assert "No owner: to take it, tap I have it." in reminded.text and code in reminded.text
    assert not any("Reminder" in each.text for each in bob.bot_messages[before:])


async def test_an_owner_is_reminded_while_telegram_does_not_say_whether_they_are_there(
    code: str,
    team: Team,
    group: Group,
    server: BotApi,
    clock: Clock,
) -> None:
    group.chat.members[BOB] = "kicked"
    server.faults.refuse(400, "Bad Request: CHAT_ADMIN_REQUIRED", "getChatMember", times=None)
    clock.pass_by(hours=9, minutes=1)
    reminded = await private(server, BOB).sees("Reminder")
    assert code in reminded.text


async def test_an_admin_bot_is_told_who_leaves_and_a_second_word_of_it_changes_nothing(
    code: str, team: Team, group: Group, server: BotApi, shared: Service
) -> None:
    group.changes_bot(team["Ann"], "administrator")
    group.removes(team["Bob"], team["Ann"])
    await team["Cat"].sees(f"{code}\n{LEFT}{code}")
    await server.until(lambda: len(server.updates) == 0)
    await all_is_sent(shared.store)
    said = [message for message in group.messages if LEFT in message.text]
    assert len(said) == 1
    assert [each.who for each in shared.store.groups.colleagues(str(group.chat.id))] == [
        str(ANN), str(CAT),
    ]  # fmt: skip


async def test_a_quiet_departure_is_found_out_when_they_act_in_private_once_an_hour(
    code: str, team: Team, group: Group, server: BotApi, shared: Service, clock: Clock
) -> None:
    in_the_group, in_private = 3, 1
    asked = len(server.calls.of("getChatMember"))
    assert asked == in_the_group + in_private
    group.chat.members[BOB] = "left"
    bob = private(server, BOB)
    bob.types("/help")
    await bob.sees("About CordCall")
    assert len(server.calls.of("getChatMember")) == asked
    clock.now += timedelta(hours=1)
    bob.types("/help")
    await team["Cat"].sees(f"{code}\n{LEFT}{code}")
    assert len(server.calls.of("getChatMember")) == asked + 1
    assert shared.store.groups.groups_of(str(BOB)) == []


async def test_who_is_removed_as_a_member_loses_the_groups_cases_at_once(
    code: str, team: Team, group: Group, server: BotApi, shared: Service
) -> None:
    ann, cat = private(server, ANN), private(server, CAT)
    ann.types(f"/members {BOB} remove yes")
    offered = await team["Cat"].sees(f"{code}\n{LEFT}{code}")
    assert shared.store.groups.groups_of(str(BOB)) == []
    await all_is_sent(shared.store)
    assert not any(code in message.text for message in cat.bot_messages)
    tap = team["Bob"].taps(offered, f"I have {code}")
    assert "not open to you" in await team["Bob"].gets_answer(tap)
    assert owner_of(shared, code)[1] == str(BOB)


async def test_who_is_forgotten_leaves_the_case_to_the_group_without_a_name(
    code: str, team: Team, group: Group, server: BotApi, shared: Service
) -> None:
    bob = private(server, BOB)
    bob.types("/forget yes")
    await team["Cat"].sees(f"{code}\n{LEFT}{code}")
    await bob.sees("is erased")
    assert owner_of(shared, code) == (str(group.chat.id), FORGOTTEN)
    for table in ("cases", "answers", "events", "colleagues", "answering", "groups", "on_call"):
        rows = shared.store.database.execute(f"SELECT * FROM {table}").fetchall()
        assert str(BOB) not in str([[*row] for row in rows]), table
    team["Cat"].types(f"/have {code}")
    await team["Cat"].sees(f"{code}: Cat has it now")


async def test_takeover_lists_what_a_group_has_left_to_its_colleagues_alone(
    code: str, team: Team, group: Group, server: BotApi, shared: Service
) -> None:
    group.leaves(team["Bob"])
    await team["Cat"].sees(f"{code}\n{LEFT}{code}")
    cat, bob = private(server, CAT), private(server, BOB)
    bob.types("/takeover")
    await bob.sees("No open case")
    bob.types(f"/takeover {code}")
    await bob.sees("no case to take over")
    assert owner_of(shared, code)[1] == str(BOB)
    cat.types("/takeover")
    listed = await cat.sees(code)
    cat.taps(listed, f"Take over {code}")
    await cat.sees(f"{code} is yours")
    assert owner_of(shared, code) == (str(group.chat.id), str(CAT))


async def test_cases_in_private_lists_the_own_cases_of_groups_as_such(
    code: str, team: Team, server: BotApi
) -> None:
    bob, cat = private(server, BOB), private(server, CAT)
    bob.types("/cases")
    listed = await bob.sees("(in a group)")
    assert code in listed.text
    cat.types("/cases")
    await cat.sees(f"None is yours. Open in your groups: {code}.")


async def test_mydata_has_the_groups_of_a_person_and_nobody_elses(
    code: str, team: Team, server: BotApi, shared: Service
) -> None:
    stored = shared.store.people.stored_of(str(BOB))
    assert [row["name"] for row in stored["colleagues"]] == ["Bob"]
    assert [row["who"] for row in stored["answering"]] == [str(BOB)]
    assert stored["groups"] == []
    assert str(ANN) not in str(stored)
    assert [row["enrolled_by"] for row in shared.store.people.stored_of(str(ANN))["groups"]] == [
        str(ANN)
    ]
