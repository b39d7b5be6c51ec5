"""Seconds that pass five times as fast, for tests that would wait for limits and pauses."""

import asyncio
import selectors
import time
from importlib import import_module
from types import SimpleNamespace
from typing import Final

import pytest

FASTER: Final = 5
BOUND: Final = ("app", "inbox", "poller")  # modules of the bot that read the time directly
PATIENT: Final = ("tests.botapi.changes", "tests.faults.steps")


class HurriedLoop(asyncio.SelectorEventLoop):
    """An event loop whose seconds are short."""

    def __init__(self) -> None:
        super().__init__(_HurriedSelector())

    def time(self) -> float:
        return super().time() * FASTER


class _HurriedSelector(selectors.DefaultSelector):
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(timeout and timeout / FASTER)


def hurry_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bot's and the Bot API server's clocks go as fast as the loop's.

    How long a test waits for this machine does not change: limits that it does not name itself
    stay as many real seconds.
    """
    now, monotonic = time.time, time.monotonic
    began = now()
    hurried = SimpleNamespace(time=lambda: began + (now() - began) * FASTER)
    monkeypatch.setattr("tests.botapi.clock.time", hurried)
    for module in BOUND:
        path = f"bot.adapters.telegram.{module}.monotonic"
        monkeypatch.setattr(path, lambda: monotonic() * FASTER)
    for name in PATIENT:
        module = import_module(name)
        monkeypatch.setattr(module, "PATIENCE", module.PATIENCE * FASTER)
