"""Colleagues are put on call by their own names, which are no patient's, over real HTTP."""

import pytest

from bot.service.service import Service
from state.people import Member
from tests.adapters.telegram.groups.steps import ANN, Team
from tests.botapi import BotApi, PersonInChat
from tests.botapi.groups import Group
from tests.conftest import NOON
from tests.faults.steps import all_is_sent

WEBER = 1_234_567_890


@pytest.fixture
async def weber(team: Team, group: Group, shared: Service) -> PersonInChat:
    """Jürgen Weber, who has acted in the group."""
    with shared.store.turn() as store:
        store.members.keep(Member(str(WEBER), "clinician", "@drweber", str(ANN), NOON))
    person = group.joins(WEBER, "Jürgen Weber")
    person.types("/oncall")
    await person.sees("Nobody is on call here.")
    return person


@pytest.mark.parametrize(
    "typed",
    ["@Weber", "Weber", "WEBER", "Jürgen Weber", "@Jurgen Weber", str(WEBER), "@drweber"],
)
async def test_the_name_of_a_colleague_is_read(
    weber: PersonInChat, team: Team, server: BotApi, shared: Service, typed: str
) -> None:
    team["Ann"].types(f"/oncall surgeon {typed} until 22:00")
    await team["Ann"].sees("Spinal surgeon: Jürgen Weber, until 22:00")
    await all_is_sent(shared.store)
    assert not server.calls.of("deleteMessage")


@pytest.mark.parametrize(
    "typed",
    [
        "/oncall surgeon Anna Fischer 22:00",
        "/oncall surgeon 1234567891 22:00",
        "/oncall surgeon Weber 22:00 for Anna Fischer",
        "/oncall surgeon Weber 22:00 943 476 5919",
        "/oncall surgeon Jürgen Fischer 22:00",
        "/oncall nobody Weber 22:00",
        "/help Jürgen Weber",
    ],
)
async def test_no_other_name_or_number_is_read(
    weber: PersonInChat, team: Team, group: Group, server: BotApi, shared: Service, typed: str
) -> None:
    team["Ann"].types(typed)
    await team["Ann"].sees("Not read and not kept: it looks like")
    await server.until(lambda: server.calls.of("deleteMessage"))
    assert shared.store.groups.on_call(str(group.chat.id), NOON) == []


async def test_the_name_of_a_colleague_elsewhere_is_not_read(
    weber: PersonInChat, team: Team, server: BotApi
) -> None:
    private = server.private_chat(ANN, "Ann")
    message = private.types("/oncall surgeon Jürgen Weber 22:00")
    await private.sees("Not read and not kept: it looks like a name")
    await server.until(lambda: message.deleted)


async def test_a_clinician_is_told_in_the_group_who_changes_a_duty(
    weber: PersonInChat, team: Team, group: Group, shared: Service
) -> None:
    team["Bob"].types("/oncall surgeon Weber 22:00")
    refused = await team["Bob"].sees("Only an admin of CordCall can change that for somebody else")
    assert "(here: Ann)" in refused.text
    assert shared.store.groups.on_call(str(group.chat.id), NOON) == []
