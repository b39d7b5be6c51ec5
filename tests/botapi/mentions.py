"""Commands and names in a text: what a typed line marks, and whom a message mentions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from .chats import Chat, Json, User
from .telegram_html import utf16_length

COMMAND = re.compile(r"(?<!\S)/\w{1,64}(?:@(\w+))?")
_USERNAME = re.compile(r"(?<!\w)@(\w{4,32})\b", re.ASCII)
GONE = ("left", "kicked")


def typed_entities(text: str, named: Iterable[User]) -> list[Json]:
    """Commands, @usernames, and the first names of people who were picked from the app's list."""
    found = [("bot_command", match.span(), {}) for match in COMMAND.finditer(text)]
    found += [("mention", match.span(), {}) for match in _USERNAME.finditer(text)]
    for user in named:
        start = text.index(user.first_name)
        span = (start, start + len(user.first_name))
        found.append(("text_mention", span, {"user": user.as_json()}))
    return [
        {
            "type": kind,
            "offset": utf16_length(text[:start]),
            "length": utf16_length(text[start:end]),
        }
        | more
        for kind, (start, end), more in sorted(found, key=lambda each: each[1])
    ]


def with_known_people(
    entities: list[Json], chat: Chat, users: Mapping[int, User], chats: Mapping[int, Chat]
) -> list[Json]:
    """Mentions by id stay for members of the group and for people who have started the bot."""
    kept = []
    for entity in entities:
        if entity["type"] == "text_mention":
            user_id = entity["user"]["id"]
            if user_id not in chats and chat.members.get(user_id, "left") in GONE:
                continue
            entity = entity | {"user": users[user_id].as_json()}
        kept.append(entity)
    return kept


def mentioned_in(text: str, entities: Iterable[Json], users: Mapping[int, User]) -> set[int]:
    """Who is named, by id or by @username."""
    by_id = {each["user"]["id"] for each in entities if each["type"] == "text_mention"}
    names = {name.casefold() for name in _USERNAME.findall(text)} if "@" in text else set()
    if not names:
        return by_id
    return by_id | {user.id for user in users.values() if user.username.casefold() in names}
