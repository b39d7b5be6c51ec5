"""Injected faults, as a real client meets them."""

from __future__ import annotations

import random
import time

import httpx
import pytest
from telegram import Bot
from telegram.error import Forbidden, NetworkError, RetryAfter, TimedOut

from tests.botapi import BotApi, Clock, Fault, PersonInChat, Refusal

pytestmark = pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")


def texts(person: PersonInChat) -> list[str]:
    return [message.text for message in person.messages]


async def test_a_flood_lasts_and_counts_down() -> None:
    clock = Clock(frozen_at=1_790_000_000)
    async with BotApi(clock=clock) as api, Bot(api.token, base_url=api.base_url) as bot:
        ann, bob = api.private_chat(1001), api.private_chat(1002)
        api.faults.flood(5, chat_id=1001)
        waits = []
        for _ in range(2):
            with pytest.raises(RetryAfter) as caught:
                await bot.send_message(1001, "x")
            waits.append(caught.value.retry_after.total_seconds())
            clock.advance(3)
        await bot.send_message(1002, "not flooded")
        await bot.send_message(1001, "x")
        assert waits == [5, 2]
        assert (texts(ann), texts(bob)) == (["x"], ["not flooded"])
        async with httpx.AsyncClient() as client:
            api.faults.flood(7)
            answer = await client.get(f"{api.base_url}{api.token}/getMe")
        assert answer.headers["Retry-After"] == "7"
        assert answer.json()["description"] == "Too Many Requests: retry after 7"
        assert answer.json()["parameters"] == {"retry_after": 7}


async def test_answers_lost_before_and_after_the_effect(
    api: BotApi, bot: Bot, ann: PersonInChat
) -> None:
    for after in (False, True):
        api.faults.close("sendMessage", after=after)
        with pytest.raises(NetworkError):
            await bot.send_message(1001, f"after: {after}")
    await bot.send_message(1001, "calm")
    assert texts(ann) == ["after: True", "calm"]
    assert [call.done for call in api.calls.faulted] == [False, True]


async def test_errors_before_and_after_the_effect(api: BotApi, bot: Bot, ann: PersonInChat) -> None:
    api.faults.refuse(502, "Bad Gateway", as_html=True)
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(1001, "a")
    api.faults.refuse(500, "Internal Server Error", after=True)
    with pytest.raises(NetworkError):
        await bot.send_message(1001, "b")
    api.faults.refuse(403, "Forbidden: bot was blocked by the user", chat_id=1001)
    with pytest.raises(Forbidden):
        await bot.send_message(1001, "c")
    assert texts(ann) == ["b"]
    assert api.calls.refused == []


async def test_the_nth_call_and_removal(api: BotApi, bot: Bot, ann: PersonInChat) -> None:
    fault = api.faults.refuse(500, "Internal", "sendMessage", nth=2, times=None)
    await bot.send_message(1001, "a")
    await bot.send_chat_action(1001, "typing")
    for _ in range(2):
        with pytest.raises(NetworkError):
            await bot.send_message(1001, "b")
    api.faults.remove(fault)
    await bot.send_message(1001, "c")
    assert texts(ann) == ["a", "c"]
    assert (fault.seen, fault.hits) == (3, 2)


async def test_delays_and_latency(api: BotApi, bot: Bot, ann: PersonInChat) -> None:
    api.faults.delay(0.3, "sendMessage", after=True)
    with pytest.raises(TimedOut):
        await bot.send_message(1001, "slow", read_timeout=0.1)
    assert texts(ann) == ["slow"]
    api.faults.delay(0.3, "sendMessage")
    with pytest.raises(TimedOut):
        await bot.send_message(1001, "later", read_timeout=0.1)
    assert texts(ann) == ["slow"]
    await ann.sees("later")
    api.latency = 0.03
    start = time.perf_counter()
    await bot.get_me()
    assert time.perf_counter() - start >= 0.03


async def test_chance_is_seeded(api: BotApi, bot: Bot, ann: PersonInChat) -> None:
    with pytest.raises(ValueError, match="seeded"):
        Fault("close", chance=0.5)
    outcomes = []
    for _ in range(2):
        refusal = Refusal(500, "Internal")
        api.faults.add(Fault("refuse", chance=0.5, rng=random.Random(7), refusal=refusal))
        api.calls.clear()
        for number in range(12):
            try:
                await bot.send_message(1001, str(number))
            except NetworkError:
                continue
        outcomes.append([call.outcome for call in api.calls])
        api.faults.clear()
    assert outcomes[0] == outcomes[1]
    assert {"accepted", "fault"} == set(outcomes[0])
