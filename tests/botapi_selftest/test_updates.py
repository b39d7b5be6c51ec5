"""Updates: confirming, waiting, conflicts, kinds, expiry, and deliveries gone odd."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import httpx
import pytest
from telegram import Bot
from telegram.error import Conflict

from tests.botapi import BotApi, Clock, PersonInChat


async def numbers(bot: Bot, **asked: Any) -> list[int]:
    answer = await bot.do_api_request("getUpdates", api_kwargs=asked)
    return [update["update_id"] for update in answer]


pytestmark = pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")


async def test_an_offset_confirms_what_is_below_it(bot: Bot, ann: PersonInChat) -> None:
    for text in "abc":
        ann.types(text)
    first, second, third = await numbers(bot)
    assert await numbers(bot, limit=2) == [first, second]
    assert await numbers(bot, offset=second) == [second, third]
    assert await numbers(bot, offset=-1) == [third]
    assert await numbers(bot, offset=third + 1_000) == [third]
    assert await numbers(bot, offset=third + 1) == []


async def test_a_poll_wakes_for_an_update(api: BotApi, bot: Bot, ann: PersonInChat) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.sleep(0.05)
    sent = ann.types("hello")
    (update,) = await poll
    assert update.message and update.message.message_id == sent.id
    assert await bot.get_updates(offset=update.update_id + 1, timeout=0) == ()


async def test_a_second_poller_ends_the_first(api: BotApi, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.sleep(0.05)
    async with Bot(api.token, base_url=api.base_url) as other:
        second = asyncio.create_task(other.get_updates(timeout=1))
        with pytest.raises(Conflict, match="terminated by other getUpdates request; make sure"):
            await first
        assert await second == ()


async def test_a_killed_poller_leaves_no_trace(api: BotApi, bot: Bot, ann: PersonInChat) -> None:
    async with httpx.AsyncClient() as client:
        url = f"{api.base_url}{api.token}/getUpdates"
        killed = asyncio.create_task(client.get(url, params={"timeout": 10}))
        await asyncio.sleep(0.1)
        killed.cancel()
        await asyncio.gather(killed, return_exceptions=True)
    poll = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.sleep(0.1)
    ann.types("kept")
    assert [u.message and u.message.text for u in await poll] == ["kept"]
    assert api.calls.refused == []


async def test_kinds_are_sticky(api: BotApi, bot: Bot, ann: PersonInChat) -> None:
    await bot.get_updates(allowed_updates=["message"])
    ann.edits(ann.types("a"), "b")
    await bot.get_updates()
    ann.edits(ann.types("c"), "d")
    texts = [update.message.text for update in await bot.get_updates() if update.message]
    assert texts == ["a", "c"]
    assert (await bot.get_webhook_info()).allowed_updates == ("message",)
    await bot.get_updates(allowed_updates=[])
    ann.edits(ann.messages[0], "e")
    assert (await bot.get_updates())[-1].edited_message is not None


async def test_chat_member_comes_to_an_administrator_on_request_only(api: BotApi, bot: Bot) -> None:
    group = api.group_chat("Ward", bot_status="administrator")
    group.joins(1, "A")
    assert all(update.chat_member is None for update in await bot.get_updates())
    await bot.get_updates(allowed_updates=["chat_member"])
    bob = group.joins(2, "B")
    assert (await bot.get_updates())[-1].chat_member is not None
    group.chat.bot_status = "member"
    group.leaves(bob)
    assert len(await bot.get_updates()) == 2


async def test_updates_expire() -> None:
    clock = Clock(frozen_at=1_790_000_000)
    async with BotApi(clock=clock) as api, Bot(api.token, base_url=api.base_url) as bot:
        ann = api.private_chat(1001)
        ann.types("lasts a day")
        ann.taps_data(await _post(bot, ann), "tap")
        ann.asks_inline("mri")
        kinds = []
        for wait in (0, 30, 120, 86_400 - 151, 2):
            clock.advance(wait)
            kinds.append([_kind(update) for update in await _raw(bot)])
    assert kinds == [
        ["message", "callback_query", "inline_query"],
        ["message", "callback_query"],
        ["message"],
        ["message"],
        [],
    ]


async def _post(bot: Bot, person: PersonInChat) -> Any:
    await bot.send_message(person.chat.id, "card")
    return person.last


async def _raw(bot: Bot) -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = await bot.do_api_request("getUpdates", api_kwargs={})
    return answer


def _kind(update: dict[str, Any]) -> str:
    return next(key for key in update if key != "update_id")


async def test_poison_again_reordered_and_jumping(api: BotApi, bot: Bot, ann: PersonInChat) -> None:
    ann.types("a")
    poison = api.updates.push_raw({"message": {"unexpected": True}})
    ann.types("b")
    first, second, third = await numbers(bot)
    assert second == poison
    assert await numbers(bot, offset=third + 1) == []

    api.updates.deliver_again(first)
    assert await numbers(bot, offset=third + 1) == [first]
    assert await numbers(bot, offset=third + 1) == []

    api.updates.hold()
    for text in "cde":
        ann.types(text)
    assert await numbers(bot) == []
    api.updates.reorder_next()
    api.updates.release()
    assert await numbers(bot) == [third + 3, third + 2, third + 1]
    api.updates.reorder_next(random.Random(3))
    shuffled = await numbers(bot)
    assert sorted(shuffled) == [third + 1, third + 2, third + 3] != shuffled

    with pytest.raises(ValueError, match="empty queue"):
        api.updates.jump(5)
    await numbers(bot, offset=third + 4)
    api.updates.jump(5)
    ann.types("after a week")
    assert await numbers(bot, offset=third + 4) == [5]


async def test_stopping_ends_a_waiting_poll(bot: Bot) -> None:
    async with BotApi() as other, Bot(other.token, base_url=other.base_url) as client:
        poll = asyncio.create_task(client.get_updates(timeout=30))
        await asyncio.sleep(0.05)
        other.updates.end_poll()
        assert await poll == ()
