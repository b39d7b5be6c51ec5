"""A tap answered with the address of the private chat, and whoever opens it."""

from __future__ import annotations

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden

from tests.botapi import BotApi

KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("Answer", callback_data="a")]])
OPENS = "https://t.me/example_bot?start=KES-42_q"


@pytest.mark.parametrize(
    "url",
    [
        OPENS,
        "t.me/example_bot?start=x",
        "http://t.me/Example_Bot?start=x",
        "https://telegram.me/example_bot?start=x",
        f"https://t.me/example_bot?start={'x' * 64}",
    ],
)
async def test_accepted(api: BotApi, bot: Bot, url: str) -> None:
    ben = api.group_chat("Ward").joins(2, "Ben")
    await bot.send_message(ben.chat.id, "card", reply_markup=KEYS)
    tap = ben.taps(ben.last, "Answer")
    assert await bot.answer_callback_query(tap.id, "Go", url=url)
    assert (tap.url, tap.text, tap.alert) == (url, "Go", False)


@pytest.mark.parametrize(
    "url",
    [
        "https://t.me/other_bot?start=x",
        "https://t.me/example_bot",
        "https://t.me/example_bot?start=",
        f"https://t.me/example_bot?start={'x' * 65}",
        "https://t.me/example_bot?start=a.b",
        "https://t.me/example_bot?start=ä",
        "https://t.me/example_bot?start=x&more=1",
        "https://t.me/example_bot?startgroup=x",
        "tg://resolve?domain=example_bot&start=x",
        "https://example.org/",
    ],
)
async def test_refused(api: BotApi, bot: Bot, url: str) -> None:
    ben = api.group_chat("Ward").joins(2, "Ben")
    await bot.send_message(ben.chat.id, "card", reply_markup=KEYS)
    tap = ben.taps(ben.last, "Answer")
    with pytest.raises(BadRequest, match="Url_invalid"):
        await bot.answer_callback_query(tap.id, url=url)
    assert not tap.answered
    assert await bot.answer_callback_query(tap.id, "x" * 200, show_alert=True)


async def test_who_opens_it_is_known_in_the_private_chat(api: BotApi, bot: Bot) -> None:
    ben = api.group_chat("Ward").joins(2, "Ben")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(2, "x")
    await bot.send_message(ben.chat.id, "card", reply_markup=KEYS)
    tap = ben.taps(ben.last, "Answer")
    await bot.answer_callback_query(tap.id, url=OPENS)
    private = ben.opens(tap.url)
    message = (await bot.get_updates())[-1].message
    assert message and message.from_user
    assert (message.text, message.chat.id, message.from_user.id) == ("/start KES-42_q", 2, 2)
    await message.reply_text("Question 3")
    assert private.last.text == "Question 3"
    private.blocks()
    ben.opens(tap.url)
    unblocked, started = (await bot.get_updates())[-2:]
    assert unblocked.my_chat_member and started.message
    assert unblocked.my_chat_member.new_chat_member.status == "member"
    with pytest.raises(LookupError, match="does not start the bot"):
        ben.opens("https://t.me/other_bot?start=x")
