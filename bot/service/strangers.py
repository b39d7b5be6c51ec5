"""Who was turned away lately: one refusal an hour is enough for a chat that may not use this."""

from datetime import datetime, timedelta
from typing import Final

APART: Final = timedelta(hours=1)
MOST_REMEMBERED: Final = 10_000


class Refusals:
    """Remembers, until the program ends, when each chat was turned away."""

    def __init__(self) -> None:
        self._said = dict[str, datetime]()

    def is_due(self, chat: str, now: datetime) -> bool:
        """Tell whether a chat is to be turned away in words, and count that as said."""
        said = self._said.get(chat)
        if said is not None and abs(now - said) < APART:
            return False
        self._said.pop(chat, None)
        self._said[chat] = now
        if len(self._said) > MOST_REMEMBERED:
            del self._said[next(iter(self._said))]
        return True
