"""The server's clock in Unix seconds, which a test may freeze, move forward or let run faster."""

from __future__ import annotations

import time


class Clock:
    """It shows ``since + (time.time() - since) * speed``, so that another process that is given
    the same two numbers has the same time; ``since`` is the moment of its making if not given."""

    def __init__(
        self, frozen_at: float | None = None, *, speed: float = 1.0, since: float | None = None
    ) -> None:
        self._frozen_at = frozen_at
        self._ahead = 0.0
        self.speed = speed
        self.since = time.time() if since is None else since

    def now(self) -> float:
        running = self.since + (time.time() - self.since) * self.speed
        return (running if self._frozen_at is None else self._frozen_at) + self._ahead

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("the clock only moves forward")
        self._ahead += seconds

    def waited(self, seconds: float) -> float:
        """By how much this clock moves while somebody waits so many real seconds."""
        return seconds * self.speed
