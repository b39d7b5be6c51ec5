"""A bot that talks to the strict Bot API server over real HTTP, in the test's own process."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.profile import CHATS, LONG, NAME, SHORT
from bot.commands.registry import in_menu
from bot.service.service import Service
from tests.botapi import BotApi, PersonInChat


def hold_profile(server: BotApi) -> None:
    """Hold what the bot says of itself, as after its first start."""
    profile = server.world.profile
    for field, words in (("name", NAME), ("short_description", SHORT), ("description", LONG)):
        profile.texts[field, ""] = words
    for scope, chats in CHATS.items():
        profile.commands[chats, ""] = [
            {"command": each.name, "description": each.does} for each in in_menu(scope)
        ]


@pytest.fixture
async def server() -> AsyncIterator[BotApi]:
    """A server that holds the bot's profile already, so that no start has to set it."""
    async with BotApi() as running:
        hold_profile(running)
        yield running


@pytest.fixture
async def bot(server: BotApi, service: Service) -> AsyncIterator[TelegramBot]:
    """A running bot that everybody may use."""
    running = TelegramBot(Api(server.token, server.url), replace(service, touch=True))
    ready = asyncio.Event()
    task = asyncio.create_task(running.run(ready.set))
    await asyncio.wait_for(ready.wait(), 10)
    yield running
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def ann(server: BotApi) -> PersonInChat:
    return server.private_chat(1001, "Ann")
