"""Telegram limits a chat, or a person blocks the bot: the others notice nothing."""

import asyncio
import time
from dataclasses import replace
from itertools import pairwise

import pytest

from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.outbox import pace
from bot.incoming import Command, Incoming
from bot.service.service import Service
from state.records import Priority
from tests.adapters.telegram.test_conversation import card_of
from tests.botapi import BotApi, PersonInChat
from tests.faults.steps import (
    EMERGENCY,
    FIRST_QUESTION,
    SECOND_QUESTION,
    all_is_sent,
    case_of,
    until,
    with_text,
)
from tests.starting import redraw_all

pytestmark = pytest.mark.slow

AT_ONCE = 1.0
WARD = 40


async def seconds_to_emergency(person: PersonInChat) -> float:
    """Tap a cord sign, and return how long the emergency takes to arrive."""
    card = await person.sees(FIRST_QUESTION)
    tapped = time.monotonic()
    person.taps(card, "Gait or balance")
    await person.sees(EMERGENCY)
    return time.monotonic() - tapped


async def test_an_emergency_does_not_wait_for_another_chats_limit(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    bob = server.private_chat(1002, "Bob")
    bob.types("/triage")
    await bob.sees(FIRST_QUESTION)
    limited = time.monotonic()
    server.faults.flood(2, chat_id=1001)
    ann.types("/triage")
    ann.types("/privacy")
    ann.types("/plan")
    assert await seconds_to_emergency(bob) < AT_ONCE
    assert ann.bot_messages == []
    plan = await ann.sees("Open a section.", 10)
    assert time.monotonic() - limited >= 2
    await all_is_sent(service.store)
    sent = [m for m in ann.chat.messages.values() if m.sender.id != ann.user.id]
    order = [_first_of(m.versions[0].text) for m in sent]
    assert order == ["question", "privacy", "plan"] and ann.last is plan


def _first_of(text: str) -> str:
    signs = {FIRST_QUESTION: "question", "end-to-end": "privacy", "Open a section": "plan"}
    return next(name for sign, name in signs.items() if sign in text)


async def test_a_chat_that_was_limited_is_paced_afterwards_and_no_other_is(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    bob = server.private_chat(1002, "Bob")
    server.faults.flood(1, chat_id=1001)
    for person in (ann, bob):
        for _ in range(3):
            person.types("/help")
    await server.until(lambda: len(ann.bot_messages) == 3, 10)
    apart = {who: gaps(server, who) for who in (1001, 1002)}
    assert min(apart[1001]) >= pace.CHAT_SECONDS * 0.95
    assert max(apart[1002]) < 0.5


def gaps(server: BotApi, chat: int) -> list[float]:
    """Return the seconds between the messages that a chat got."""
    accepted = [call for call in server.calls.accepted if call.method == "sendMessage"]
    times = [call.time for call in accepted if call.params.integer("chat_id") == chat]
    return [later - earlier for earlier, later in pairwise(times)]


async def test_what_nobody_waits_for_delays_no_answer_of_another_chat(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    ward = [server.private_chat(2000 + n, f"Doctor {n}") for n in range(WARD)]
    for each in (*ward, ann):
        each.types("/triage")
    for each in (*ward, ann):
        await each.sees(FIRST_QUESTION)
    await all_is_sent(service.store)
    redraw_all(replace(service, touch=True))
    await bot._sender.wake_all()
    await server.until(lambda: any("I was away" in each.last.text for each in ward))
    assert await seconds_to_emergency(ann) < AT_ONCE
    left = [row for row in service.store.outbox.queued() if row.priority == Priority.CARD]
    assert len(left) > WARD // 4
    await until(lambda: all("I was away" in each.last.text for each in ward))


async def test_a_redraw_of_a_chat_gives_way_to_an_answer_of_the_same_chat(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    first = await card_of(ann)
    tap = ann.taps(first, "None of these")
    await ann.gets_answer(tap)
    await ann.sees(SECOND_QUESTION)
    await all_is_sent(service.store)
    redraw_all(replace(service, touch=True))
    redraw_all(replace(service, touch=True))
    await bot._sender.wake_all()
    asked = time.monotonic()
    ann.types("/help")
    await ann.sees("About CordCall: ")
    assert time.monotonic() - asked < 0.5
    await ann.sees("I was away")


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText"])
async def test_who_blocks_the_bot_gets_nothing_that_waits_until_they_come_back(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, method: str
) -> None:
    bob = server.private_chat(1002, "Bob")
    card = await card_of(ann)
    await all_is_sent(service.store)
    shown = len(ann.bot_messages)
    ann.chat.bot_status = "kicked"
    if method == "editMessageText":
        ann.taps(card, "None of these")
    for command in ("card", "plan", "help"):
        replace(service, touch=True).take(Incoming("1001", "1001", Command(command)))
    bot._sender.wake("1001")
    await until(lambda: _is_unreachable(service))
    await all_is_sent(service.store)
    refused = [call for call in server.calls.refused if call.error_code == 403]
    assert len(refused) == 1
    bob.types("/triage")
    assert await seconds_to_emergency(bob) < AT_ONCE
    ann.unblocks()
    await until(lambda: not _is_unreachable(service))
    assert len(ann.bot_messages) == shown
    ann.types("/look")
    await server.until(lambda: len(ann.bot_messages) == shown + 1)
    assert case_of(service).code in ann.last.text
    assert with_text(ann, "Open a section.") == []


def _is_unreachable(service: Service) -> bool:
    row = service.store.database.execute(
        "SELECT unreachable FROM chats WHERE chat = '1001'"
    ).fetchone()
    return row == (1,)


async def test_a_pause_that_is_cancelled_as_it_is_woken_ends_what_paused() -> None:
    """Else whoever stops would wait for a chat that goes on sending."""
    woken = asyncio.Event()
    pausing = asyncio.create_task(pace.nap(woken, 60))
    await asyncio.sleep(0.01)
    woken.set()
    pausing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pausing
