"""Who is mentioned, by whom, and whether a message sounded."""

from __future__ import annotations

from telegram import Bot, MessageEntity

from tests.botapi import BotApi


async def test_a_mention_by_id_reaches_members_and_people_who_started_the_bot(
    api: BotApi, bot: Bot
) -> None:
    group = api.group_chat("Ward")
    ben, eve = group.joins(2, "Ben"), group.joins(3, "Eve", username="Eve_Ward")
    api.private_chat(4, "Ann")
    gone = group.joins(5, "Gone")
    group.leaves(gone)
    names = "".join(f'<a href="tg://user?id={n}">P{n}</a> ' for n in (2, 4, 5, 77))
    sent = await bot.send_message(group.chat.id, f"{names}and @eve_ward", parse_mode="HTML")
    message = group.messages[-1]
    assert message.mentioned == {2, 3, 4}
    assert message.text == "P2 P4 P5 P77 and @eve_ward"
    assert [entity.type for entity in sent.entities] == [MessageEntity.TEXT_MENTION] * 2
    assert sent.entities[0].user and sent.entities[0].user.first_name == "Ben"
    assert message.marked("text_mention") == ["P2", "P4"]
    assert (ben.last.mentioned, eve.last.silent) == ({2, 3, 4}, False)


async def test_an_edit_calls_nobody_and_silence_is_recorded(api: BotApi, bot: Bot) -> None:
    group = api.group_chat("Ward")
    group.joins(2, "Ben")
    quiet = await bot.send_message(group.chat.id, "card", disable_notification=True)
    assert group.messages[-1].silent
    text = '<a href="tg://user?id=2">Ben</a> <a href="tg://user?id=9">Nobody</a>'
    await bot.edit_message_text(text, group.chat.id, quiet.message_id, parse_mode="HTML")
    assert group.messages[-1].marked("text_mention") == ["Ben"]
    assert group.messages[-1].mentioned == set()
    await bot.send_document(group.chat.id, b"x", caption=text, parse_mode="HTML")
    assert (group.messages[-1].mentioned, group.messages[-1].silent) == ({2}, False)


async def test_what_a_person_types_names_people(api: BotApi, bot: Bot) -> None:
    group = api.group_chat("Ward")
    ann, ben = group.joins(1, "Ann"), group.joins(2, "Bén")
    group.joins(3, "Eve", username="eve_ward")
    ann.types("/oncall@example_bot surgeon Bén @eve_ward a@b.org", mentions=[ben])
    message = (await bot.get_updates())[-1].message
    assert message
    marked = message.parse_entities()
    assert [(each.type, text) for each, text in marked.items()] == [
        ("bot_command", "/oncall@example_bot"), ("text_mention", "Bén"), ("mention", "@eve_ward"),
    ]  # fmt: skip
    users = [each.user for each in marked if each.user]
    assert [user.id for user in users] == [2]
    assert group.messages[-1].mentioned == {2, 3}
