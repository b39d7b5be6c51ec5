"""Where the bot may be: strangers' groups are left, and where it cannot write cases fall back."""

import pytest

from bot.conversation.alarm import REPEAT
from bot.service.service import Service
from tests.adapters.telegram.groups.steps import ANN, BOB, CAT, EVE, Team, opened, three_join
from tests.botapi import BotApi, Message, PersonInChat
from tests.botapi.groups import Group
from tests.botapi.people import GROUP_ANONYMOUS_BOT
from tests.conftest import NOON
from tests.faults.steps import all_is_sent, until

pytestmark = pytest.mark.usefixtures("hurry", "hasty")


async def emergency(shared: Service, team: Team, name: str) -> str:
    """Let somebody open an emergency in the group; return its code."""
    before, group = set(owners(shared)), team[name]
    group.types("/triage")
    await until(lambda: set(owners(shared)) - before)
    (code,) = set(owners(shared)) - before
    card = await group.sees(f"{code}\nOwner: {name}")
    group.taps(card, "Gait or balance")
    await group.sees_when(lambda: _alarm(group, code))
    return code


def _alarm(person: PersonInChat, code: str) -> Message | None:
    shown = (each for each in person.bot_messages if code in each.text and "Raised by" in each.text)
    return next(shown, None)


def owners(service: Service) -> dict[str, tuple[str, str]]:
    """Return the chat and the owner of each case."""
    rows = service.store.database.execute("SELECT code, chat, owner FROM cases").fetchall()
    return {code: (chat, owner) for code, chat, owner in rows}


async def test_a_stranger_who_adds_the_bot_is_told_why_and_the_group_is_left(
    bot: object, server: BotApi, shared: Service
) -> None:
    strange = server.group_chat("Somewhere", bot_status="left")
    eve = strange.joins(EVE, "Eve")
    strange.changes_bot(eve, "member")
    await eve.sees("works only in groups to which one of its admins adds it")
    await server.until(lambda: strange.chat.bot_status == "left")
    await server.until(lambda: len(server.updates) == 0)
    assert len([message for message in eve.bot_messages if message.text]) == 1
    assert shared.store.groups.listed() == []


async def test_a_command_in_a_group_of_strangers_is_the_last_one(
    bot: object, server: BotApi
) -> None:
    strange = server.group_chat("Somewhere")
    eve = strange.joins(EVE, "Eve")
    eve.types("/triage@example_bot")
    await eve.sees("this CordCall is not open to you, so I am leaving")
    await server.until(lambda: strange.chat.bot_status == "left")


async def test_an_admin_who_adds_the_bot_is_told_to_enrol_and_nobody_makes_it_leave(
    bot: object, server: BotApi, shared: Service
) -> None:
    ward = server.group_chat("Ward", bot_status="left")
    ann, bob, eve = ward.joins(ANN, "Ann"), ward.joins(BOB, "Bob"), ward.joins(EVE, "Eve")
    ward.changes_bot(ann, "member")
    await ann.sees("an admin of CordCall sends /enrol here")
    eve.types("/triage@example_bot")
    await eve.sees("this CordCall is not open to you")
    bob.types("/enrol@example_bot")
    await bob.sees("an admin of CordCall sends /enrol here first")
    await server.until(lambda: len(server.updates) == 0)
    assert ward.chat.bot_status == "member"
    ann.types("/enrol@example_bot")
    await ann.sees("This group now shares its cases here")
    assert [each.chat for each in shared.store.groups.listed()] == [str(ward.chat.id)]


async def test_a_colleague_without_the_right_to_enrol_is_told_and_the_bot_stays(
    bot: object, server: BotApi
) -> None:
    ward = server.group_chat("Ward")
    bob = ward.joins(BOB, "Bob")
    bob.types("/triage@example_bot")
    await bob.sees("This group is not enrolled: an admin of CordCall sends /enrol here first")
    await server.until(lambda: len(server.updates) == 0)
    assert ward.chat.bot_status == "member"


@pytest.mark.parametrize("as_channel", [False, True])
async def test_nobody_acts_as_the_group_or_as_a_channel(
    team: Team, group: Group, server: BotApi, shared: Service, as_channel: bool
) -> None:
    message = server.world.post(group.chat, team["Ann"].user, "/triage@example_bot")
    channel = {"id": -1_002, "type": "channel", "title": "Ward"}
    sender = channel if as_channel else group.chat.as_json()
    body = {**message.as_json(), "from": GROUP_ANONYMOUS_BOT.as_json(), "sender_chat": sender}
    server.updates.push("message", body, group.chat.id)
    await team["Ann"].sees("Send it as yourself")
    assert owners(shared) == {}


async def test_a_plain_member_says_what_it_lacks_to_the_group_and_its_admin(
    team: Team, group: Group, server: BotApi, shared: Service
) -> None:
    code = await emergency(shared, team, "Bob")
    group.changes_bot(team["Ann"], "administrator")
    group.changes_bot(team["Ann"], "member")
    await team["Cat"].sees("no longer an admin of this group: I cannot pin its board")
    await server.private_chat(ANN).sees("no longer an admin of a group that you look after")
    assert owners(shared)[code] == (str(group.chat.id), str(BOB))


async def test_thrown_out_the_cases_fall_back_and_each_owner_is_told_once_with_a_list(
    team: Team, group: Group, server: BotApi, shared: Service
) -> None:
    codes = {name: await emergency(shared, team, name) for name in ("Bob", "Cat")}
    another = await emergency(shared, team, "Bob")
    await all_is_sent(shared.store)
    group.changes_bot(team["Ann"], "kicked")
    bob, cat = server.private_chat(BOB), server.private_chat(CAT)
    listed = await bob.sees("I can no longer write in your group")
    assert codes["Bob"] in listed.text and another in listed.text
    assert codes["Cat"] not in listed.text and not listed.silent
    assert "EMERGENCY" in listed.text
    told = await server.private_chat(ANN).sees("its open cases are in their owners' private chats")
    assert f"{codes['Cat']}: Cat" in told.text
    await cat.sees(codes["Cat"])
    await all_is_sent(shared.store)
    assert owners(shared) == {
        codes["Bob"]: (str(BOB), str(BOB)),
        another: (str(BOB), str(BOB)),
        codes["Cat"]: (str(CAT), str(CAT)),
    }
    assert len([each for each in bob.bot_messages if "I can no longer write" in each.text]) == 1
    assert shared.store.groups.listed() == []
    kinds = [each.kind for each in shared.store.reminders.pending(another)]
    assert "mri_due" in kinds and REPEAT not in kinds
    bob.taps(listed, f"Continue {another}")
    await bob.sees(another)


async def test_a_case_without_an_answer_falls_back_too(
    team: Team, group: Group, server: BotApi, shared: Service
) -> None:
    team["Bob"].types("/triage")
    await team["Bob"].sees("Owner: Bob")
    await all_is_sent(shared.store)
    (code,) = owners(shared)
    group.changes_bot(team["Ann"], "kicked")
    listed = await server.private_chat(BOB).sees("I can no longer write in your group")
    assert code in listed.text
    assert owners(shared) == {code: (str(BOB), str(BOB))}


async def test_added_again_a_group_is_enrolled_again(
    team: Team, group: Group, server: BotApi, shared: Service
) -> None:
    group.changes_bot(team["Ann"], "kicked")
    await until(lambda: shared.store.groups.listed() == [])
    group.changes_bot(team["Ann"], "member")
    await team["Ann"].sees("an admin of CordCall sends /enrol here, and its people then share")
    team["Ann"].types("/enrol@example_bot")
    await until(lambda: len(shared.store.groups.listed()) == 1)


@pytest.mark.parametrize("status", ["kicked", "restricted"])
async def test_a_send_that_is_refused_tells_as_much_as_an_update(
    bot: object, server: BotApi, shared: Service, status: str
) -> None:
    ward = server.group_chat("Ward", supergroup=True)
    people = three_join(server, ward)
    people["Ann"].types("/enrol@example_bot")
    await people["Ann"].sees("This group now shares its cases")
    people["Bob"].types("/triage@example_bot")
    card = await people["Bob"].sees("Owner: Bob")
    people["Bob"].taps(card, "None of these")
    await server.until(lambda: "Questions answered by B" in card.text)
    await all_is_sent(shared.store)
    (code,) = owners(shared)
    bob = await opened(server, people["Bob"].taps(card, "Answer"))
    await bob.sees("Is a nerve root weak or numb?")
    await all_is_sent(shared.store)
    ward.chat.bot_status = status
    bob.types("/newsigns")
    asked = await bob.sees("Which cord signs are new?")
    bob.taps(asked, "Gait or balance")
    listed = await bob.sees("I can no longer write in your group")
    assert not listed.silent
    assert owners(shared)[code] == (str(BOB), str(BOB))
    bob.taps(listed, f"Continue {code}")
    await bob.sees_when(
        lambda: next(
            (each for each in bob.bot_messages[-1:] if each.id > listed.id and code in each.text),
            None,
        )
    )


async def test_a_case_without_an_owner_falls_to_the_colleague_who_acted_last(
    team: Team, group: Group, server: BotApi, shared: Service
) -> None:
    code = await emergency(shared, team, "Bob")
    team["Cat"].types("/help")
    await until(lambda: shared.store.groups.colleague(str(group.chat.id), str(CAT)))
    group.leaves(team["Bob"])
    await team["Cat"].sees("Without an owner")
    with shared.store.turn() as store:
        seen = store.groups.colleague(str(group.chat.id), str(CAT))
        assert seen is not None
        store.groups.part(seen.chat, str(ANN))
    group.changes_bot(team["Ann"], "kicked")
    await server.private_chat(CAT).sees("I can no longer write in your group")
    assert owners(shared)[code] == (str(CAT), str(CAT))
    case = shared.store.cases.find(code)
    assert case is not None and case.begun_at == NOON
