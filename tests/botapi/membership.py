"""How membership is reported: the ChatMember object and the updates that announce changes."""

from __future__ import annotations

from .chats import Chat, Json, User
from .mentions import GONE
from .world import World

SUPERGROUP_RIGHTS = frozenset({"can_manage_topics"})
RIGHTS = SUPERGROUP_RIGHTS | {
    "can_manage_chat", "can_change_info", "can_delete_messages", "can_invite_users",
    "can_restrict_members", "can_pin_messages", "can_promote_members", "can_manage_video_chats",
    "can_post_stories", "can_edit_stories", "can_delete_stories", "can_manage_tags",
}  # fmt: skip
PERMISSIONS = (
    "can_send_messages", "can_send_media_messages", "can_send_audios", "can_send_documents",
    "can_send_photos", "can_send_videos", "can_send_video_notes", "can_send_voice_notes",
    "can_send_polls", "can_send_other_messages", "can_add_web_page_previews",
    "can_react_to_messages", "can_edit_tag", "can_change_info", "can_invite_users",
    "can_pin_messages", "can_manage_topics",
)  # fmt: skip


def member_json(world: World, chat: Chat, user: User) -> Json:
    """The ChatMember that this user, a person or the bot, is now.

    A person has every right that the status carries; who is restricted may do nothing at all.
    """
    is_bot = user is world.bot
    status = chat.bot_status if is_bot else chat.members.get(user.id, "left")
    member: Json = {"user": user.as_json(), "status": status}
    if status == "kicked":
        member["until_date"] = 0
    elif status == "creator":
        member["is_anonymous"] = user.id in chat.anonymous
    elif status == "administrator":
        known = RIGHTS if chat.type == "supergroup" else RIGHTS - SUPERGROUP_RIGHTS
        held = chat.bot_rights if is_bot else RIGHTS
        member |= {right: right in held for right in sorted(known)}
        member |= {"can_be_edited": False, "is_anonymous": user.id in chat.anonymous}
    elif status == "restricted":
        member |= {"until_date": 0, "is_member": True} | dict.fromkeys(PERMISSIONS, False)
    return member


def my_chat_member(
    world: World, chat: Chat, by: User, status: str, rights: frozenset[str] = RIGHTS
) -> int | None:
    """The bot's own status becomes ``status``, which is told to the bot, and in a group with a
    service message when it comes or goes."""
    before = member_json(world, chat, world.bot)
    was_out, chat.bot_status, chat.bot_rights = chat.bot_status in GONE, status, rights
    update_id = _announce(world, "my_chat_member", 5, chat, by, world.bot, before)
    if chat.type != "private" and was_out != (status in GONE):
        _comes_or_goes(world, chat, by)
    return update_id


def chat_member(world: World, chat: Chat, by: User, user: User, status: str) -> int | None:
    """A person's status becomes ``status``, which only an administrator is told."""
    before = member_json(world, chat, user)
    chat.members[user.id] = status
    if chat.bot_status != "administrator":
        world.touch(chat)
        return None
    return _announce(world, "chat_member", 6, chat, by, user, before)


def _comes_or_goes(world: World, chat: Chat, by: User) -> None:
    """Of what is said in a group that it left, the bot gets this one message."""
    bot = world.bot.as_json()
    if chat.bot_status in GONE:
        service: Json = {"left_chat_member": bot}
    else:
        chat.last_bot_id = 0
        service = {"new_chat_members": [bot]}
    message = world.post(chat, by, service=service)
    world.updates.push("message", message.as_json(), chat.id)


def _announce(
    world: World, kind: str, lane: int, chat: Chat, by: User, whose: User, before: Json
) -> int | None:
    world.touch(chat)
    return world.updates.push(
        kind,
        {
            "chat": chat.as_json(),
            "from": by.as_json(),
            "date": world.today,
            "old_chat_member": before,
            "new_chat_member": member_json(world, chat, whose),
        },
        (chat.id if lane == 5 else whose.id) + (lane << 33),
    )
