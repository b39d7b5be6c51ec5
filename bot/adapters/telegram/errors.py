"""Errors for calls that Telegram did not answer: each names the host and the cause."""

from urllib.parse import urlsplit

from telegram.error import BadRequest, NetworkError, TelegramError


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
    """Return whether Telegram refuses a message since the bot may write nothing in a group."""
    return "rights to send" in error.message.casefold()
