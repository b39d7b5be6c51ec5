"""Reduces a raw update to what a turn needs; names, pictures and everything else are dropped."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from bot.access import Access
from bot.adapters.read_whole import is_read_whole
from bot.adapters.telegram.membership import (
    MIGRATIONS,
    Departed,
    Moved,
    Placed,
    Reached,
    changed_place,
    departed_by_message,
    moved_by_message,
)
from bot.adapters.telegram.sent_by import (
    GROUPS,
    is_forwarded,
    is_in_group,
    is_own,
    is_same,
    is_username,
    name_of,
    sent_at,
    thread_of,
)
from bot.adapters.telegram.written import quoted_in, written_in
from bot.commands.invitations import token_in
from bot.commands.registry import COMMANDS
from bot.commands.sharing import opening_in
from bot.commands.traits import DONE
from bot.conversation.case_codes import codes_in
from bot.incoming import Command, Incoming, InGroup, Tap, Text, Unread

LONGEST_MESSAGE: Final = 4096
LONGEST_QUERY: Final = 256
LONGEST_REST: Final = 200  # after a command that takes a few words
READ_WHOLE: Final = ("triage", "mri", "sins")  # the line after them is of a patient
HIGHEST_NUMBER: Final = 2**31
SENT_BY_PEOPLE: Final = (
    "animation", "audio", "checklist", "contact", "dice", "document", "game", "invoice",
    "location", "paid_media", "photo", "poll", "sticker", "story", "venue", "video", "video_note",
    "voice",
)  # fmt: skip

_COMMAND: Final = re.compile(r"/(\w{1,32})(?:@(\w+))?(?:\s+(.*))?", re.ASCII | re.DOTALL)
_BUTTON: Final = re.compile(r"([\w-]{1,48}):(\d{1,3})", re.ASCII)

Json = dict[str, Any]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asked:
    """An inline query: words typed after the bot's name in any chat."""

    id: str
    who: str
    query: str


@dataclass(frozen=True, slots=True)
class Stray:
    """A tap that no person makes in a chat of theirs, or on an unknown message: only answered.

    `as_nobody` if it was made in a group as the group or as a channel.
    """

    query: str
    as_nobody: bool = False


Reduced = Incoming | Reached | Moved | Asked | Stray | Departed | Placed | None


def reduce(update: Json, username: str, access: Access, came_at: datetime | None = None) -> Reduced:
    """Reduce an update, a tap with when it came; None if it needs no action.

    Raises KeyError, TypeError or ValueError for an update not in Telegram's format.
    """
    int(update["update_id"])
    if "callback_query" in update:
        return _tap(update["callback_query"], came_at)
    if "message" in update:
        return _message(update["message"], username, access)
    if "edited_message" in update:
        return _edited(update["edited_message"], access)
    if "inline_query" in update:
        return _inline_query(update["inline_query"])
    return changed_place(update)


def id_of(update: Json) -> int:
    """Return the number of an update; -1 if it is none that Telegram gives."""
    found = update.get("update_id") if isinstance(update, dict) else None
    return found if type(found) is int and 0 <= found < HIGHEST_NUMBER else -1


def require_characters(incoming: Incoming) -> None:
    """Raise UnicodeEncodeError for half of a character, which cannot be stored."""
    match incoming.act:
        case Text(typed) | Command(_, typed):
            typed.encode()


def _tap(query: Json, came_at: datetime | None) -> Incoming | Stray:
    message = query.get("message")
    if message is None or not (is_own(query, message) or is_in_group(query, message)):
        in_group = message is not None and message["chat"]["type"] in GROUPS
        return Stray(str(query["id"]), as_nobody=in_group)
    found = _BUTTON.fullmatch(str(query.get("data", "")))
    act = Tap(found[1], int(found[2])) if found else Tap("", 0)
    return Incoming(
        chat=str(int(message["chat"]["id"])),
        who=str(int(query["from"]["id"])),
        act=act,
        query=str(query["id"]),
        message_id=int(message["message_id"]),
        sent_at=came_at,
        thread=thread_of(message),
        name="" if message["chat"]["type"] == "private" else name_of(query["from"]),
    )


def _edited(message: Json, access: Access) -> Incoming | None:
    """Accept only an edited text or caption; a live location is edited all the time."""
    if message["chat"]["type"] != "private" or "via_bot" in message:
        return None
    if message.keys().isdisjoint(("text", "caption")):
        return None
    if not is_own(message, message):
        return None
    who = str(int(message["from"]["id"]))
    edited = Incoming(str(int(message["chat"]["id"])), who, Unread("edited"))
    return _without_identifiers(edited, message, access)


def _inline_query(query: Json) -> Asked:
    from bot.identifiers.identifiers import leave_out

    typed = leave_out(str(query["query"])[:LONGEST_QUERY], datetime.now(UTC).date()).text
    return Asked(str(query["id"]), str(int(query["from"]["id"])), typed)


def _message(message: Json, username: str, access: Access) -> Incoming | Moved | Departed | None:
    chat = str(int(message["chat"]["id"]))
    if message["chat"]["type"] in GROUPS:
        if not message.keys().isdisjoint(MIGRATIONS):
            return moved_by_message(message)
        if "left_chat_member" in message:
            return departed_by_message(message)
    via = message.get("via_bot")
    if via and is_same(via.get("username"), username):
        return None
    text = message.get("text")
    if message["chat"]["type"] != "private":
        found = _COMMAND.match(text) if isinstance(text, str) else None
        command = COMMANDS.get(found[1].casefold()) if found else None
        if not found or not command or via or is_forwarded(message):
            return None
        named = found[2] is None or is_same(found[2], username)
        meant = found[2] is not None or command.in_group or command.topic == DONE
        return _in_group(message, chat, access) if named and meant else None
    if not isinstance(text, str) and message.keys().isdisjoint(SENT_BY_PEOPLE):
        return None
    if not is_own(message, message):
        return None
    who = str(int(message["from"]["id"]))
    act, thread = _act(message, text, username), thread_of(message)
    replies_to = _shown_in(message.get("reply_to_message"), username)
    sent = sent_at(message)
    incoming = Incoming(chat, who, act, sent_at=sent, thread=thread, replies_to=replies_to)
    if opening_in(incoming):
        return incoming
    if token_in(incoming):
        if is_username(message["from"].get("username")):
            incoming = replace(incoming, username=message["from"]["username"])
        return incoming
    return _without_identifiers(incoming, message, access)


def _in_group(message: Json, chat: str, access: Access) -> Incoming:
    """Return what a command in a group does; nothing, if it is sent by no person."""
    thread = thread_of(message)
    if not is_in_group(message, message):
        return Incoming(chat, chat, InGroup(), thread=thread)
    found = _COMMAND.fullmatch(message["text"])
    act = Command(found[1], found[3] or "") if found else InGroup()
    who, name = str(int(message["from"]["id"])), name_of(message["from"])
    sent = sent_at(message)
    incoming = Incoming(chat, who, act, sent_at=sent, thread=thread, name=name)
    return _without_identifiers(incoming, message, access)


def _act(message: Json, text: object, username: str) -> Command | Text | Unread:
    """Return what a message does; nothing, if its sender did not say it to this bot."""
    found = _COMMAND.fullmatch(text) if isinstance(text, str) else None
    command = COMMANDS.get(found[1].casefold()) if found else None
    notes = command is not None and command.topic == DONE
    if is_forwarded(message):
        return Unread("forwarded", notes)
    if "via_bot" in message:
        return Unread("via_bot", notes)
    if not isinstance(text, str):
        return Unread()
    if found and found[2] and not is_same(found[2], username):
        return Unread("other_bot", notes)
    return Command(found[1], found[3] or "") if found else Text(text)


def _without_identifiers(incoming: Incoming, message: Json, access: Access) -> Incoming:
    """Leave out what identifies a person, and note its message to be deleted.

    If that fails nothing of it is read: whom it identifies is not known.
    """
    from bot.identifiers.identifiers import leave_out

    match act := incoming.act:
        case Command(name, rest) if name.casefold() not in COMMANDS:
            typed = f"{name} {rest}".replace("_", " ")
        case Text(typed) | Command(_, typed):
            pass
        case _:
            typed = written_in(message)
    today = (incoming.sent_at or datetime.now(UTC)).date()
    try:
        if is_read_whole(incoming, access, today):
            return incoming
        read = leave_out(typed[:LONGEST_MESSAGE], today)
        quoted = leave_out(quoted_in(message)[:LONGEST_MESSAGE], today)
    except Exception as error:
        log.error("a text could not be read", error=type(error).__name__)
        return replace(incoming, act=Unread("failed"), to_delete=int(message["message_id"]))
    match act:
        case Text():
            act = Text(read.text)
        case Command(name, _):
            whole = name.casefold() in READ_WHOLE
            act = Command(name, read.text if whole else read.text[:LONGEST_REST])
    left_out = tuple(dict.fromkeys((*read.left_out, *quoted.left_out)))
    to_delete = int(message["message_id"]) if left_out else None
    return replace(incoming, act=act, left_out=left_out, to_delete=to_delete)


def _shown_in(replied: object, username: str) -> str:
    """Return the token of a message of this bot; the one case's code in it if it has no buttons."""
    if not isinstance(replied, dict) or not is_same(_named(replied.get("from")), username):
        return ""
    markup = replied.get("reply_markup")
    rows = markup.get("inline_keyboard", ()) if isinstance(markup, dict) else ()
    data = (str(button.get("callback_data", "")) for row in rows for button in row)
    token = next((found[1] for each in data if (found := _BUTTON.fullmatch(each))), "")
    codes = codes_in(str(replied.get("text", "")))
    return token or (codes.pop() if len(codes) == 1 else "")


def _named(sender: object) -> object:
    return sender.get("username") if isinstance(sender, dict) else None
