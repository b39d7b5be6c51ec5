"""The database is locked, full or read-only: nothing is lost or half done, and users are told."""

import asyncio
from dataclasses import replace
from time import perf_counter

import pytest

from bot.adapters.telegram.app import TelegramBot
from bot.incoming import Incoming, Tap
from bot.service.reminding import Reminding
from bot.service.service import Service
from state.store import Store
from tests.access import only
from tests.adapters.telegram.test_conversation import card_of, running
from tests.adapters.telegram.test_webhook import running as listening
from tests.botapi import BotApi, PersonInChat
from tests.conftest import Clock
from tests.faults.outages import OUTAGES, database, is_readable, outage, rows, wait_for_others
from tests.faults.steps import (
    CAUDA_EQUINA,
    EMERGENCY,
    FIRST_QUESTION,
    REPEAT,
    all_is_sent,
    button,
    case_of,
    with_text,
)
from tests.stored import database_of

__all__ = ["database"]

WITHOUT_THIS = "I cannot work this out"
CALL = "Spinal coordinator, 020 7946 0000"
PLANS = 6
SEVERAL_PAUSES = 0.5
LONGEST_SILENCE_S = 0.05


async def polls_again(server: BotApi, times: int = 1) -> None:
    polls = len(server.calls.of("getUpdates"))
    await server.until(lambda: len(server.calls.of("getUpdates")) >= polls + times)


@pytest.mark.parametrize("kind", OUTAGES)
async def test_what_cannot_be_kept_stays_at_telegram_and_is_done_when_it_can(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, kind: str
) -> None:
    card = await card_of(ann)
    await all_is_sent(service.store)
    server.updates.hold()
    tap = ann.taps(card, "None of these")
    for _ in range(PLANS):
        ann.types("/plan all")
    with outage(kind, service.store):
        server.updates.release()
        assert CALL in (await ann.sees(WITHOUT_THIS)).text
        await polls_again(server)
        assert rows(service.store, "answers") == rows(service.store, "outbox") == 0
        assert len(server.updates) == 1 + PLANS
        noted = is_readable(kind, service.store) and bool(service.store.inbox.left_taps())
        assert tap.answered == noted
        assert len(with_text(ann, WITHOUT_THIS)) == 1
    await ann.gets_answer(tap)
    await server.until(lambda: len(server.updates) == 0)
    await all_is_sent(service.store)
    assert case_of(service).latest == {"cord_signs": []}
    assert len(with_text(ann, "· Sources")) == PLANS
    assert len(with_text(ann, WITHOUT_THIS)) == 1
    assert service.store.inbox.parked_count() == 0


@pytest.mark.parametrize("kind", ["locked", "read-only", "unreadable"])
async def test_an_emergency_that_cannot_be_noted_as_begun_is_sent_when_it_can(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, kind: str
) -> None:
    card = await card_of(ann)
    await all_is_sent(service.store)
    token, place = button(card, "Bladder")
    replace(service, touch=True).take(Incoming("1001", "1001", Tap(token, place), None, card.id))
    with outage(kind, service.store):
        bot._sender.wake("1001")
        await ann.sees(WITHOUT_THIS)
        assert with_text(ann, CAUDA_EQUINA) == []
    await ann.sees(CAUDA_EQUINA)
    await all_is_sent(service.store)
    assert len(with_text(ann, CAUDA_EQUINA)) == 1
    assert with_text(ann, REPEAT) == []


@pytest.mark.parametrize("webhook", [False, True])
async def test_another_process_that_writes_for_a_while_never_silences_the_loop(
    server: BotApi, ann: PersonInChat, service: Service, unused_tcp_port: int, webhook: bool,
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    wait_for_others(5.0, request, monkeypatch)
    bot = listening(server, service, unused_tcp_port) if webhook else running(server, service)
    async with bot:
        card = await card_of(ann)
        await all_is_sent(service.store)
        ann.types("/help")
        await ann.sees("About CordCall")
        silent = asyncio.create_task(longest_silence(SEVERAL_PAUSES))
        with outage("locked", service.store):
            ann.taps(card, "Gait or balance")
            await asyncio.sleep(SEVERAL_PAUSES)
        await ann.sees(EMERGENCY)
        await all_is_sent(service.store)
    assert await silent < LONGEST_SILENCE_S
    assert with_text(ann, WITHOUT_THIS) == []


async def longest_silence(seconds: float) -> float:
    """Watch the event loop, and return the longest time in which nothing else could run."""
    longest, ends = 0.0, perf_counter() + seconds
    while (began := perf_counter()) < ends:
        await asyncio.sleep(0.001)
        longest = max(longest, perf_counter() - began)
    return longest


async def test_what_was_sent_but_could_not_be_noted_is_repeated_once(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    server.faults.delay(0.1, "sendMessage", after=True)
    ann.types("/triage")
    await ann.sees(FIRST_QUESTION)
    with outage("read-only", service.store):
        await ann.sees(WITHOUT_THIS)
        await asyncio.sleep(SEVERAL_PAUSES)
        assert with_text(ann, REPEAT) == []
    await ann.sees(REPEAT)
    await all_is_sent(service.store)
    assert len(with_text(ann, FIRST_QUESTION)) == 2
    assert len(with_text(ann, WITHOUT_THIS)) == 1


async def test_each_outage_is_told_once_to_each_who_waits(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    bob, eve = server.private_chat(1002, "Bob"), server.private_chat(1003, "Eve")
    for number in (1, 2):
        with outage("read-only", service.store):
            ann.types("/triage")
            bob.types("/triage")
            await server.until(
                lambda n=number: (
                    len(with_text(ann, WITHOUT_THIS)) == len(with_text(bob, WITHOUT_THIS)) == n
                )
            )
            await polls_again(server)
        await server.until(lambda: len(server.updates) == 0)
        await all_is_sent(service.store)
    assert len(with_text(ann, WITHOUT_THIS)) == len(with_text(bob, WITHOUT_THIS)) == 2
    assert eve.bot_messages == []


@pytest.mark.usefixtures("hurry")
async def test_a_stranger_is_told_nothing_and_a_failing_network_stops_nothing(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    eve = server.private_chat(2002, "Eve")
    async with running(server, replace(service, access=only("1001"))):
        server.faults.refuse(502, "Bad Gateway", "sendMessage")
        with outage("read-only", service.store):
            eve.types("/triage")
            ann.types("/triage")
            await ann.sees(WITHOUT_THIS)
            assert with_text(eve, WITHOUT_THIS) == []
        await ann.sees(FIRST_QUESTION)
        await eve.sees("not open to you")


async def test_a_webhook_asks_for_the_update_again_and_says_so_once(
    server: BotApi, service: Service, ann: PersonInChat, unused_tcp_port: int
) -> None:
    server.webhook.delay_unit = 0.01
    async with listening(server, service, unused_tcp_port):
        with outage("read-only", service.store):
            ann.types("/triage")
            await ann.sees(WITHOUT_THIS)
            assert "503" in server.webhook.last_error_message
        await ann.sees(FIRST_QUESTION)
        assert len(with_text(ann, WITHOUT_THIS)) == 1


async def test_a_reminder_that_was_overtaken_never_silences_the_loop_either(
    server: BotApi, ann: PersonInChat, service: Service, store: Store, clock: Clock,
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    wait_for_others(5.0, request, monkeypatch)
    async with running(server, service) as bot:
        ann.taps(await card_of(ann), "Gait or balance")
        await ann.sees(EMERGENCY)
        await all_is_sent(store)
        clock.pass_by(hours=9, minutes=1)
        with store.turn():
            due = Reminding(bot._service).claim()
            assert due is not None and Reminding(bot._service).remind(due)
            database_of(store).execute("UPDATE cases SET version = version + 1")
        silent = asyncio.create_task(longest_silence(SEVERAL_PAUSES))
        with outage("locked", store):
            bot._sender.wake("1001")
            await asyncio.sleep(SEVERAL_PAUSES)
        await all_is_sent(store)
    assert await silent < LONGEST_SILENCE_S
