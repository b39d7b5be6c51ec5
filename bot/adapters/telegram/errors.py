"""Errors for calls without an answer, besides python-telegram-bot's own."""

from telegram.error import NetworkError


class NotSent(NetworkError):
    """The call never reached Telegram."""


class Unclear(NetworkError):
    """There was no answer: Telegram may or may not have done what was asked."""
