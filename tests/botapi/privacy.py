"""What of a group's talk the bot gets: all of it as an administrator, else what is meant for it."""

from __future__ import annotations

from .chats import Message
from .mentions import COMMAND
from .world import World


def hears(world: World, message: Message) -> bool:
    """In privacy mode: service messages, replies to the bot, its inline messages, /command@bot,
    and /command if no other bot was the last to write in the group."""
    chat = message.chat
    if chat.bot_status in ("left", "kicked") or chat.migrated_to is not None:
        return False
    if chat.type == "private" or not world.privacy_mode or chat.bot_status == "administrator":
        return True
    if message.service or message.via_bot is world.bot:
        return True
    if message.reply_to and message.reply_to.sender is world.bot:
        return True
    command = COMMAND.match(message.text)
    if command is None:
        return False
    if command[1] is None:
        return chat.last_bot_id == world.bot.id
    return command[1].casefold() == world.bot.username.casefold()
