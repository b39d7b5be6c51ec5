"""What a person did in a chat, as adapters report it. Knows no medicine and no Telegram."""

from dataclasses import dataclass
from typing import Final

TERMINAL: Final = "terminal"  # the terminal's chat; no phone can be reached there


@dataclass(frozen=True, slots=True)
class Command:
    """A command such as /plan 3: its name without the slash, and the rest of the line."""

    name: str
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A typed line."""

    text: str


@dataclass(frozen=True, slots=True)
class Tap:
    """A tapped button: the token of its message, and the button's position in it."""

    token: str
    place: int


@dataclass(frozen=True, slots=True)
class Unread:
    """Something other than text: a picture, a voice message, a sticker; or an `edited` text."""

    edited: bool = False


@dataclass(frozen=True, slots=True)
class InGroup:
    """A command in a group, where only the way to the private chat is shown."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that a person did in a chat.

    `query` is the tap that awaits an answer, and `message_id` the message it was on.
    """

    chat: str
    who: str
    act: Command | Text | Tap | Unread | InGroup
    query: str | None = None
    message_id: int | None = None
