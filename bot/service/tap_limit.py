"""How many taps of one person count in a minute; more count only in an emergency."""

from collections.abc import Callable
from time import monotonic
from typing import Final

SECONDS: Final = 60.0
MOST_REMEMBERED: Final = 10_000


class NotUrgent(Exception):
    """A tap beyond the limit, and no emergency."""


class TapLimit:
    """Remembers in memory how many taps each person has left; 0 taps a minute is no limit."""

    def __init__(self, per_minute: int, now: Callable[[], float] = monotonic) -> None:
        self._per_minute = per_minute
        self._now = now
        self._left = dict[str, tuple[float, float]]()
        self._judged = dict[int, bool]()

    def is_over(self, who: str, update_id: int) -> bool:
        """Return whether a tap is beyond what the person has left.

        It is counted once, however often it is read until it can be stored.
        """
        if not self._per_minute:
            return False
        if update_id not in self._judged:
            self._judged[update_id] = self._count(who)
            if len(self._judged) > MOST_REMEMBERED:
                del self._judged[next(iter(self._judged))]
        return self._judged[update_id]

    def _count(self, who: str) -> bool:
        now = self._now()
        left, at = self._left.pop(who, (self._per_minute, now))
        left = min(self._per_minute, left + (now - at) * self._per_minute / SECONDS)
        over = left < 1
        self._left[who] = (left if over else left - 1, now)
        if len(self._left) > MOST_REMEMBERED:
            del self._left[next(iter(self._left))]
        return over
