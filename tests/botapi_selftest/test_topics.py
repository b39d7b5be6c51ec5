"""Topics of a forum: opened, closed, deleted, and what a call that names one gets."""

from __future__ import annotations

import pytest
from telegram import Bot
from telegram.error import BadRequest

from tests.botapi import BotApi


async def test_a_topic_is_written_to_until_it_is_closed_or_deleted(api: BotApi, bot: Bot) -> None:
    group = api.group_chat("Ward", forum=True)
    chief = group.joins(1, "Chief", status="creator")
    chat, topic = group.chat.id, group.opens_topic(chief, "Cases")
    sent = await bot.send_message(chat, "card", message_thread_id=topic)
    assert (sent.message_thread_id, sent.is_topic_message, sent.chat.is_forum) == (
        topic,
        True,
        True,
    )
    chief.types("/board", thread=topic)
    group.closes_topic(chief, topic)
    heard = [update.message for update in await bot.get_updates() if update.message]
    assert [message.message_thread_id for message in heard[1:]] == [topic, topic]
    assert heard[1].text == "/board" and heard[2].forum_topic_closed
    with pytest.raises(BadRequest, match="Topic_closed"):
        await bot.send_message(chat, "x", message_thread_id=topic)
    await bot.edit_message_text("an edit passes", chat, sent.message_id)
    group.changes_bot(chief, "administrator", without=frozenset({"can_manage_topics"}))
    with pytest.raises(BadRequest, match="Topic_closed"):
        await bot.send_message(chat, "x", message_thread_id=topic)
    group.changes_bot(chief, "administrator")
    await bot.send_message(chat, "who manages topics may", message_thread_id=topic)
    group.reopens_topic(chief, topic)
    group.changes_bot(chief, "member")
    await bot.send_message(chat, "open again", message_thread_id=topic)
    group.deletes_topic(topic)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(chat, "x", message_thread_id=topic)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", chat, sent.message_id)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(chat, "General is named by nothing", message_thread_id=1)
    await bot.send_message(chat, "in General")
    assert group.messages[-1].thread == 0


async def test_a_group_without_topics_ignores_the_thread(api: BotApi, bot: Bot) -> None:
    group = api.group_chat("Ward", supergroup=True)
    sent = await bot.send_message(group.chat.id, "x", message_thread_id=5)
    assert sent.message_thread_id is None


async def test_the_bot_opens_a_topic_which_counts_as_a_message(api: BotApi, bot: Bot) -> None:
    group = api.group_chat("Ward", forum=True)
    chief = group.joins(1, "Chief", status="creator")
    with pytest.raises(BadRequest, match="Not enough rights to create a topic"):
        await bot.create_forum_topic(group.chat.id, "Case KES-42")
    group.changes_bot(chief, "administrator")
    with pytest.raises(BadRequest, match="Name must be non-empty"):
        await bot.create_forum_topic(group.chat.id, " ")
    topic = await bot.create_forum_topic(group.chat.id, "Case KES-42")
    told = (await bot.get_updates())[-1].message
    assert told and told.forum_topic_created and told.message_thread_id == topic.message_thread_id
    await bot.send_message(group.chat.id, "card", message_thread_id=topic.message_thread_id)
    assert [counted.method for counted in api.quota.log] == ["createForumTopic", "sendMessage"]
    group = api.group_chat("Ward", supergroup=True, bot_status="administrator")
    with pytest.raises(BadRequest, match="The chat is not a forum"):
        await bot.create_forum_topic(group.chat.id, "x")
