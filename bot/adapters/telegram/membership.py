"""What Telegram tells of who is in a group: people who leave it, and the bot's own place there."""

from dataclasses import dataclass
from typing import Any, Final

from bot.adapters.telegram.sent_by import GROUPS
from state.groups import is_group

GONE: Final = ("left", "kicked")
TO: Final = "migrate_to_chat_id"
MIGRATIONS: Final = (TO, "migrate_from_chat_id")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reached:
    """A person blocked or unblocked the bot."""

    chat: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class Departed:
    """Somebody is in a group no more."""

    chat: str
    who: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A group became a supergroup: Telegram gave it another id."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Somebody (`by`) has changed the bot's place in a group: is it there, may it write, lead?

    `led` is whether it led before. Leading, it is told who leaves, and may pin its board.
    """

    chat: str
    by: str
    present: bool
    writes: bool
    leads: bool
    led: bool


def changed_place(update: Json) -> Reached | Departed | Placed | None:
    """Read an update about somebody's place in a chat, or the bot's own; None for any other."""
    own = "my_chat_member" in update
    if not (own or "chat_member" in update):
        return None
    change = update["my_chat_member" if own else "chat_member"]
    if own and change["chat"]["type"] == "private":
        blocked = change["new_chat_member"]["status"] == "kicked"
        return Reached(str(int(change["chat"]["id"])), not blocked)
    if change["chat"]["type"] not in GROUPS:
        return None
    return _placed(change) if own else _departed(change)


def is_out(member: Json) -> bool:
    """Return whether a ChatMember is in its group no more."""
    status = member["status"]
    return status in GONE or (status == "restricted" and member.get("is_member") is False)


def _placed(change: Json) -> Placed:
    """Read a change of the bot's own place in a group."""
    new, old = change["new_chat_member"], change["old_chat_member"]
    status = new["status"]
    return Placed(
        str(int(change["chat"]["id"])),
        str(int(change["from"]["id"])),
        present=not is_out(new),
        writes=status != "restricted" or new.get("can_send_messages") is True,
        leads=status == "administrator",
        led=old["status"] == "administrator",
    )


def _departed(change: Json) -> Departed | None:
    """Read a change of somebody's place in a group; None unless they have left it."""
    if not is_out(change["new_chat_member"]):
        return None
    who = change["new_chat_member"]["user"]["id"]
    return Departed(str(int(change["chat"]["id"])), str(int(who)))


def departed_by_message(message: Json) -> Departed | None:
    """Read the message that Telegram writes in a group when somebody leaves it."""
    person = message["left_chat_member"]
    if person.get("is_bot"):
        return None
    return Departed(str(int(message["chat"]["id"])), str(int(person["id"])))


def moved_by_message(message: Json) -> Moved | None:
    """Read the message by which a group has another id; None unless both are ids of groups."""
    there = str(int(message["chat"]["id"]))
    key = next(each for each in MIGRATIONS if each in message)
    other = str(int(message[key]))
    old, new = (there, other) if key == TO else (other, there)
    return Moved(old, new) if is_group(other) and old != new else None
