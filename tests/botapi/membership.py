"""How membership is reported: the ChatMember object and the updates that announce changes."""

from __future__ import annotations

from .chats import Chat, Json, User
from .world import World

_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
    "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories", "can_pin_messages",
)  # fmt: skip


def member_json(user: User, status: str) -> Json:
    """A ChatMember of this status, with every right where the status carries rights."""
    member: Json = {"user": user.as_json(), "status": status}
    if status == "kicked":
        member["until_date"] = 0
    if status in ("creator", "administrator"):
        member["is_anonymous"] = False
    if status == "administrator":
        member |= {"can_be_edited": False} | dict.fromkeys(_RIGHTS, True)
    return member


def my_chat_member(world: World, chat: Chat, by: User, status: str) -> int | None:
    """The bot's own status becomes ``status``, which is told to the bot."""
    before, chat.bot_status = chat.bot_status, status
    return _announce(world, "my_chat_member", 5, chat, by, world.bot, before, status)


def chat_member(world: World, chat: Chat, by: User, user: User, status: str) -> int | None:
    before = chat.members.get(user.id, "left")
    chat.members[user.id] = status
    return _announce(world, "chat_member", 6, chat, by, user, before, status)


def _announce(
    world: World, kind: str, lane: int, chat: Chat, by: User, whose: User, before: str, after: str
) -> int | None:
    world.touch(chat)
    return world.updates.push(
        kind,
        {
            "chat": chat.as_json(),
            "from": by.as_json(),
            "date": world.today,
            "old_chat_member": member_json(whose, before),
            "new_chat_member": member_json(whose, after),
        },
        (chat.id if lane == 5 else whose.id) + (lane << 33),
    )
