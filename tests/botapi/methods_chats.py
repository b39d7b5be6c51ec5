"""What the bot may ask about a chat, and how it leaves one."""

from __future__ import annotations

from .chats import Json
from .errors import bad_request
from .membership import member_json, my_chat_member
from .params import Params
from .world import World


def get_chat(world: World, params: Params) -> Json:
    chat = world.chat_to_read(params)
    shown = chat.as_json() | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    if chat.pinned:
        shown["pinned_message"] = chat.newest_pinned.as_json()
    return shown


def get_chat_member(world: World, params: Params) -> Json:
    user_id = params.integer("user_id")
    if user_id <= 0:
        raise bad_request("Invalid user_id specified")
    chat = world.chat_to_read(params)
    user = world.bot if user_id == world.bot.id else world.users.get(user_id)
    if user is None:
        raise bad_request("User not found")
    if chat.type == "private":
        return {"user": user.as_json(), "status": "member"}
    if user is not world.bot and (refusal := world.why_not_write(chat)):
        raise refusal
    return member_json(world, chat, user)


def get_chat_administrators(world: World, params: Params) -> list[Json]:
    """The owner, who is first, the administrators, and of all bots only this one."""
    chat = world.chat_to_write(params)
    if chat.type == "private":
        raise bad_request("There are no administrators in the private chat")
    people = [world.users[user_id] for user_id in chat.members]
    members = [member_json(world, chat, user) for user in (*people, world.bot)]
    leading = [each for each in members if each["status"] in ("creator", "administrator")]
    return sorted(leading, key=lambda each: each["status"] != "creator")


def leave_chat(world: World, params: Params) -> bool:
    chat = world.chat_to_write(params)
    if chat.type == "private":
        raise bad_request("Can't leave private chats")
    my_chat_member(world, chat, world.bot, "left")
    return True
