"""A bot in the test's own process, over real HTTP, whose surroundings fail."""

import pytest

from bot.adapters.telegram import poller
from bot.adapters.telegram.outbox import sender
from tests.adapters.telegram.conftest import ann, bot, server

__all__ = ["ann", "bot", "server"]


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what failed be tried again soon."""
    monkeypatch.setattr(poller, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(sender, "FIRST_PAUSE", 0.05)
