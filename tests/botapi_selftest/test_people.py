"""People: taps old and new, blocking, groups, privacy, migration, inline queries."""

from __future__ import annotations

import asyncio

import pytest
from telegram import (
    Bot,
    ChatMemberAdministrator,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    MaybeInaccessibleMessage,
    Message,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.botapi import BotApi, Clock, PersonInChat

TOO_OLD = "Query is too old and response timeout expired or query id is invalid"


def keys(*labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(x, callback_data=x) for x in labels]])


async def test_a_tap_is_answered_once(api: BotApi, bot: Bot, ann: PersonInChat) -> None:
    await bot.send_message(1001, "card", reply_markup=keys("A", "B"))
    tap = ann.taps(ann.last, (0, 1))
    query = (await bot.get_updates())[-1].callback_query
    assert query and query.data == "B" and query.from_user.id == 1001
    assert isinstance(query.message, Message) and query.message.text == "card"
    answer = asyncio.create_task(ann.gets_answer(tap))
    await query.answer("done", show_alert=True)
    assert (await answer, tap.alert) == ("done", True)
    with pytest.raises(BadRequest, match=TOO_OLD):
        await query.answer()


async def test_taps_are_answered_in_time_and_in_short() -> None:
    clock = Clock()
    async with BotApi(clock=clock) as api, Bot(api.token, base_url=api.base_url) as bot:
        ann = api.private_chat(1001)
        await bot.send_message(1001, "card", reply_markup=keys("A"))
        late, short = ann.taps(ann.last, "A"), ann.taps(ann.last, "A")
        with pytest.raises(BadRequest, match="Message_too_long"):
            await bot.answer_callback_query(short.id, "x" * 201)
        assert await bot.answer_callback_query(short.id, "x" * 200)
        clock.advance(api.answer_seconds + 1)
        with pytest.raises(BadRequest, match=TOO_OLD):
            await bot.answer_callback_query(late.id)
        with pytest.raises(BadRequest, match=TOO_OLD):
            await bot.answer_callback_query("12345")


async def test_old_buttons_and_deleted_messages(bot: Bot, ann: PersonInChat) -> None:
    sent = await bot.send_message(1001, "one", reply_markup=keys("A"))
    await bot.edit_message_text("two", 1001, sent.message_id)
    with pytest.raises(LookupError, match="no button 'A'"):
        ann.taps(ann.last, "A")
    ann.taps(ann.last, "A", version=0)
    card = ann.last
    await bot.delete_message(1001, sent.message_id)
    ann.taps_data(card, "forged")
    on_old, on_deleted = [u.callback_query for u in await bot.get_updates()]
    assert on_old and isinstance(on_old.message, Message) and on_old.message.text == "two"
    assert on_deleted and isinstance(on_deleted.message, MaybeInaccessibleMessage)
    assert not on_deleted.message.is_accessible


async def test_blocking(api: BotApi, bot: Bot, ann: PersonInChat) -> None:
    ann.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(1001, "x")
    ann.unblocks()
    await bot.send_message(1001, "x")
    changes = [update.my_chat_member for update in await bot.get_updates()]
    assert [change and change.new_chat_member.status for change in changes] == ["kicked", "member"]


async def test_privacy_mode_hides_the_groups_talk(api: BotApi, bot: Bot) -> None:
    group = api.group_chat("Ward")
    bob = group.joins(2002, "Bob")
    posted = await bot.send_message(group.chat.id, "card")
    for text in ("small talk", "/triage", "/triage@example_bot", "/triage@other_bot"):
        bob.types(text)
    bob.types("to you", reply_to=group.chat.messages[posted.message_id])
    heard = [update.message.text for update in await bot.get_updates() if update.message]
    assert heard == [None, "/triage", "/triage@example_bot", "to you"]
    group.changes_bot(bob, "administrator")
    bob.types("small talk")
    update = (await bot.get_updates())[-1]
    assert update.message and update.message.text == "small talk"


async def test_members(api: BotApi, bot: Bot) -> None:
    group = api.group_chat("Ward", bot_status="left")
    chief = group.joins(1, "Chief", status="creator")
    with pytest.raises(Forbidden, match="bot is not a member of the group chat"):
        await bot.send_message(group.chat.id, "x")
    group.changes_bot(chief, "member")
    bob = group.joins(2, "Bob", status="administrator")
    group.leaves(bob)
    joined = (await bot.get_updates())[0].my_chat_member
    assert joined and joined.from_user.id == 1 and joined.new_chat_member.status == "member"
    statuses = [(await bot.get_chat_member(group.chat.id, x)).status for x in (1, 2)]
    assert statuses == ["creator", "left"]
    with pytest.raises(BadRequest, match="User not found"):
        await bot.get_chat_member(group.chat.id, 77)
    group.changes_bot(chief, "administrator")
    me = await bot.get_chat_member(group.chat.id, bot.id)
    assert isinstance(me, ChatMemberAdministrator)
    assert await bot.leave_chat(group.chat.id)
    with pytest.raises(BadRequest, match="Can't leave private chats"):
        api.private_chat(1)
        await bot.leave_chat(1)
    group.changes_bot(chief, "kicked")
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(group.chat.id, "x")


async def test_migration(api: BotApi, bot: Bot) -> None:
    group = api.group_chat("Ward")
    bob = group.joins(2002, "Bob")
    new = group.migrates()
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(group.chat.id, "x")
    assert caught.value.new_chat_id == new.chat.id
    await bot.send_message(new.chat.id, "moved")
    assert new.person(bob).last.text == "moved"
    told = [update.message for update in await bot.get_updates()][-2:]
    assert [(m and m.migrate_to_chat_id, m and m.migrate_from_chat_id) for m in told] == [
        (new.chat.id, None),
        (None, group.chat.id),
    ]


async def test_inline_queries(api: BotApi, bot: Bot, ann: PersonInChat) -> None:
    asked = ann.asks_inline("mri")
    query = (await bot.get_updates())[-1].inline_query
    assert query and query.query == "mri"

    def article(identifier: str, text: str) -> InlineQueryResultArticle:
        content = InputTextMessageContent(text, parse_mode="HTML")
        return InlineQueryResultArticle(identifier, "Title", content)

    with pytest.raises(BadRequest, match="unsupported start tag"):
        await query.answer([article("1", "<x>")])
    with pytest.raises(BadRequest, match="Result_id_duplicate"):
        await query.answer([article("1", "a"), article("1", "b")])
    with pytest.raises(BadRequest, match="Too many inline query results"):
        await bot.answer_inline_query(query.id, [article(str(n), "a") for n in range(51)])
    await query.answer([article("1", "<b>24 h</b>")], is_personal=True, cache_time=5)
    assert (asked.is_personal, asked.cache_time) == (True, 5)
    picked = ann.picks(asked)
    assert (picked.text, picked.via_bot) == ("24 h", api.world.bot)
    chosen = (await bot.get_updates())[-1].chosen_inline_result
    api.group_chat("Ward").person(ann).picks(asked)
    sent = (await bot.get_updates())[-2].message
    assert sent and sent.via_bot and (sent.text, sent.via_bot.id) == ("24 h", bot.id)
    assert chosen and chosen.result_id == "1"
    with pytest.raises(BadRequest, match=TOO_OLD):
        await query.answer([article("1", "a")])


async def test_waiting_for_a_message(api: BotApi, bot: Bot, ann: PersonInChat) -> None:
    seen = asyncio.create_task(ann.sees("second"))
    sent = await bot.send_message(1001, "first")
    await bot.edit_message_text("the second", 1001, sent.message_id)
    assert (await seen).text == "the second"
    with pytest.raises(TimeoutError):
        await ann.sees("third", timeout=0.01)
