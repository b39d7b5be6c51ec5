"""Taps and inline queries that wait for the bot's answer, and the answers they got."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .chats import Message, User


@dataclass(slots=True, eq=False)
class Tap:
    """One tap on an inline button; ``text`` is the toast, or the alert when ``alert`` is true.

    ``url`` is the address that the answer opens, if any.
    """

    id: str
    user: User
    message: Message
    data: str
    time: float
    update_id: int | None = None
    answered: bool = False
    text: str = ""
    alert: bool = False
    url: str = ""


@dataclass(slots=True, eq=False)
class InlineQuery:
    id: str
    user: User
    query: str
    time: float
    update_id: int | None = None
    answered: bool = False
    results: list[dict[str, Any]] = field(default_factory=list)
    is_personal: bool = False
    cache_time: int = 300
