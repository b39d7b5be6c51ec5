"""Attacks on a group that shares its cases, over HTTP: what is tapped, typed or forged there."""

import asyncio
import re
import time

import pytest

from bot.adapters.telegram.outbox import group_budget
from bot.service.service import Service
from state.groups import Group as Enrolled
from state.people import Member
from tests.adapters.telegram.groups.steps import (
    ANN,
    BOB,
    DAN,
    EVE,
    Team,
    every_data,
    opened,
    opens_a_case,
    state,
)
from tests.botapi import BotApi, Message, PersonInChat
from tests.botapi.chats import Json, User
from tests.botapi.groups import Group
from tests.botapi.people import CHANNEL_BOT, GROUP_ANONYMOUS_BOT
from tests.conftest import NOON
from tests.faults.steps import all_is_sent

AT_ONCE = 2.0  # seconds


@pytest.fixture
def long_running(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take no calls of a run before this one for granted."""
    monkeypatch.setattr(group_budget, "CALLED_BY_THE_RUN_BEFORE", 0)


@pytest.fixture
def dan(team: Team, server: BotApi, shared: Service) -> PersonInChat:
    """A clinician who acts in another enrolled group, not in this one."""
    other = server.group_chat("Dialysis")
    with shared.store.turn() as store:
        store.members.keep(Member(str(DAN), "clinician", "@dan_d", str(ANN), NOON))
        store.groups.enrol(Enrolled(str(other.chat.id), str(ANN), NOON))
    return other.joins(DAN, "Dan")


@pytest.mark.usefixtures("short_minutes")
async def test_a_private_token_does_nothing_in_a_group(
    team: Team, server: BotApi, shared: Service
) -> None:
    card, _ = await opens_a_case(team)
    bob = await opened(server, team["Bob"].taps(card, "Answer"))
    asked = await bob.sees("Which cord signs are new?")
    await all_is_sent(shared.store)
    before = state(shared)
    for who in ("Bob", "Cat"):
        for data in every_data(asked):
            tap = team[who].taps_data(card, data)
            await server.until(lambda tap=tap: tap.answered)
            assert tap.url == ""
    assert state(shared) == before


@pytest.mark.usefixtures("short_minutes")
async def test_a_groups_token_does_nothing_elsewhere(
    team: Team, dan: PersonInChat, server: BotApi, shared: Service
) -> None:
    card, code = await opens_a_case(team)
    team["Bob"].types("/oncall")
    await team["Bob"].sees("Nobody is on call here")
    dan.types("/oncall")
    in_another_group = await dan.sees("Nobody is on call here")
    places = [(dan, in_another_group)]
    for who, name in ((DAN, "Dan"), (BOB, "Bob")):
        person = server.private_chat(who, name)
        person.types("/help")
        places.append((person, await person.sees("/triage")))
    await all_is_sent(shared.store)
    before = state(shared)
    for person, message in places:
        for data in every_data(card):
            tap = person.taps_data(message, data)
            await server.until(lambda tap=tap: tap.answered)
            assert tap.url == "" and code not in tap.text
    await all_is_sent(shared.store)
    assert state(shared) == before
    assert not any(code in each.text for person, _ in places for each in person.bot_messages)


@pytest.mark.usefixtures("short_minutes")
@pytest.mark.parametrize("is_viewer", [True, False])
async def test_a_viewer_or_a_stranger_taps_in_vain(
    team: Team, group: Group, server: BotApi, shared: Service, is_viewer: bool
) -> None:
    card, code = await opens_a_case(team)
    with shared.store.turn() as store:
        if is_viewer:
            store.members.keep(Member(str(EVE), "viewer", "@eve", str(ANN), NOON))
    eve, before = group.joins(EVE, "Eve"), state(shared)
    shown = len(eve.bot_messages)
    for data in every_data(card):
        tap = eve.taps_data(card, data)
        await server.until(lambda tap=tap: tap.answered)
        assert (tap.url, code in tap.text) == ("", False)
        assert ("you are a viewer" in tap.text) == is_viewer, tap.text
    for typed in (
        f"/have {code}",
        f"/open {code}",
        "/triage",
        "/board",
        "/group asks all",
        "/oncall surgeon me 22:00",
    ):
        eve.types(typed)
    await server.until(lambda: len(server.updates) == 0)
    await all_is_sent(shared.store)

    def refusals() -> int:
        return sum("you are a viewer" in each.text for each in eve.bot_messages[shown:])

    refused = 6 if is_viewer else 0
    await server.until(lambda: refusals() >= refused)
    assert state(shared) == before
    assert shared.store.groups.on_call(str(group.chat.id), NOON) == []
    assert refusals() == refused
    assert is_viewer or len(eve.bot_messages) == shown


def tapped_as(card: Message, data: str, account: User, **more: object) -> Json:
    """Return a tap that an account of Telegram's makes, through which others act."""
    query = {"id": "1", "from": account.as_json(), "chat_instance": "1", "data": data}
    return {"callback_query": {**query, "message": card.as_callback_json(), **more}}


@pytest.mark.usefixtures("short_minutes")
@pytest.mark.parametrize(
    ("account", "more"),
    [
        (GROUP_ANONYMOUS_BOT, {}),
        (CHANNEL_BOT, {}),
        (User(ANN, "Ann"), {"sender_chat": {"id": -1_002, "type": "channel", "title": "Ward"}}),
    ],
)
async def test_a_tap_as_the_group_or_as_a_channel_is_told_why_and_changes_nothing(
    team: Team, server: BotApi, shared: Service, account: User, more: dict[str, object]
) -> None:
    card, _ = await opens_a_case(team)
    await all_is_sent(shared.store)
    before, answered = state(shared), len(server.calls.of("answerCallbackQuery"))
    every = every_data(card)
    for data in every:
        server.updates.push_raw(tapped_as(card, data, account, **more))
    await server.until(lambda: len(toasts(server)) == answered + len(every))
    assert all("Tap as yourself." in each for each in toasts(server)[answered:])
    assert state(shared) == before


def toasts(server: BotApi) -> list[str]:
    return [
        str(call.params.values.get("text", "")) for call in server.calls.of("answerCallbackQuery")
    ]


@pytest.mark.usefixtures("short_minutes")
async def test_an_anonymous_admin_is_told_why_what_they_type_counts_not_and_taps_as_themselves(
    team: Team, group: Group, server: BotApi, shared: Service
) -> None:
    card, code = await opens_a_case(team)
    group.chat.anonymous.add(BOB)
    before = state(shared)
    for typed in (f"/have {code}", "/oncall surgeon me 22:00"):
        team["Bob"].types(typed)
    await team["Cat"].sees("Send it as yourself.")
    assert state(shared) == before
    assert shared.store.groups.on_call(str(group.chat.id), NOON) == []
    assert "is yours" in await team["Bob"].gets_answer(team["Bob"].taps(card, "I have it"))


@pytest.mark.usefixtures("short_minutes")
async def test_a_forged_topic_moves_no_case_and_hides_no_card(
    team: Team, group: Group, server: BotApi, shared: Service
) -> None:
    group.chat.is_forum = True
    card, code = await opens_a_case(team)
    forged = {"message_thread_id": 4242, "is_topic_message": True}
    message = {**card.as_callback_json(), **forged}
    query = {"id": "1", "from": team["Bob"].user.as_json(), "chat_instance": "1"}
    data = every_data(card)[0]
    server.updates.push_raw({"callback_query": {**query, "message": message, "data": data}})
    typed = server.world.post(group.chat, team["Cat"].user, "/triage").as_json()
    server.updates.push_raw({"message": {**typed, **forged}}, group.chat.id)
    await team["Cat"].sees("Owner: Cat")
    await all_is_sent(shared.store)
    case = shared.store.cases.find(code)
    assert case and case.thread is None and case.given[-1].who == str(BOB)
    shown = await team["Ann"].sees(f"{code}\nOwner: Ann")
    assert "Cord signs: Limb weakness" in shown.text


@pytest.mark.usefixtures("short_minutes")
async def test_a_member_of_another_group_learns_of_no_case(
    team: Team, dan: PersonInChat, server: BotApi, shared: Service
) -> None:
    card, code = await opens_a_case(team)
    tap = team["Bob"].taps(card, "Answer")
    bob = await opened(server, tap)
    bob.taps(await bob.sees("Which cord signs are new?"), "Gait or balance")
    await team["Cat"].sees("EMERGENCY")
    await all_is_sent(shared.store)
    before = state(shared)
    private = server.private_chat(DAN, "Dan")
    named = ("resume", "takeover", "have", "open", "seen", "coming", "handover")
    lists = ("cases", "board", "takeover", "handover", "sendto", "mydata", "undo")
    for typed in (*(f"/{each} {code}" for each in named), *(f"/{each}" for each in lists)):
        private.types(typed)
    for each in ("have", "open", "seen", "coming"):
        dan.types(f"/{each} {code}")
    dan.types("/board")
    private.opens(tap.url)
    await server.until(lambda: len(server.updates) == 0)
    await all_is_sent(shared.store)
    for person in (private, dan):
        for message in person.bot_messages:
            assert "EMERGENCY" not in message.text and "Gait" not in message.text
            assert not re.search(r"\d\d:\d\d", message.text.replace("08:00", "")), message.text
    assert [each for each in state(shared) if each[0] == code] == before


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "typed",
    [
        "/given",
        "/requested@example_bot",
        "/newsigns gait",
        "/sbar@example_bot",
        "/mydata@example_bot",
    ],
)
async def test_what_a_group_does_not_take_is_said_and_changes_nothing(
    team: Team,
    shared: Service,
    typed: str,
) -> None:
    await opens_a_case(team)
    before, name = state(shared), re.split(r"[ @]", typed)[0]
    team["Bob"].types(typed)
    await team["Ann"].sees(f"{name} is not taken in a group, and nothing was noted.")
    assert state(shared) == before


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("typed", ["/given to John Smith", "/called@example_bot 943 476 5919"])
async def test_who_names_a_patient_in_a_command_that_a_group_does_not_take_is_refused(
    team: Team,
    server: BotApi,
    shared: Service,
    typed: str,
) -> None:
    await opens_a_case(team)
    await all_is_sent(shared.store)
    sent = team["Bob"].types(typed)
    await team["Ann"].sees("nothing is kept: it looks like")
    await server.until(lambda: len(server.calls.of("deleteMessage")) == 1)
    (call,) = server.calls.of("deleteMessage")
    assert str(call.params.values["message_id"]) == str(sent.id)


@pytest.mark.usefixtures("hasty")
async def test_what_is_meant_for_another_bot_of_the_group_is_not_answered(
    team: Team,
    server: BotApi,
    shared: Service,
) -> None:
    await opens_a_case(team)
    await all_is_sent(shared.store)
    shown = len(team["Ann"].bot_messages)
    for typed in ("/given@other_bot", "/settings", "/weather", "/nonsense@example_bot"):
        team["Bob"].types(typed)
    await server.until(lambda: len(server.updates) == 0)
    await all_is_sent(shared.store)
    assert len(team["Ann"].bot_messages) == shown


@pytest.mark.parametrize("key", ["migrate_to_chat_id", "migrate_from_chat_id"])
@pytest.mark.parametrize("other", [BOB, 0])
async def test_no_group_becomes_a_private_chat_or_itself(
    team: Team,
    group: Group,
    server: BotApi,
    shared: Service,
    key: str,
    other: int,
) -> None:
    await opens_a_case(team)
    before = state(shared)
    message = server.world.post(group.chat, team["Bob"].user, "x").as_json()
    server.updates.push_raw({"message": {**message, key: other or group.chat.id}}, group.chat.id)
    await server.until(lambda: len(server.updates) == 0)
    team["Cat"].types("/oncall")
    await team["Cat"].sees("Nobody is on call here")
    assert state(shared) == before
    assert [each.chat for each in shared.store.groups.listed()] == [str(group.chat.id)]
    assert shared.store.inbox.parked_count() == 0


@pytest.mark.parametrize("key", ["migrate_to_chat_id", "migrate_from_chat_id"])
async def test_only_a_group_becomes_a_supergroup(
    team: Team, group: Group, server: BotApi, shared: Service, key: str
) -> None:
    await opens_a_case(team)
    bob = server.private_chat(BOB, "Bob")
    bob.types("/triage")
    await bob.sees("Which cord signs are new?")
    before = state(shared)
    message = server.world.post(bob.chat, bob.user, "x").as_json()
    server.updates.push_raw({"message": {**message, key: group.chat.id}}, bob.chat.id)
    await server.until(lambda: len(server.updates) == 0)
    bob.types("/oncall")
    await bob.sees("Send /oncall in the group")
    assert state(shared) == before
    assert [each.chat for each in shared.store.groups.listed()] == [str(group.chat.id)]


NAMES = [
    "<b>B&amp;b</b>",
    "Line\nbreak\r\n/have",
    "\u202eevil\u2066\u200f",
    "X" * 64,
    "\u200b",
    "",
    "{name}",
    "\u3164",
    "\u2800 \u115f\uffa0",
    "\u0301\u0336",
]


@pytest.mark.parametrize("name", NAMES)
async def test_a_name_is_shown_as_it_is_on_one_line_and_short(
    team: Team, group: Group, server: BotApi, shared: Service, name: str
) -> None:
    with shared.store.turn() as store:
        store.members.keep(Member(str(DAN), "clinician", "@dan_d", str(ANN), NOON))
    dan = group.joins(DAN, name)
    dan.types("/triage")
    card = await dan.sees_when(
        lambda: next((m for m in dan.bot_messages if "Owner: " in m.text), None)
    )
    owner = next(line for line in card.text.split("\n") if line.startswith("Owner: "))
    assert len(owner) < 60 and owner.isprintable()
    assert card.marked("bold") == [] or "B&amp;b" not in card.marked("bold")
    (kept,) = (
        each for each in shared.store.groups.colleagues(str(group.chat.id)) if each.who == str(DAN)
    )
    assert kept.name and kept.name.isprintable() and len(kept.name) <= 24
    assert any(map(str.isalnum, kept.name))
    assert not set(kept.name) & {"\u3164", "\u115f", "\uffa0"}


async def test_what_telegram_would_not_say_of_a_group_changes_nothing(
    team: Team, group: Group, server: BotApi, shared: Service
) -> None:
    await opens_a_case(team)
    before, chat, by = state(shared), group.chat.as_json(), team["Bob"].user.as_json()
    left = {"status": "left", "user": server.world.bot.as_json()}
    for change in (
        {},
        {"chat": chat},
        {"chat": chat, "from": by},
        {"chat": chat, "from": by, "new_chat_member": None},
        {"chat": chat, "from": by, "new_chat_member": left},
        [],
        None,
        {
            "chat": {**chat, "type": "channel"},
            "from": by,
            "new_chat_member": left,
            "old_chat_member": left,
        },
        {"chat": {**chat, "id": "x"}, "from": by, "new_chat_member": left, "old_chat_member": left},
        {"chat": chat, "from": {}, "new_chat_member": left, "old_chat_member": left},
    ):
        for kind in ("my_chat_member", "chat_member"):
            server.updates.push_raw({kind: change}, group.chat.id)
    await server.until(lambda: len(server.updates) == 0)
    team["Cat"].types("/oncall")
    await team["Cat"].sees("Nobody is on call here")
    assert state(shared) == before and shared.store.groups.find(str(group.chat.id))


async def test_one_person_who_floods_a_group_holds_up_no_emergency(
    team: Team, server: BotApi, shared: Service
) -> None:
    card, code = await opens_a_case(team)
    for number in range(40):
        team["Bob"].types("/oncall")
        team["Bob"].taps(card, "Answer")
        team["Bob"].types(f"/triage{' ' * number}")
    await asyncio.sleep(2)
    ann = server.private_chat(ANN, "Ann")
    ann.types(f"/open {code}")
    ann.types(f"/open {code}")
    asked = await ann.sees("Which cord signs are new?")
    begun = time.monotonic()
    ann.taps(asked, "Gait or balance")
    await team["Cat"].sees("EMERGENCY")
    assert time.monotonic() - begun < AT_ONCE


@pytest.mark.usefixtures("long_running")
async def test_one_person_who_floods_a_group_holds_up_no_answer_to_others(
    team: Team, shared: Service
) -> None:
    for _ in range(60):
        team["Bob"].types("/oncall")
    await asyncio.sleep(1)
    begun = time.monotonic()
    team["Ann"].types("/triage")
    await team["Ann"].sees("Owner: Ann")
    assert time.monotonic() - begun < AT_ONCE
    await all_is_sent(shared.store)


@pytest.mark.usefixtures("short_minutes")
async def test_who_has_typed_too_much_in_a_group_still_answers_an_emergency(
    team: Team, server: BotApi, shared: Service
) -> None:
    card, code = await opens_a_case(team)
    ann = await opened(server, team["Ann"].taps(card, "Answer"))
    ann.taps(await ann.sees("Which cord signs are new?"), "Gait or balance")
    await team["Bob"].sees("EMERGENCY")
    for _ in range(20):
        team["Bob"].types("/oncall")
    await team["Bob"].sees("too many commands from one person in a minute")
    team["Bob"].types(f"/have {code}")
    await server.until(lambda: len(server.updates) == 0)
    assert [owner for _, _, owner, *_ in state(shared)] == [str(BOB)]
