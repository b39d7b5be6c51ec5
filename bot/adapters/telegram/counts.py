"""Counts what comes from Telegram and what is sent, for health probes; never who or what."""

from collections import Counter
from dataclasses import dataclass, field
from time import monotonic

from bot.adapters.telegram.errors import (
    BadRequest,
    Forbidden,
    NetworkError,
    NotSent,
    RetryAfter,
    TelegramError,
)

KINDS = ("flood", "not_sent", "no_answer", "refused", "forbidden", "other")


@dataclass(slots=True)
class Counts:
    """Since the start: updates, answers sent or edited, failed calls by kind, and 429s.

    `heard_at` is when Telegram last answered the start or a poll, or posted an update.
    """

    updates: int = 0
    answers: int = 0
    floods: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    heard_at: float | None = None

    def heard(self, updates: int) -> None:
        """Note that Telegram answered with so many updates, or posted one."""
        self.updates += updates
        self.heard_at = monotonic()

    def seconds_since_heard(self) -> float | None:
        """Return how long ago Telegram was last heard of; None if it never was."""
        return None if self.heard_at is None else monotonic() - self.heard_at

    def failed(self, error: TelegramError, *, polling: bool = False) -> None:
        """Count a call that failed; of polls, only a 429."""
        self.floods += isinstance(error, RetryAfter)
        if not polling:
            self.failures[_kind(error)] += 1


def _kind(error: TelegramError) -> str:
    match error:
        case RetryAfter():
            return "flood"
        case NotSent():
            return "not_sent"
        case BadRequest():
            return "refused"
        case NetworkError():
            return "no_answer"
        case Forbidden():
            return "forbidden"
    return "other"
