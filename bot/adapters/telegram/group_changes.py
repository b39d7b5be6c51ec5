"""Does what follows when Telegram tells that a group has changed, in the current transaction."""

from bot.adapters.telegram.membership import Departed, Moved, Placed
from bot.service.departing import fall_back, part, say_lacks
from bot.service.group_moves import move
from bot.service.service import Service


def change_group(service: Service, change: Moved | Departed | Placed) -> list[str]:
    """Move a group, let somebody go, or note the bot's own place; return the chats told."""
    match change:
        case Moved(old, new):
            move(service, old, new)
            return [new]
        case Departed(chat, who):
            return part(service, chat, who)
    if not (change.present and change.writes):
        return fall_back(service, change.chat)
    return say_lacks(service, change.chat) if change.led and not change.leads else []
