"""Sending, editing and deleting messages."""

from __future__ import annotations

from typing import Any

from .chats import Chat, Json, Message, Version, sides_of
from .errors import NOT_MODIFIED, Refusal, bad_request
from .formatting import CAPTION_LIMIT, finish_text, read_text
from .keyboards import read_markup
from .methods_topics import topic_of
from .params import Params
from .world import World

PICTURES = (b"\x89PNG", b"\xff\xd8")
MOST_BYTES = {"photo": 10_000_000, "document": 50_000_000}
DELETABLE_SECONDS = 48 * 3600
CHAT_ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note",
    "upload_video_note",
}  # fmt: skip


def send_message(world: World, params: Params) -> Json:
    if not params.text("text"):
        raise bad_request("Message text is empty")
    formatted = read_text(params)
    markup = read_markup(params)
    chat = _chat_to_send(world, params, "text messages")
    reply_to = _message_to_reply(world, params)
    thread = topic_of(chat, params)
    text, entities = finish_text(formatted)
    world.quota.take("sendMessage", chat.id)
    silent = params.boolean("disable_notification")
    sent = world.post(
        chat, world.bot, text, entities, markup, reply_to, thread=thread, silent=silent
    )
    return sent.as_json()


def send_document(world: World, params: Params) -> Json:
    return _send_file(world, params, "document")


def send_photo(world: World, params: Params) -> Json:
    return _send_file(world, params, "photo")


def _send_file(world: World, params: Params, kind: str) -> Json:
    attached = params.text(kind).removeprefix("attach://")
    upload = params.files.get(attached) or params.files.get(kind)
    known = world.documents.get(attached)
    if upload is None and known is None:
        if not attached:
            raise bad_request(f"There is no {kind} in the request")
        raise bad_request("Wrong file identifier/HTTP URL specified")
    if upload is not None and not upload.content:
        raise bad_request("File must be non-empty")
    if upload is not None and kind == "photo" and not upload.content.startswith(PICTURES):
        raise bad_request("IMAGE_PROCESS_FAILED")
    if upload is not None and kind == "photo":
        _check_photo(upload.content)
    if upload is not None and len(upload.content) > MOST_BYTES[kind]:
        raise Refusal(413, "Request Entity Too Large")
    formatted = read_text(params, "caption", "caption_entities")
    markup = read_markup(params)
    chat = _chat_to_send(world, params, f"{kind}s")
    reply_to = _message_to_reply(world, params)
    thread = topic_of(chat, params)
    text, entities = finish_text(formatted, CAPTION_LIMIT)
    world.quota.take(f"send{kind.title()}", chat.id)
    document = world.store(upload, kind) if upload else known
    silent = params.boolean("disable_notification")
    sent = world.post(
        chat, world.bot, text, entities, markup, reply_to, document, thread=thread, silent=silent
    )
    return sent.as_json()


def _check_photo(content: bytes) -> None:
    """The sides are together at most 10,000 long, and one is at most 20 times the other."""
    least, most = sorted(sides_of(content))
    if least + most > 10_000 or most > 20 * least:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def edit_message_text(world: World, params: Params) -> Json:
    if not params.text("text"):
        raise bad_request("Message text is empty")
    formatted = read_text(params)
    markup = read_markup(params)
    message = _message_to_edit(world, params)
    if message.document:
        raise bad_request("there is no text in the message to edit")
    return _edit(world, "editMessageText", message, *finish_text(formatted), markup)


def edit_message_reply_markup(world: World, params: Params) -> Json:
    markup = read_markup(params)
    message = _message_to_edit(world, params)
    kept = message.text, message.entities
    return _edit(world, "editMessageReplyMarkup", message, *kept, markup)


def delete_message(world: World, params: Params) -> bool:
    chat = world.chat_to_write(params)
    message = world.message_in(chat, params, "message to delete")
    if world.clock.now() - message.date > DELETABLE_SECONDS:
        raise bad_request("Message can't be deleted for everyone")
    is_own = message.sender.id == world.bot.id
    if not is_own and chat.type != "private" and not chat.bot_may("can_delete_messages"):
        raise bad_request("Message can't be deleted")
    world.delete(message)
    return True


def send_chat_action(world: World, params: Params) -> bool:
    action = params.text("action")
    if action not in CHAT_ACTIONS:
        raise bad_request("Wrong parameter action in request")
    chat = world.chat_to_write(params)
    chat.actions = [*chat.actions[-9:], action]
    world.touch(chat)
    return True


def _chat_to_send(world: World, params: Params, what: str) -> Chat:
    chat = world.chat_to_write(params)
    if chat.bot_status == "restricted":
        raise bad_request(f"Not enough rights to send {what} to the chat")
    return chat


def _message_to_reply(world: World, params: Params) -> Message | None:
    try:
        given: Any = params.json("reply_parameters")
    except ValueError:
        raise bad_request("Can't parse reply parameters JSON object") from None
    wanted = Params(given) if isinstance(given, dict) else params
    key = "message_id" if isinstance(given, dict) else "reply_to_message_id"
    message_id = wanted.integer(key)
    if not message_id:
        return None
    chat = world.chats.get(wanted.integer("chat_id", params.integer("chat_id")))
    message = chat.messages.get(message_id) if chat else None
    if message is not None and not message.deleted:
        return message
    if wanted.boolean("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def _message_to_edit(world: World, params: Params) -> Message:
    if not params.text("chat_id") and not params.integer("message_id"):
        if not params.text("inline_message_id"):
            raise bad_request("Message identifier is not specified")
        raise bad_request("MESSAGE_ID_INVALID")
    message = world.message_in(world.chat_to_write(params), params, "message to edit")
    if message.sender.id != world.bot.id or message.service:
        raise bad_request("Message can't be edited")
    return message


def _edit(
    world: World,
    method: str,
    message: Message,
    text: str,
    entities: list[Json],
    markup: Json | None,
) -> Json:
    """Without a keyboard in the call, the message loses the one it had."""
    if markup and "inline_keyboard" not in markup:
        raise bad_request("Inline keyboard expected")
    shown = message.versions[-1]
    entities = world.entities_in(message.chat, entities)
    if (text, entities, markup) == (shown.text, shown.entities, shown.reply_markup):
        raise bad_request(NOT_MODIFIED)
    world.quota.take(method, message.chat.id)
    message.versions.append(Version(world.today, text, entities, markup))
    world.touch(message.chat)
    return message.as_json()
