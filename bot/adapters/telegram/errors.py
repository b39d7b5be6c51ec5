"""Errors of calls: what Telegram refuses, and what it did not answer, with the host and the cause.

They have the names of python-telegram-bot's, which takes long to load and is needed for files only.
"""

from typing import Final
from urllib.parse import urlsplit

FILES: Final = ("documents", "photos", "media")


class TelegramError(Exception):
    """A call failed; `message` is what Telegram says about it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Forbidden(TelegramError):
    """The bot may not do this to this chat."""


class InvalidToken(TelegramError):
    """Telegram knows no bot with this token, or no such method."""


class EndPointNotFound(TelegramError):
    """Telegram knows no such method: the token of a bot that has been started was right."""


class Conflict(TelegramError):
    """Another program polls with this token, or a webhook is set."""


class NetworkError(TelegramError):
    """Telegram is in trouble, or refuses in a way that is not known."""


class BadRequest(TelegramError):
    """Telegram refuses what was asked."""


class ChatMigrated(TelegramError):
    """A group has become a supergroup, with another id."""

    def __init__(self, new_chat_id: int) -> None:
        super().__init__("the group has another id now")
        self.new_chat_id = new_chat_id


class RetryAfter(TelegramError):
    """A flood limit: Telegram wants no such call for some seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"to be tried again in {seconds:g} s")
        self.seconds = seconds


class NoAnswer(NetworkError):
    """There was no answer of Telegram's from `host`; `cause` is one of a few words."""

    def __init__(self, host: str, cause: str) -> None:
        super().__init__(f"{host}: {cause}")
        self.host = host
        self.cause = cause


class NotSent(NoAnswer):
    """The call never reached Telegram."""


class Unclear(NoAnswer):
    """Telegram may or may not have done what was asked."""


def host_of(url: str) -> str:
    """Return the host and port of an address, without a password before them."""
    return urlsplit(url).netloc.rpartition("@")[2]


def why(error: TelegramError) -> dict[str, str]:
    """Return what the log says about a failed call: the host and the cause, else the error."""
    if isinstance(error, NoAnswer):
        return {"host": error.host, "cause": error.cause}
    return {"error": type(error).__name__}


def is_about_topic(error: BadRequest) -> bool:
    """Return whether Telegram refuses a topic: it is closed, or gone."""
    reason = error.message.casefold()
    return "thread" in reason or "topic" in reason


def is_about_nobody(error: BadRequest) -> bool:
    """Return whether Telegram knows no chat: its person has never tapped Start, or is gone."""
    return "chat not found" in error.message.casefold()


def is_about_rights(error: TelegramError) -> bool:
    """Return whether Telegram refuses a message since the bot may write nothing in a group.

    It may write there if only a file is refused.
    """
    reason = error.message.casefold()
    return "rights to send" in reason and not any(each in reason for each in FILES)
