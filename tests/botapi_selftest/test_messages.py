"""Messages through a real client: sending, editing, deleting, documents, pins."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity
from telegram.error import BadRequest, Forbidden, TelegramError

from tests.botapi import BotApi, Clock, PersonInChat
from tests.export.drawing import png


def keys(*labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(x, callback_data=x) for x in labels]])


async def test_a_person_sees_parsed_text_and_buttons(bot: Bot, ann: PersonInChat) -> None:
    sent = await bot.send_message(
        1001,
        "<b>MRI</b> by <tg-time unix='1790000000' format='wdt'>Mon 14:13</tg-time>"
        "\n<blockquote expandable>why &amp; how</blockquote>",
        parse_mode="HTML",
        reply_markup=keys("Yes", "No"),
    )
    assert ann.last.text == "MRI by Mon 14:13\nwhy & how" == sent.text
    assert ann.last.marked("bold") == ["MRI"]
    assert ann.last.marked("date_time") == ["Mon 14:13"]
    assert ann.last.marked("expandable_blockquote") == ["why & how"]
    assert ann.last.buttons == [["Yes", "No"]]


async def test_an_edit_keeps_the_history_and_drops_the_keyboard(
    bot: Bot, ann: PersonInChat
) -> None:
    sent = await bot.send_message(1001, "one", reply_markup=keys("A"))
    edited = await bot.edit_message_text("two", 1001, sent.message_id)
    assert not isinstance(edited, bool) and edited.edit_date
    assert [(version.text, bool(version.reply_markup)) for version in ann.last.versions] == [
        ("one", True),
        ("two", False),
    ]
    await bot.edit_message_reply_markup(1001, sent.message_id, reply_markup=keys("B"))
    assert (ann.last.text, ann.last.buttons) == ("two", [["B"]])


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, ann: PersonInChat) -> None:
    sent = await bot.send_message(1001, "<b>x</b>", parse_mode="HTML", reply_markup=keys("A"))
    with pytest.raises(BadRequest) as caught:
        await bot.edit_message_text(
            "<strong>x</strong> ", 1001, sent.message_id, parse_mode="HTML", reply_markup=keys("A")
        )
    assert caught.value.message == (
        "Message is not modified: specified new message content and reply markup are exactly"
        " the same as a current content and reply markup of the message"
    )
    await bot.edit_message_text("x", 1001, sent.message_id, reply_markup=keys("A"))
    assert ann.last.entities == []


async def test_what_cannot_be_edited(api: BotApi, bot: Bot, ann: PersonInChat) -> None:
    typed = ann.types("mine")
    sent = await bot.send_message(1001, "x")
    await bot.delete_message(1001, sent.message_id)
    for message_id, words in (
        (typed.id, "Message can't be edited"),
        (sent.message_id, "Message to edit not found"),
        (999, "Message to edit not found"),
    ):
        with pytest.raises(BadRequest, match=words):
            await bot.edit_message_text("y", 1001, message_id)
    assert [message.text for message in ann.messages] == ["mine"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Message text is empty"),
        (" \n", "Text must be non-empty"),
        ("x" * 4097, "Message is too long"),
        ("x" * 33_000, "Text is too long"),
    ],
)
async def test_texts_refused(bot: Bot, ann: PersonInChat, text: str, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        await bot.send_message(1001, text)
    assert ann.messages == []


async def test_entities_given_as_such(bot: Bot, ann: PersonInChat) -> None:
    await bot.send_message(1001, " 🙂 bold ", entities=[MessageEntity("bold", 4, 4)])
    assert (ann.last.text, ann.last.marked("bold")) == ("🙂 bold", ["bold"])
    with pytest.raises(BadRequest, match="Unsupported parse_mode"):
        await bot.send_message(1001, "*x*", parse_mode="MarkdownV2")


async def test_replies(bot: Bot, ann: PersonInChat) -> None:
    typed = ann.types("question")
    sent = await bot.send_message(1001, "answer", reply_to_message_id=typed.id)
    assert ann.last.reply_to is typed
    assert sent.reply_to_message and sent.reply_to_message.text == "question"
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(1001, "x", reply_to_message_id=999)
    await bot.send_message(1001, "x", reply_to_message_id=999, allow_sending_without_reply=True)
    assert ann.last.reply_to is None


async def test_only_young_messages_can_be_deleted() -> None:
    clock = Clock()
    async with BotApi(clock=clock) as api, Bot(api.token, base_url=api.base_url) as bot:
        ann = api.private_chat(1001)
        old, young = await bot.send_message(1001, "old"), ann.types("young")
        assert await bot.delete_message(1001, young.id)
        clock.advance(48 * 3600 + 1)
        with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
            await bot.delete_message(1001, old.message_id)
        with pytest.raises(BadRequest, match="Message to delete not found"):
            await bot.delete_message(1001, young.id)


async def test_documents_are_kept_in_memory(api: BotApi, bot: Bot, ann: PersonInChat) -> None:
    content = bytes(range(256)) * 8_000
    sent = await bot.send_document(1001, content, filename="plan.pdf", caption="<i>c</i>",
                                   parse_mode="HTML", reply_markup=keys("Ok"))  # fmt: skip
    document = ann.last.document
    assert document and document.content == content and document.file_name == "plan.pdf"
    assert (ann.last.text, ann.last.buttons) == ("c", [["Ok"]])
    assert sent.document and sent.caption == "c" and sent.document.file_size == len(content)
    await bot.send_document(1001, sent.document.file_id)
    assert ann.last.document is document
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await bot.send_document(1001, "nothing")


@pytest.mark.parametrize(
    ("size", "refused"), [((400, 8_000), False), ((400, 8_001), True), ((5_001, 5_000), True)]
)
async def test_a_photo_is_refused_by_its_sides(
    bot: Bot, ann: PersonInChat, size: tuple[int, int], refused: bool
) -> None:
    if refused:
        with pytest.raises(BadRequest, match=r"(?i)PHOTO_INVALID_DIMENSIONS"):
            await bot.send_photo(1001, png(*size))
    else:
        sent = await bot.send_photo(1001, png(*size), caption="seen")
        assert (sent.photo[0].width, sent.photo[0].height) == size
        assert ann.last.text == "seen"


async def test_a_file_that_is_too_big_is_refused(bot: Bot, ann: PersonInChat) -> None:
    with pytest.raises(TelegramError, match="Request Entity Too Large"):
        await bot.send_photo(1001, png() + bytes(10_000_000))
    with pytest.raises(BadRequest, match=r"(?i)caption is too long"):
        await bot.send_document(1001, b"x", caption="x" * 1025)


async def test_the_page_gets_a_file_by_its_address(
    api: BotApi, bot: Bot, ann: PersonInChat
) -> None:
    await bot.send_document(1001, b"BEGIN:VCALENDAR", filename="x.ics")
    document = ann.last.document
    assert document
    async with ClientSession() as web, web.get(f"{api.url}/control/file/{document.file_id}") as got:
        assert (await got.read(), got.content_type) == (b"BEGIN:VCALENDAR", "text/calendar")


async def test_pins_and_actions(api: BotApi, bot: Bot, ann: PersonInChat) -> None:
    sent = await bot.send_message(1001, "pin me")
    assert await bot.pin_chat_message(1001, sent.message_id)
    shown = await bot.get_chat(1001)
    assert shown.pinned_message and shown.pinned_message.text == "pin me"
    await bot.send_chat_action(1001, "typing")
    assert ann.chat.actions == ["typing"]
    with pytest.raises(BadRequest, match="Wrong parameter action in request"):
        await bot.send_chat_action(1001, "dancing")
    group = api.group_chat("Ward")
    posted = await bot.send_message(group.chat.id, "x")
    with pytest.raises(BadRequest, match="Not enough rights to manage pinned messages"):
        await bot.pin_chat_message(group.chat.id, posted.message_id)


async def test_only_known_chats_are_written_to(api: BotApi, bot: Bot) -> None:
    api.group_chat("Ward").joins(2002, "Bob")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(5, "x")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(2002, "x")
