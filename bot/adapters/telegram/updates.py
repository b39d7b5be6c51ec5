"""Reduces a raw update to what a turn needs; names, pictures and everything else are dropped."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from bot.accounts import is_person
from bot.adapters.telegram.written import quoted_in, written_in
from bot.commands.invitations import token_in
from bot.commands.members import names_member
from bot.commands.registry import COMMANDS
from bot.commands.traits import DONE
from bot.incoming import Command, Incoming, InGroup, Tap, Text, Unread

KINDS: Final = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
LONGEST_TEXT: Final = 200
LONGEST_MESSAGE: Final = 4096
HIGHEST_NUMBER: Final = 2**31
SENT_BY_PEOPLE: Final = (
    "animation", "audio", "checklist", "contact", "dice", "document", "game", "invoice",
    "location", "paid_media", "photo", "poll", "sticker", "story", "venue", "video", "video_note",
    "voice",
)  # fmt: skip

_COMMAND: Final = re.compile(r"/(\w{1,32})(?:@(\w+))?(?:\s+(.*))?", re.ASCII | re.DOTALL)
_USERNAME: Final = re.compile(r"\w{4,32}", re.ASCII)
_BUTTON: Final = re.compile(r"([\w-]{1,48}):(\d{1,3})", re.ASCII)
_CODE: Final = re.compile(r"\b[A-Z]{3}-\d{2,}\b", re.ASCII)

Json = dict[str, Any]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reached:
    """A person blocked or unblocked the bot."""

    chat: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """A group became a supergroup: Telegram gave it another id."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Asked:
    """An inline query: words typed after the bot's name in any chat."""

    id: str
    who: str
    query: str


@dataclass(frozen=True, slots=True)
class Stray:
    """A tap outside its person's private chat, or on an unknown message: it is only answered."""

    query: str


Reduced = Incoming | Reached | Moved | Asked | Stray | None


def reduce(update: Json, username: str, is_admin: Callable[[str], bool]) -> Reduced:
    """Reduce an update; None if it needs no action.

    What an admin types to change a member is read whole.

    Raises KeyError, TypeError or ValueError for an update not in Telegram's format.
    """
    int(update["update_id"])
    if "callback_query" in update:
        return _tap(update["callback_query"])
    if "message" in update:
        return _message(update["message"], username, is_admin)
    if "edited_message" in update:
        return _edited(update["edited_message"])
    if "inline_query" in update:
        return _inline_query(update["inline_query"])
    if "my_chat_member" in update:
        member = update["my_chat_member"]
        if member["chat"]["type"] == "private":
            blocked = member["new_chat_member"]["status"] == "kicked"
            return Reached(str(int(member["chat"]["id"])), not blocked)
    return None


def id_of(update: Json) -> int:
    """Return the number of an update; -1 if it is none that Telegram gives."""
    found = update.get("update_id") if isinstance(update, dict) else None
    return found if type(found) is int and 0 <= found < HIGHEST_NUMBER else -1


def require_characters(incoming: Incoming) -> None:
    """Raise UnicodeEncodeError for half of a character, which cannot be stored."""
    match incoming.act:
        case Text(typed) | Command(_, typed):
            typed.encode()


def _tap(query: Json) -> Incoming | Stray:
    message = query.get("message")
    if message is None or message["chat"]["type"] != "private" or not _is_own(query, message):
        return Stray(str(query["id"]))
    found = _BUTTON.fullmatch(str(query.get("data", "")))
    act = Tap(found[1], int(found[2])) if found else Tap("", 0)
    return Incoming(
        chat=str(int(message["chat"]["id"])),
        who=str(int(query["from"]["id"])),
        act=act,
        query=str(query["id"]),
        message_id=int(message["message_id"]),
        thread=_thread(message),
    )


def _is_own(sent: Json, message: Json) -> bool:
    """Return whether a person acts in their own private chat: it has their id."""
    return int(sent["from"]["id"]) == int(message["chat"]["id"]) and is_person(
        str(int(sent["from"]["id"]))
    )


def _edited(message: Json) -> Incoming | None:
    """Accept only an edited text or caption; a live location is edited all the time."""
    if message["chat"]["type"] != "private" or "via_bot" in message:
        return None
    if message.keys().isdisjoint(("text", "caption")):
        return None
    if not _is_own(message, message):
        return None
    who = str(int(message["from"]["id"]))
    edited = Incoming(str(int(message["chat"]["id"])), who, Unread("edited"))
    return _without_identifiers(edited, message)


def _inline_query(query: Json) -> Asked:
    from bot.reading.identifiers import leave_out

    typed = leave_out(str(query["query"])[:LONGEST_TEXT], datetime.now(UTC).date()).text
    return Asked(str(query["id"]), str(int(query["from"]["id"])), typed)


def _message(
    message: Json, username: str, is_admin: Callable[[str], bool]
) -> Incoming | Moved | None:
    chat = str(int(message["chat"]["id"]))
    if "migrate_to_chat_id" in message:
        return Moved(chat, str(int(message["migrate_to_chat_id"])))
    if "migrate_from_chat_id" in message:
        return Moved(str(int(message["migrate_from_chat_id"])), chat)
    via = message.get("via_bot")
    if via and _is_same(via.get("username"), username):
        return None
    text = message.get("text")
    if message["chat"]["type"] != "private":
        found = _COMMAND.match(text) if isinstance(text, str) else None
        command = COMMANDS.get(found[1].casefold()) if found else None
        named = found and (found[2] is None or _is_same(found[2], username))
        meant = named and command and command.in_group and not (via or _is_forwarded(message))
        return Incoming(chat, chat, InGroup(), thread=_thread(message)) if meant else None
    if not isinstance(text, str) and message.keys().isdisjoint(SENT_BY_PEOPLE):
        return None
    if not _is_own(message, message):
        return None
    who = str(int(message["from"]["id"]))
    act, thread = _act(message, text, username), _thread(message)
    replies_to = _shown_in(message.get("reply_to_message"), username)
    sent_at = _sent_at(message)
    incoming = Incoming(chat, who, act, sent_at=sent_at, thread=thread, replies_to=replies_to)
    if token_in(incoming):
        if _is_username(message["from"].get("username")):
            incoming = replace(incoming, username=message["from"]["username"])
        return incoming
    if names_member(incoming) and is_admin(who):
        return incoming
    return _without_identifiers(incoming, message)


def _act(message: Json, text: object, username: str) -> Command | Text | Unread:
    """Return what a message does; nothing, if its sender did not say it to this bot."""
    found = _COMMAND.fullmatch(text) if isinstance(text, str) else None
    command = COMMANDS.get(found[1].casefold()) if found else None
    notes = command is not None and command.group == DONE
    if _is_forwarded(message):
        return Unread("forwarded", notes)
    if "via_bot" in message:
        return Unread("via_bot", notes)
    if not isinstance(text, str):
        return Unread()
    if found and found[2] and not _is_same(found[2], username):
        return Unread("other_bot", notes)
    return Command(found[1], found[3] or "") if found else Text(text)


def _without_identifiers(incoming: Incoming, message: Json) -> Incoming:
    """Leave out what identifies a person, and note its message to be deleted.

    If that fails nothing of it is read: whom it identifies is not known.
    """
    from bot.reading.identifiers import leave_out

    match act := incoming.act:
        case Command(name, rest) if name.casefold() not in COMMANDS:
            typed = f"{name} {rest}".replace("_", " ")
        case Text(typed) | Command(_, typed):
            pass
        case _:
            typed = written_in(message)
    today = (incoming.sent_at or datetime.now(UTC)).date()
    try:
        read = leave_out(typed[:LONGEST_MESSAGE], today)
        quoted = leave_out(quoted_in(message)[:LONGEST_MESSAGE], today)
    except Exception as error:
        log.error("a text could not be read", error=type(error).__name__)
        return replace(incoming, act=Unread("failed"), to_delete=int(message["message_id"]))
    match act:
        case Text():
            act = Text(read.text[:LONGEST_TEXT])
        case Command(name, _):
            act = Command(name, read.text[:LONGEST_TEXT])
    left_out = tuple(dict.fromkeys((*read.left_out, *quoted.left_out)))
    to_delete = int(message["message_id"]) if left_out else None
    return replace(incoming, act=act, left_out=left_out, to_delete=to_delete)


def _shown_in(replied: object, username: str) -> str:
    """Return the token of a message of this bot; the one case's code in it if it has no buttons."""
    if not isinstance(replied, dict) or not _is_same(_named(replied.get("from")), username):
        return ""
    markup = replied.get("reply_markup")
    rows = markup.get("inline_keyboard", ()) if isinstance(markup, dict) else ()
    data = (str(button.get("callback_data", "")) for row in rows for button in row)
    token = next((found[1] for each in data if (found := _BUTTON.fullmatch(each))), "")
    codes = set(_CODE.findall(str(replied.get("text", ""))))
    return token or (codes.pop() if len(codes) == 1 else "")


def _named(sender: object) -> object:
    return sender.get("username") if isinstance(sender, dict) else None


def _is_forwarded(message: Json) -> bool:
    return "forward_origin" in message or "forward_date" in message


def _is_same(name: object, username: str) -> bool:
    """Return whether a bot's name is this one's: Telegram ignores case."""
    return isinstance(name, str) and name.casefold() == username.casefold()


def _is_username(name: object) -> bool:
    return isinstance(name, str) and _USERNAME.fullmatch(name) is not None


def _thread(message: Json) -> int | None:
    """Return the topic of a message; None outside topics, where a thread is one of replies."""
    thread = message.get("message_thread_id") if message.get("is_topic_message") is True else None
    return thread if type(thread) is int and 0 < thread < HIGHEST_NUMBER else None


def _sent_at(message: Json) -> datetime | None:
    """Return when a message was sent, in whole seconds; None if Telegram gives no such time."""
    try:
        return datetime.fromtimestamp(message["date"], UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None
