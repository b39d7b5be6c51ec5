"""Who is not in a group does nothing there, whatever access they have: a public one is open."""

import pytest

from bot.adapters.telegram import still_there
from bot.adapters.telegram.outsiders import ASKED_AGAIN_AFTER
from bot.service.group_people import SEEN_AGAIN_AFTER
from bot.service.service import Service
from state.people import Member
from tests.adapters.telegram.groups.steps import (
    ANN,
    BOB,
    DAN,
    Team,
    every_data,
    opened,
    opens_a_case,
    state,
)
from tests.botapi import BotApi, Message, PersonInChat
from tests.botapi.groups import Group
from tests.conftest import NOON, Clock
from tests.faults.steps import all_is_sent

pytestmark = pytest.mark.usefixtures("short_minutes")

OUTSIDE = "Not taken: you are not in this group."
UNSURE = "Not taken: Telegram does not say whether you are in this group."


@pytest.fixture
def dan(team: Team, server: BotApi, group: Group, shared: Service) -> PersonInChat:
    """A clinician who reads the public group, but is not in it."""
    with shared.store.turn() as store:
        store.members.keep(Member(str(DAN), "clinician", "@dan_d", str(ANN), NOON))
    server.private_chat(DAN, "Dan")
    dan = group.joins(DAN, "Dan")
    group.chat.members[DAN] = "left"
    return dan


def asked(server: BotApi) -> int:
    return len(server.calls.of("getChatMember"))


def groups_of(service: Service, who: int) -> list[str]:
    return service.store.groups.groups_of(str(who))


async def emergency(team: Team, server: BotApi) -> tuple[Message, str]:
    """Let Ann open a case and find an emergency; return its alarm, and its code."""
    card, code = await opens_a_case(team)
    team["Ann"].taps(card, "Gait or balance")
    return await team["Ann"].sees("Raised by Ann"), code


@pytest.mark.parametrize("status", ["left", "kicked"])
async def test_taps_and_commands_of_who_is_not_in_the_group_change_nothing(
    team: Team, dan: PersonInChat, group: Group, server: BotApi, shared: Service, status: str
) -> None:
    group.chat.members[DAN] = status
    alarm, code = await emergency(team, server)
    card = await team["Ann"].sees(f"{code}\nOwner: Ann")
    await all_is_sent(shared.store)
    before, calls = state(shared), asked(server)
    for message in (alarm, card):
        for data in every_data(message):
            tap = dan.taps_data(message, data)
            assert OUTSIDE in await dan.gets_answer(tap)
            assert tap.url == ""
    for typed in (f"/have {code}", "/triage", "/board", "/oncall surgeon me 22:00"):
        dan.types(typed)
    await dan.sees(OUTSIDE)
    await server.until(lambda: len(server.updates) == 0)
    await all_is_sent(shared.store)
    assert state(shared) == before and groups_of(shared, DAN) == []
    assert shared.store.groups.on_call(str(group.chat.id), NOON) == []
    assert len([each for each in dan.bot_messages if OUTSIDE in each.text]) == 1
    assert asked(server) == calls + 1


async def test_no_link_lets_somebody_in_who_is_not_in_the_group(
    team: Team, dan: PersonInChat, server: BotApi, shared: Service
) -> None:
    card, code = await opens_a_case(team)
    assert OUTSIDE in await dan.gets_answer(dan.taps(card, "Answer"))
    tap = team["Bob"].taps(card, "Answer")
    await opened(server, tap)
    private = dan.opens(tap.url)
    private.types(f"/open {code}")
    await private.sees("no open case of a group of yours.")
    shown = [each.text.replace(f"“{code}”", "") for each in private.bot_messages]
    assert not any(code in each for each in shown)
    assert groups_of(shared, DAN) == []


async def test_whoever_joins_is_let_in_and_asked_about_once_an_hour(
    team: Team, dan: PersonInChat, group: Group, server: BotApi, shared: Service, clock: Clock
) -> None:
    card, _ = await opens_a_case(team)
    assert OUTSIDE in await dan.gets_answer(dan.taps(card, "I have it"))
    group.chat.members[DAN] = "member"
    clock.now += ASKED_AGAIN_AFTER
    calls = asked(server)
    assert "is yours" in await dan.gets_answer(dan.taps(card, "I have it"))
    assert "has been yours" in await dan.gets_answer(dan.taps(card, "I have it"))
    assert asked(server) == calls + 1
    clock.now += SEEN_AGAIN_AFTER
    assert "has been yours" in await dan.gets_answer(dan.taps(card, "I have it"))
    assert asked(server) == calls + 2


async def test_a_colleague_who_left_without_a_word_is_one_no_more(
    team: Team, group: Group, server: BotApi, shared: Service, clock: Clock
) -> None:
    team["Bob"].types("/triage")
    card = await team["Bob"].sees("Owner: Bob")
    team["Bob"].types("/oncall surgeon me 22:00")
    await team["Bob"].sees("Spinal surgeon: Bob, until 22:00")
    group.chat.members[BOB] = "left"
    clock.now += SEEN_AGAIN_AFTER
    assert OUTSIDE in await team["Bob"].gets_answer(team["Bob"].taps(card, "Answer"))
    await team["Cat"].sees("Bob is no longer in the team here. Without an owner: ")
    await team["Cat"].sees("Nobody is on call now as: spinal surgeon")
    assert groups_of(shared, BOB) == []


@pytest.mark.parametrize("silent", [False, True])
async def test_while_telegram_does_not_say_colleagues_alone_are_let_in(
    team: Team,
    dan: PersonInChat,
    group: Group,
    server: BotApi,
    shared: Service,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    silent: bool,
) -> None:
    monkeypatch.setattr(still_there, "SECONDS_TO_ANSWER", 0.2)
    group.chat.members[DAN] = "member"
    card, _ = await opens_a_case(team)
    clock.now += SEEN_AGAIN_AFTER
    if silent:
        server.faults.delay(5.0, "getChatMember")
    else:
        server.faults.refuse(400, "Bad Request: CHAT_ADMIN_REQUIRED", "getChatMember", times=None)
    assert UNSURE in await dan.gets_answer(dan.taps(card, "I have it"))
    assert groups_of(shared, DAN) == []
    assert "has been yours" in await team["Ann"].gets_answer(team["Ann"].taps(card, "I have it"))


async def test_nobody_waits_while_telegram_is_asked_about_somebody_else(
    team: Team,
    server: BotApi,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(still_there, "SECONDS_TO_ANSWER", 4.0)
    card, _ = await opens_a_case(team)
    team["Bob"].types("/oncall")
    await team["Bob"].sees("Nobody is on call here")
    ann = await opened(server, team["Ann"].taps(card, "Answer"))
    question = await ann.sees("Which cord signs are new?")
    clock.now += SEEN_AGAIN_AFTER
    server.faults.delay(10.0, "getChatMember", times=None)
    late = team["Bob"].taps(card, "I have it")
    ann.taps(question, "Gait or balance")
    await ann.sees("EMERGENCY", timeout=2.0)
    assert not late.answered
    assert "is yours" in await team["Bob"].gets_answer(late)
