"""What a person did in a chat, as adapters report it. Knows no medicine and no Telegram."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

Why = Literal["not_text", "edited", "forwarded", "via_bot", "other_bot", "failed"]
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
    """A message that is not an act of its sender for this bot, and why not.

    A picture or a voice message, an edited text, a forwarded message, one sent through another
    bot, a command for another bot, or a text that a bug kept from being read. `notes` if it is a
    command that would have noted something.
    """

    why: Why = "not_text"
    notes: bool = False


@dataclass(frozen=True, slots=True)
class InGroup:
    """A command in a group that is not enrolled, or of an account that is no person."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that a person did in a chat.

    `query` is the tap that awaits an answer, and `message_id` the message it was on. `sent_at` is
    when it was sent, as reported; None if it is done as it comes. `thread` is the
    topic of the chat that it was done in. `username` is given only with `/start` and a token.
    `replies_to` is the token of the buttons, or else the case's code, of the bot's message that it
    replies to.

    `name` is how a group sees the person; it is given only there.

    What identifies a person is no part of what was typed any more: `left_out` has the kinds of
    what was left out, and `to_delete` is the message that it was in.
    """

    chat: str
    who: str
    act: Command | Text | Tap | Unread | InGroup
    query: str | None = None
    message_id: int | None = None
    sent_at: datetime | None = None
    thread: int | None = None
    left_out: tuple[str, ...] = ()
    to_delete: int | None = None
    username: str | None = None
    replies_to: str = ""
    name: str = ""
