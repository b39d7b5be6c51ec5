"""What the server knows of users, chats and messages, with every version a message ever had."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class User:
    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_bot: bool = False

    def as_json(self) -> Json:
        shown: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if value := getattr(self, name):
                shown[name] = value
        return shown


@dataclass(slots=True, frozen=True)
class Version:
    """What a message showed from ``date`` on, until the next version."""

    date: int
    text: str
    entities: list[Json]
    reply_markup: Json | None


def sides_of(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG; of anything else a square, for nothing is known of it."""
    if picture[12:16] != b"IHDR":
        return 1, 1
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


@dataclass(slots=True, frozen=True)
class Document:
    file_id: str
    file_name: str
    mime_type: str
    content: bytes
    kind: str = "document"

    def as_json(self) -> Json | list[Json]:
        if self.kind == "photo":
            width, height = sides_of(self.content)
            ids = {"file_id": self.file_id, "file_unique_id": self.file_id[-12:]}
            return [{**ids, "width": width, "height": height, "file_size": len(self.content)}]
        return {
            "file_id": self.file_id,
            "file_unique_id": self.file_id[-12:],
            "file_name": self.file_name,
            "mime_type": self.mime_type,
            "file_size": len(self.content),
        }


@dataclass(slots=True, eq=False, repr=False)
class Message:
    """``text`` is what a person reads: after parsing, trimming and the last edit.

    ``silent`` and ``mentioned``, the ids of people, are of the message as it was sent: an edit
    neither sounds nor calls anybody.
    """

    id: int
    chat: Chat
    sender: User
    date: int
    versions: list[Version]
    reply_to: Message | None = None
    document: Document | None = None
    via_bot: User | None = None
    service: Json = field(default_factory=dict)
    deleted: bool = False
    thread: int = 0
    sender_chat: Chat | None = None
    silent: bool = False
    mentioned: frozenset[int] = frozenset()

    def __repr__(self) -> str:
        return f"<Message {self.id} in {self.chat.id}: {self.text!r} {self.buttons}>"

    @property
    def text(self) -> str:
        return self.versions[-1].text

    @property
    def entities(self) -> list[Json]:
        return self.versions[-1].entities

    @property
    def reply_markup(self) -> Json | None:
        return self.versions[-1].reply_markup

    @property
    def buttons(self) -> list[list[str]]:
        """The labels of the inline keyboard, row by row."""
        return [[button["text"] for button in row] for row in keyboard_rows(self.versions[-1])]

    def marked(self, kind: str) -> list[str]:
        """The pieces of the text under entities of this type, such as bold or blockquote."""
        units = self.text.encode("utf-16-le")
        return [
            units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
            for e in self.entities
            if e["type"] == kind
        ]

    def as_json(self, with_reply: bool = True) -> Json:
        latest = self.versions[-1]
        shown: Json = {
            "message_id": self.id,
            "from": self.sender.as_json(),
            "chat": self.chat.as_json(),
            "date": self.date,
        }
        if len(self.versions) > 1:
            shown["edit_date"] = latest.date
        if self.sender_chat:
            shown["sender_chat"] = self.sender_chat.as_json()
        if with_reply and self.reply_to:
            shown["reply_to_message"] = self.reply_to.as_json(with_reply=False)
        if self.thread:
            shown |= {"message_thread_id": self.thread, "is_topic_message": True}
        if self.via_bot:
            shown["via_bot"] = self.via_bot.as_json()
        prefix = ""
        if self.document:
            shown[self.document.kind] = self.document.as_json()
            prefix = "caption_"
        if latest.text:
            shown["caption" if prefix else "text"] = latest.text
        if latest.entities:
            shown[f"{prefix}entities"] = latest.entities
        if latest.reply_markup and "inline_keyboard" in latest.reply_markup:
            shown["reply_markup"] = latest.reply_markup
        return shown | self.service

    def as_callback_json(self) -> Json:
        """The message as a tap on it carries it: a deleted one is inaccessible, of date 0."""
        if self.deleted:
            return {"message_id": self.id, "chat": self.chat.as_json(), "date": 0}
        return self.as_json()


@dataclass(slots=True, eq=False, repr=False)
class Chat:
    id: int
    type: str
    title: str = ""
    person: User | None = None
    members: dict[int, str] = field(default_factory=dict)
    bot_status: str = "member"
    bot_rights: frozenset[str] = frozenset()
    last_bot_id: int = 0
    anonymous: set[int] = field(default_factory=set)
    migrated_to: int | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    pinned: list[Message] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    is_forum: bool = False
    topics: set[int] = field(default_factory=set)
    closed_topics: set[int] = field(default_factory=set)
    revision: int = 0

    def __repr__(self) -> str:
        return f"<{self.type} chat {self.id} of {len(self.messages)} messages>"

    @property
    def visible(self) -> list[Message]:
        return [message for message in self.messages.values() if not message.deleted]

    def as_json(self) -> Json:
        if self.person:
            shown = self.person.as_json()
            del shown["is_bot"]
            shown.pop("language_code", None)
            return shown | {"type": "private"}
        shown = {"id": self.id, "type": self.type, "title": self.title}
        return shown | {"is_forum": True} if self.is_forum else shown

    @property
    def newest_pinned(self) -> Message:
        """ValueError when nothing is pinned."""
        return max(self.pinned, key=lambda message: message.id)

    def bot_may(self, right: str) -> bool:
        return self.bot_status == "administrator" and right in self.bot_rights


def keyboard_rows(version: Version) -> list[list[Json]]:
    rows: list[list[Json]] = (version.reply_markup or {}).get("inline_keyboard", [])
    return rows
