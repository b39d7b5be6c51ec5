"""Groups: rights, pins, who comes and goes, what the bot is told and where it may not write."""

from __future__ import annotations

import pytest
from telegram import (
    Bot,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberRestricted,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Update,
)
from telegram.error import BadRequest, Forbidden

from tests.botapi import BotApi

KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("A", callback_data="a")]])
NO_RIGHT = "Not enough rights to manage pinned messages in the chat"


def changes_of(updates: tuple[Update, ...]) -> list[tuple[str, str]]:
    found = [update.my_chat_member for update in updates]
    return [(m.old_chat_member.status, m.new_chat_member.status) for m in found if m]


async def test_pins_need_the_right_and_are_told_of(api: BotApi, bot: Bot) -> None:
    group = api.group_chat("Ward", supergroup=True)
    chief = group.joins(1, "Chief", status="creator")
    chat = group.chat.id
    board = await bot.send_message(chat, "board")
    other = await bot.send_message(chat, "other")
    for status in ("member", "administrator"):
        group.changes_bot(chief, status, without=frozenset({"can_pin_messages"}))
        with pytest.raises(BadRequest, match=NO_RIGHT):
            await bot.pin_chat_message(chat, board.message_id)
        with pytest.raises(BadRequest, match=NO_RIGHT):
            await bot.unpin_chat_message(chat, board.message_id)
    group.changes_bot(chief, "administrator")
    await bot.pin_chat_message(chat, other.message_id)
    assert not group.messages[-1].silent
    await bot.pin_chat_message(chat, board.message_id, disable_notification=True)
    told = (await bot.get_updates())[-1].message
    assert told and told.from_user and told.from_user.id == bot.id
    assert told.pinned_message and told.pinned_message.message_id == board.message_id
    assert group.messages[-1].silent
    count = len(group.messages)
    await bot.pin_chat_message(chat, board.message_id)
    assert len(group.messages) == count
    shown = (await bot.get_chat(chat)).pinned_message
    assert shown and shown.message_id == other.message_id
    await bot.unpin_chat_message(chat)
    shown = (await bot.get_chat(chat)).pinned_message
    assert shown and shown.message_id == board.message_id
    await bot.unpin_chat_message(chat, board.message_id)
    with pytest.raises(BadRequest, match="Message to unpin not found"):
        await bot.unpin_chat_message(chat)
    with pytest.raises(BadRequest, match="Message to unpin not found"):
        await bot.unpin_chat_message(chat, 999)


async def test_the_bot_is_added_promoted_and_thrown_out(api: BotApi, bot: Bot) -> None:
    group = api.group_chat("Ward", supergroup=True, bot_status="left")
    chief = group.joins(1, "Chief", status="creator")
    assert await bot.get_updates() == ()
    group.changes_bot(chief, "member")
    changed, added = await bot.get_updates()
    assert changes_of((changed,)) == [("left", "member")]
    assert added.message and [user.id for user in added.message.new_chat_members] == [bot.id]
    group.changes_bot(chief, "administrator", without=frozenset({"can_delete_messages"}))
    promoted = (await bot.get_updates())[-1].my_chat_member
    assert promoted and isinstance(promoted.new_chat_member, ChatMemberAdministrator)
    assert promoted.new_chat_member.can_pin_messages
    assert not promoted.new_chat_member.can_delete_messages
    assert promoted.new_chat_member.can_manage_topics
    chief.types("spam")
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(group.chat.id, group.messages[-1].id)
    group.changes_bot(chief, "kicked")
    updates = await bot.get_updates()
    assert changes_of(updates)[-1] == ("administrator", "kicked")
    last = updates[-1].message
    assert last and last.left_chat_member and last.left_chat_member.id == bot.id
    chief.types("/triage@example_bot")
    assert len(await bot.get_updates()) == len(updates)
    for call in (bot.send_message(group.chat.id, "x"), bot.get_chat(group.chat.id),
                 bot.get_chat_member(group.chat.id, 1), bot.leave_chat(group.chat.id)):  # fmt: skip
        with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
            await call


async def test_a_restricted_bot_may_edit_but_not_send(api: BotApi, bot: Bot) -> None:
    group = api.group_chat("Ward", supergroup=True)
    chief = group.joins(1, "Chief", status="creator")
    sent = await bot.send_message(group.chat.id, "card")
    group.changes_bot(chief, "restricted")
    changed = (await bot.get_updates())[-1].my_chat_member
    assert changed and isinstance(changed.new_chat_member, ChatMemberRestricted)
    assert not changed.new_chat_member.can_send_messages and changed.new_chat_member.is_member
    with pytest.raises(BadRequest, match="Not enough rights to send text messages to the chat"):
        await bot.send_message(group.chat.id, "x")
    with pytest.raises(BadRequest, match="Not enough rights to send documents to the chat"):
        await bot.send_document(group.chat.id, b"x")
    assert await bot.edit_message_text("newer", group.chat.id, sent.message_id)
    with pytest.raises(ValueError, match="in a supergroup only"):
        api.group_chat("Basic").changes_bot(chief, "restricted")


async def test_administrators(api: BotApi, bot: Bot) -> None:
    group = api.group_chat("Ward")
    ann, chief = group.joins(2, "Ann"), group.joins(1, "Chief", status="creator")

    async def leading() -> list[tuple[int, str]]:
        found = await bot.get_chat_administrators(group.chat.id)
        return [(member.user.id, member.status) for member in found]

    assert await leading() == [(1, "creator")]
    group.promotes(ann, chief, "administrator")
    group.changes_bot(chief, "administrator")
    assert await leading() == [(1, "creator"), (2, "administrator"), (bot.id, "administrator")]
    own = await bot.get_chat_member(group.chat.id, bot.id)
    assert isinstance(own, ChatMemberAdministrator) and own.can_manage_topics is None
    group.promotes(ann, chief, "member")
    assert (await bot.get_chat_member(group.chat.id, 2)).status == ChatMember.MEMBER
    api.private_chat(2)
    with pytest.raises(BadRequest, match="There are no administrators in the private chat"):
        await bot.get_chat_administrators(2)


async def test_members_come_and_go(api: BotApi, bot: Bot) -> None:
    group = api.group_chat("Ward", bot_status="administrator")
    await bot.get_updates(allowed_updates=["message", "chat_member"])
    chief, bob = group.joins(1, "Chief", status="creator"), group.joins(2, "Bob")
    group.promotes(bob, chief, "administrator")
    group.removes(bob, chief)
    changed = [update.chat_member for update in await bot.get_updates() if update.chat_member]
    assert [(each.from_user.id, each.new_chat_member.status) for each in changed] == [
        (1, "creator"), (2, "member"), (1, "administrator"), (1, "kicked"),
    ]  # fmt: skip
    told = (await bot.get_updates())[-1].message
    assert told and told.left_chat_member and told.left_chat_member.id == 2
    assert told.from_user and told.from_user.id == 1


async def test_service_messages_pass_privacy_mode_and_plain_commands_do_not_always(
    api: BotApi, bot: Bot
) -> None:
    group = api.group_chat("Ward", bot_status="left")
    ann = group.joins(1, "Ann")
    group.changes_bot(ann, "member")
    before = len(await bot.get_updates())
    ann.types("/triage before the bot has written")
    assert len(await bot.get_updates()) == before
    ann.types("/triage@example_bot")
    await bot.send_message(group.chat.id, "card")
    ann.types("/board")
    group.another_bot_says("hello")
    ann.types("/board after another bot")
    group.joins(2, "Bob")
    heard = [update.message for update in await bot.get_updates() if update.message][1:]
    assert [m.text or len(m.new_chat_members) for m in heard] == [
        "/triage@example_bot",
        "/board",
        1,
    ]


async def test_anonymous_administrators_and_channels(api: BotApi, bot: Bot) -> None:
    group = api.group_chat("Ward", supergroup=True, bot_status="administrator")
    chief, ann = group.joins(1, "Chief", status="creator"), group.joins(2, "Ann")
    group.promotes(ann, chief, "administrator", anonymous=True)
    await bot.send_message(group.chat.id, "card", reply_markup=KEYS)
    ann.types("/triage")
    ann.taps(ann.last, "A")
    chief.types("news", as_channel=api.channel("News"))
    wrote, tapped, channel = (await bot.get_updates())[-3:]
    assert wrote.message and wrote.message.from_user and wrote.message.sender_chat
    assert (wrote.message.from_user.id, wrote.message.from_user.is_bot) == (1_087_968_824, True)
    assert wrote.message.sender_chat.id == group.chat.id
    assert tapped.callback_query and tapped.callback_query.from_user.id == 2
    assert channel.message and channel.message.from_user and channel.message.sender_chat
    assert channel.message.from_user.id == 136_817_688
    assert channel.message.sender_chat.type == "channel"
    member = await bot.get_chat_member(group.chat.id, 2)
    assert isinstance(member, ChatMemberAdministrator) and member.is_anonymous
    group.promotes(ann, chief, "administrator")
    ann.types("named again")
    last = (await bot.get_updates())[-1].message
    assert last and last.from_user and (last.from_user.id, last.sender_chat) == (2, None)
