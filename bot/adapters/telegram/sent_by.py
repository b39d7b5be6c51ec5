"""Who sent a message, when and in which topic, as Telegram tells it."""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Any, Final

from bot.accounts import is_person

GROUPS: Final = ("group", "supergroup")
LONGEST_NAME: Final = 24
BLANK: Final = dict.fromkeys(map(ord, "\u115f\u1160\u2800\u3164\uffa0"), " ")
"""Letters and signs that show nothing."""
SEEN: Final = "LNPS"  # categories: letters, numbers, punctuation, symbols
HIGHEST_NUMBER: Final = 2**31
_USERNAME: Final = re.compile(r"\w{4,32}", re.ASCII)

Json = dict[str, Any]


def is_own(sent: Json, message: Json) -> bool:
    """Return whether a person acts in their own private chat: it has their id."""
    who, chat = int(sent["from"]["id"]), message["chat"]
    return chat["type"] == "private" and who == int(chat["id"]) and is_person(str(who))


def is_in_group(sent: Json, message: Json) -> bool:
    """Return whether a person acts in a group by themselves, not through a channel or the group."""
    in_group = message["chat"]["type"] in GROUPS and "sender_chat" not in sent
    return in_group and "from" in sent and is_person(str(int(sent["from"]["id"])))


def name_of(person: Json) -> str:
    """Return how a group sees a person, on one line; "" if nothing of it can be seen."""
    parts = (str(person.get(each, "")) for each in ("first_name", "last_name"))
    name = " ".join(" ".join(parts).translate(BLANK).split())
    shown = "".join(each for each in name if each.isprintable())[:LONGEST_NAME].strip()
    return shown if any(unicodedata.category(each)[0] in SEEN for each in shown) else ""


def is_forwarded(message: Json) -> bool:
    return "forward_origin" in message or "forward_date" in message


def is_same(name: object, username: str) -> bool:
    """Return whether a bot's name is this one's: Telegram ignores case."""
    return isinstance(name, str) and name.casefold() == username.casefold()


def is_username(name: object) -> bool:
    return isinstance(name, str) and _USERNAME.fullmatch(name) is not None


def thread_of(message: Json) -> int | None:
    """Return the topic of a message; None outside topics, where a thread is one of replies."""
    thread = message.get("message_thread_id") if message.get("is_topic_message") is True else None
    return thread if type(thread) is int and 0 < thread < HIGHEST_NUMBER else None


def sent_at(message: Json) -> datetime | None:
    """Return when a message was sent, in whole seconds; None if Telegram gives no such time."""
    try:
        return datetime.fromtimestamp(message["date"], UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None
