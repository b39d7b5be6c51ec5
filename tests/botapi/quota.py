"""A group's quota: new messages and edits together, so many in any minute of the server's clock."""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

from .clock import Clock
from .errors import too_many_requests

MOST_A_MINUTE = 20
MINUTE = 60.0


class Counted(NamedTuple):
    """A call that a group saw the effect of, or was refused; ``time`` is the server's."""

    time: float
    method: str
    chat_id: int


class GroupQuota:
    """Counts sends, edits and new topics, as Telegram does; no answers, deletions or pins."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._latest: dict[int, deque[float]] = {}
        self.log: list[Counted] = []
        self.refused: list[Counted] = []

    def take(self, method: str, chat_id: int) -> None:
        """Counts one call for a chat with a negative id. Raises Refusal once a minute is full."""
        if chat_id > 0:
            return
        now = self._clock.now()
        latest = self._latest.setdefault(chat_id, deque(maxlen=MOST_A_MINUTE))
        if len(latest) == MOST_A_MINUTE and latest[0] > now - MINUTE:
            self.refused.append(Counted(now, method, chat_id))
            raise too_many_requests(math.ceil(latest[0] + MINUTE - now))
        latest.append(now)
        self.log.append(Counted(now, method, chat_id))

    def busiest_minute(self, chat_id: int) -> int:
        """The most calls that any minute of this chat holds."""
        window = deque[float]()
        most = 0
        for counted in self.log:
            if counted.chat_id == chat_id:
                window.append(counted.time)
                while window[0] <= counted.time - MINUTE:
                    window.popleft()
                most = max(most, len(window))
        return most
