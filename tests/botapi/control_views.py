"""What /control answers: a chat as its person sees it, taps and calls."""

from __future__ import annotations

from .calls import Call
from .chats import Document, Json, Message, keyboard_rows
from .people import PersonInChat
from .queries import Tap
from .world import World

SHOWN_MESSAGES = 100


def chat_view(world: World, person: PersonInChat) -> Json:
    """The last messages, the menu and what is pinned."""
    chat = person.chat
    return {
        "revision": chat.revision,
        "bot": world.bot.first_name,
        "title": chat.title or world.bot.first_name,
        "blocked": chat.bot_status == "kicked",
        "commands": world.profile.commands_for(chat, person.user),
        "messages": [_message_view(m, person) for m in person.messages[-SHOWN_MESSAGES:]],
        "pinned": [message.id for message in chat.pinned],
    }


def tap_view(tap: Tap) -> Json:
    return {
        "tap_id": tap.id,
        "update_id": tap.update_id,
        "answered": tap.answered,
        "text": tap.text,
        "alert": tap.alert,
        "url": tap.url,
    }


def call_view(call: Call) -> Json:
    return {
        "method": call.method,
        "params": call.params.values,
        "time": call.time,
        "outcome": call.outcome,
        "done": call.done,
        "error_code": call.error_code,
        "description": call.description,
    }


def _document_view(document: Document) -> Json:
    """A file by its name, and where the page gets it."""
    url = f"/control/file/{document.file_id}"
    return {"file_name": document.file_name, "kind": document.kind, "url": url}


def _message_view(message: Message, person: PersonInChat) -> Json:
    latest = message.versions[-1]
    return {
        "id": message.id,
        "mine": message.sender.id == person.user.id,
        "from": message.sender.first_name,
        "from_bot": message.sender.is_bot,
        "date": message.date,
        "edited": len(message.versions) > 1,
        "versions": len(message.versions),
        "text": latest.text,
        "entities": latest.entities,
        "keyboard": keyboard_rows(latest),
        "reply_to": message.reply_to.text[:80] if message.reply_to else "",
        "document": _document_view(message.document) if message.document else None,
        "service": sorted(message.service),
        "silent": message.silent,
        "calls_me": person.user.id in message.mentioned,
    }
