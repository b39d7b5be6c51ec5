"""A server and a real python-telegram-bot client for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from tests.botapi import BotApi, PersonInChat


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the server's own tests out of a usual run."""
    for item in items:
        if "botapi_selftest" in item.path.parts:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as server:
        yield server


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    async with Bot(api.token, base_url=api.base_url, base_file_url=api.base_file_url) as client:
        yield client


@pytest.fixture
def ann(api: BotApi) -> PersonInChat:
    return api.private_chat(1001, "Ann")
