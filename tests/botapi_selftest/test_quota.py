"""A group's twenty sends and edits a minute, and a clock that runs faster than the wall's."""

from __future__ import annotations

import asyncio
import time

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, RetryAfter

from tests.botapi import BotApi, Clock

START = 1_790_000_000.0
FULL = "Flood control exceeded. Retry in 0:00:{}"


async def test_sends_and_edits_share_twenty_a_minute() -> None:
    clock = Clock(frozen_at=START)
    async with BotApi(clock=clock) as api, Bot(api.token, base_url=api.base_url) as bot:
        ward, other = api.group_chat("Ward").chat.id, api.group_chat("Other").chat.id
        sent = await bot.send_message(ward, "0")
        for number in range(1, 10):
            await bot.edit_message_text(str(number), ward, sent.message_id)
        await bot.send_document(ward, b"x", filename="x.txt")
        clock.advance(10)
        for number in range(9):
            await bot.send_message(ward, str(number))
        with pytest.raises(RetryAfter, match=FULL.format(50)):
            await bot.send_message(ward, "the 21st")
        with pytest.raises(RetryAfter, match=FULL.format(50)):
            await bot.edit_message_text("the 21st", ward, sent.message_id)
        await bot.send_message(other, "another group has its own")
        assert api.calls.refused[-1].error_code == 429
        refused = [(each.method, each.chat_id) for each in api.quota.refused]
        assert refused == [("sendMessage", ward), ("editMessageText", ward)]
        assert api.quota.busiest_minute(ward) == 20
        clock.advance(49.9)
        with pytest.raises(RetryAfter, match=FULL.format("01")):
            await bot.send_message(ward, "not yet")
        clock.advance(0.1)
        await bot.send_message(ward, "now")
        assert api.quota.busiest_minute(ward) == 20
        assert api.quota.busiest_minute(other) == 1
        ours = [counted for counted in api.quota.log if counted.chat_id == ward]
        assert [ours[0], ours[1].method, ours[10].method, ours[-1].time] == [
            (START, "sendMessage", ward), "editMessageText", "sendDocument", START + 60,
        ]  # fmt: skip


async def test_what_is_not_counted() -> None:
    clock = Clock(frozen_at=START)
    async with BotApi(clock=clock) as api, Bot(api.token, base_url=api.base_url) as bot:
        group = api.group_chat("Ward", bot_status="administrator")
        bob = group.joins(1, "Bob")
        keys = InlineKeyboardMarkup([[InlineKeyboardButton("A", callback_data="a")]])
        for number in range(20):
            card = await bot.send_message(group.chat.id, str(number), reply_markup=keys)
            await bot.answer_callback_query(bob.taps(group.messages[-1], "A").id)
            await bot.pin_chat_message(group.chat.id, card.message_id, disable_notification=True)
            await bot.get_chat_member(group.chat.id, 1)
        with pytest.raises(BadRequest, match="Message is not modified"):
            await bot.edit_message_text("19", group.chat.id, card.message_id, reply_markup=keys)
        await bot.delete_message(group.chat.id, card.message_id)
        assert len(api.quota.log) == 20
        private = api.private_chat(7)
        for number in range(30):
            await bot.send_message(private.chat.id, str(number))
        assert len(api.quota.log) == 20


async def test_a_fast_clock_speeds_minutes_but_not_waits() -> None:
    clock = Clock(speed=600, since=START)
    since_another, wall = Clock(speed=600, since=START), time.time()
    assert clock.now() == pytest.approx(START + (wall - START) * 600, abs=60)
    assert clock.now() == pytest.approx(since_another.now(), abs=60)
    clock = Clock(speed=600)
    async with BotApi(clock=clock) as api, Bot(api.token, base_url=api.base_url) as bot:
        group = api.group_chat("Ward")
        bob = group.joins(1, "Bob")
        keys = InlineKeyboardMarkup([[InlineKeyboardButton("A", callback_data="a")]])
        for number in range(20):
            await bot.send_message(group.chat.id, str(number), reply_markup=keys)
        tap = bob.taps(group.messages[-1], "A")
        await asyncio.sleep(0.2)
        assert len(api.updates) > 0
        assert await bot.answer_callback_query(tap.id, "half a real second is not too late")
        await bot.send_message(group.chat.id, "two minutes later")
        assert api.quota.busiest_minute(group.chat.id) <= 20
        begun = time.monotonic()
        await bot.get_updates(offset=-1)
        last = (await bot.get_updates())[-1].update_id
        assert await bot.get_updates(offset=last + 1, timeout=1) == ()
        assert time.monotonic() - begun >= 1
