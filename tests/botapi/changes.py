"""Wakes whoever waits for the server's state to change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 5.0  # seconds for a step of a test that names no other limit


class Changes:
    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def notify(self) -> None:
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, predicate: Callable[[], T], timeout: float | None = None) -> T:
        """The first true value of ``predicate``, checked again after every change.

        Raises TimeoutError after ``timeout`` seconds, or after PATIENCE.
        """
        seconds = PATIENCE if timeout is None else timeout
        try:
            async with asyncio.timeout(seconds):
                while not (value := predicate()):
                    future = asyncio.get_running_loop().create_future()
                    self._waiting.append(future)
                    await future
                return value
        except TimeoutError:
            raise TimeoutError(f"not within {seconds} s") from None
