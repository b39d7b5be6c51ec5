"""A bot in the test's own process, over real HTTP, in failing surroundings."""

import pytest

from bot.adapters.telegram import poller
from bot.adapters.telegram.outbox import sender
from tests.adapters.telegram.conftest import ann, bot, server

__all__ = ["ann", "bot", "server"]


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry failures soon."""
    monkeypatch.setattr(poller, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(sender, "FIRST_PAUSE", 0.05)
