"""Topics of a forum: opening one, and finding the one that a call names."""

from __future__ import annotations

from .chats import Chat, Json
from .errors import bad_request
from .params import Params
from .world import TOPIC_COLOUR, World

NAME_LIMIT = 128


def create_forum_topic(world: World, params: Params) -> Json:
    chat = world.chat_to_write(params)
    name = params.text("name").strip()[:NAME_LIMIT]
    if chat.type != "private" and not chat.is_forum:
        raise bad_request("The chat is not a forum")
    if chat.type != "private" and not chat.bot_may("can_manage_topics"):
        raise bad_request("Not enough rights to create a topic")
    if not name:
        raise bad_request("Name must be non-empty")
    world.quota.take("createForumTopic", chat.id)
    thread = world.open_topic(chat, world.bot, name)
    if chat.type != "private":
        world.updates.push("message", chat.messages[thread].as_json(), chat.id)
    return {"message_thread_id": thread, "name": name, "icon_color": TOPIC_COLOUR}


def topic_of(chat: Chat, params: Params) -> int:
    """The topic that ``message_thread_id`` names, 0 for none, and in a group without topics 0.

    Raises Refusal; General, 1, is named by nothing.
    """
    thread = params.integer("message_thread_id")
    if not thread or (chat.type != "private" and not chat.is_forum):
        return 0
    if thread not in chat.topics:
        raise bad_request("message thread not found")
    if thread in chat.closed_topics and not chat.bot_may("can_manage_topics"):
        raise bad_request("TOPIC_CLOSED")
    return thread
