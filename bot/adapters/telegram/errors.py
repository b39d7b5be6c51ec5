"""What became of a call that got no answer, beside python-telegram-bot's own errors."""

from telegram.error import NetworkError


class NotSent(NetworkError):
    """The call never reached Telegram."""


class Unclear(NetworkError):
    """No answer came: Telegram may have done what was asked, or not."""
