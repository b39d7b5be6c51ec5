"""The methods by lower-case name, as Telegram compares them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import methods_chats as chats
from . import methods_messages as messages
from . import methods_pins as pins
from . import methods_profile as profile
from . import methods_queries as queries
from . import methods_topics as topics
from . import methods_updates as updates
from .params import Params
from .world import World

Method = Callable[[World, Params], Any]
"""Returns the result or, where it has to wait, a coroutine for it. Raises Refusal."""

_FUNCTIONS: tuple[Method, ...] = (
    updates.get_me,
    updates.get_updates,
    updates.set_webhook,
    updates.delete_webhook,
    updates.get_webhook_info,
    messages.send_message,
    messages.send_document,
    messages.send_photo,
    messages.edit_message_text,
    messages.edit_message_reply_markup,
    messages.delete_message,
    pins.pin_chat_message,
    pins.unpin_chat_message,
    topics.create_forum_topic,
    messages.send_chat_action,
    queries.answer_callback_query,
    queries.answer_inline_query,
    profile.set_my_commands,
    profile.get_my_commands,
    profile.delete_my_commands,
    profile.set_my_name,
    profile.get_my_name,
    profile.set_my_description,
    profile.get_my_description,
    profile.set_my_short_description,
    profile.get_my_short_description,
    profile.set_chat_menu_button,
    profile.get_chat_menu_button,
    chats.get_chat,
    chats.get_chat_member,
    chats.get_chat_administrators,
    chats.leave_chat,
)

METHODS: dict[str, Method] = {
    function.__name__.replace("_", ""): function for function in _FUNCTIONS
}
