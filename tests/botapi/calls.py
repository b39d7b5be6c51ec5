"""The record of every call the bot made and of how it ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from .params import Params

Outcome = Literal["accepted", "refused", "fault"]


@dataclass(slots=True)
class Call:
    """``outcome`` tells what the bot saw; ``done`` whether the call had its effect."""

    method: str
    params: Params
    time: float
    outcome: Outcome
    done: bool
    error_code: int | None = None
    description: str = ""
    result: Any = None

    def __str__(self) -> str:
        chat = self.params.values.get("chat_id", "")
        return f"{self.method}({chat}): {self.outcome} {self.description}".rstrip()


class CallLog:
    """Keeps the last ``limit`` calls (None: all, 0: none); iterates from the oldest on."""

    def __init__(self, limit: int | None = None) -> None:
        self._calls: deque[Call] = deque(maxlen=limit)
        self.enabled = limit != 0

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    def add(self, call: Call) -> None:
        self._calls.append(call)

    def clear(self) -> None:
        self._calls.clear()

    def of(self, method: str) -> list[Call]:
        return [call for call in self._calls if call.method.lower() == method.lower()]

    @property
    def accepted(self) -> list[Call]:
        return [call for call in self._calls if call.outcome == "accepted"]

    @property
    def refused(self) -> list[Call]:
        """What the server refused of itself; injected faults are in ``faulted``."""
        return [call for call in self._calls if call.outcome == "refused"]

    @property
    def faulted(self) -> list[Call]:
        return [call for call in self._calls if call.outcome == "fault"]
