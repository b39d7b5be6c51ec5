"""Who is turned away, and in which words: groups, and people without access."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from bot.incoming import Incoming, InGroup
from bot.screens.notices import words

APART: Final = timedelta(hours=1)
MOST_REMEMBERED: Final = 10_000


class Refusals:
    """Remembers in memory when each chat was turned away.

    One refusal an hour is enough for a chat that may not use this.
    """

    def __init__(self) -> None:
        self._said = dict[str, datetime]()

    def is_due(self, chat: str, now: datetime) -> bool:
        """Return whether a chat is to be turned away in words, and count that as said."""
        said = self._said.get(chat)
        if said is not None and abs(now - said) < APART:
            return False
        self._said.pop(chat, None)
        self._said[chat] = now
        if len(self._said) > MOST_REMEMBERED:
            del self._said[next(iter(self._said))]
        return True


def refusal(incoming: Incoming, may_use: Callable[[str], bool]) -> str | None:
    """Say why nothing is done for a chat; None if something is."""
    if isinstance(incoming.act, InGroup):
        return words("fixed")["in_group"]
    if not may_use(incoming.who):
        return words("fixed")["not_allowed"].format(who=incoming.who)
    return None


def say_removed(who: str) -> str:
    """Say to somebody who has lost access that nothing was noted, and what becomes of the cases."""
    return words("fixed")["removed"].format(who=who)
