"""Pinning and unpinning messages."""

from __future__ import annotations

from .chats import Chat
from .errors import bad_request
from .params import Params
from .world import World


def pin_chat_message(world: World, params: Params) -> bool:
    """In a group, the message that tells of the pin sounds unless ``disable_notification``."""
    chat = world.chat_to_write(params)
    message = world.message_in(chat, params, "message to pin")
    _check_right(chat)
    if message in chat.pinned:
        return True
    chat.pinned.append(message)
    if chat.type == "private":
        world.touch(chat)
        return True
    told = world.post(
        chat,
        world.bot,
        service={"pinned_message": message.as_json(with_reply=False)},
        thread=message.thread,
        silent=params.boolean("disable_notification"),
    )
    world.updates.push("message", told.as_json(), chat.id)
    return True


def unpin_chat_message(world: World, params: Params) -> bool:
    """Without a ``message_id``, the newest message that is pinned."""
    chat = world.chat_to_write(params)
    if params.integer("message_id"):
        message = world.message_in(chat, params, "message to unpin")
    elif chat.pinned:
        message = chat.newest_pinned
    else:
        raise bad_request("Message to unpin not found")
    _check_right(chat)
    chat.pinned = [pinned for pinned in chat.pinned if pinned is not message]
    world.touch(chat)
    return True


def _check_right(chat: Chat) -> None:
    if chat.type != "private" and not chat.bot_may("can_pin_messages"):
        raise bad_request("Not enough rights to manage pinned messages in the chat")
