"""Webhooks: the secret, repeats, order within a chat, and what polling may do meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, Conflict

from tests.botapi import BotApi, PersonInChat


@dataclass
class Receiver:
    """The bot's side: answers what ``answers`` holds, then 200, and notes what came."""

    url: str = ""
    came: list[tuple[str | None, str]] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    slow_for: str = ""

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.json()
        text = body.get("message", {}).get("text") or body.get("callback_query", {}).get("data")
        self.came.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), text))
        if self.slow_for and text.startswith(self.slow_for):
            await asyncio.sleep(0.2)
        return self.answers.pop(0) if self.answers else web.Response()

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.came]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    runner = web.ServerRunner(web.Server(made.handle), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


async def test_delivery_with_the_secret(
    api: BotApi, bot: Bot, ann: PersonInChat, receiver: Receiver
) -> None:
    ann.types("before")
    await bot.set_webhook(receiver.url, secret_token="s3cret-_")
    ann.types("after")
    await api.until(lambda: len(api.updates) == 0)
    assert receiver.came == [("s3cret-_", "before"), ("s3cret-_", "after")]
    api.updates.deliver_again(api.updates.next_id - 1)
    await api.until(lambda: len(receiver.came) == 3)
    assert receiver.texts[-1] == "after"
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    ann.types("polled")
    assert [u.message and u.message.text for u in await bot.get_updates()] == ["polled"]


async def test_repeats_in_order_after_failures(
    api: BotApi, bot: Bot, ann: PersonInChat, receiver: Receiver
) -> None:
    api.webhook.delay_unit = 0.01
    receiver.answers = [
        web.Response(status=500),
        web.Response(status=503, headers={"Retry-After": "3"}),
        web.Response(status=302),
    ]
    await bot.set_webhook(receiver.url)
    ann.types("one")
    ann.types("two")
    await api.until(lambda: len(api.updates) == 0)
    assert receiver.texts == ["one"] * 4 + ["two"]
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 302 Found"
    assert info.pending_update_count == 0 and info.url == receiver.url


async def test_a_failing_chat_delays_no_other(
    api: BotApi, bot: Bot, ann: PersonInChat, receiver: Receiver
) -> None:
    receiver.slow_for = "slow"
    await bot.set_webhook(receiver.url)
    ann.types("slow 1")
    ann.types("slow 2")
    ann.taps_data(ann.messages[0], "tap")
    api.private_chat(1002).types("quick")
    await api.until(lambda: len(api.updates) == 0)
    assert set(receiver.texts[:3]) == {"slow 1", "tap", "quick"}
    assert receiver.texts[3] == "slow 2"


async def test_an_unreachable_address(api: BotApi, bot: Bot, ann: PersonInChat) -> None:
    api.webhook.delay_unit = 0.01
    await bot.set_webhook("http://127.0.0.1:9/hook")
    ann.types("kept")
    await api.until(lambda: api.webhook.last_error_date > 0 or None)
    assert "Connection failed" in ((await bot.get_webhook_info()).last_error_message or "")
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


async def test_settings_refused(bot: Bot) -> None:
    for url, secret, words in (
        ("ftp://127.0.0.1/", None, "Invalid webhook url specified"),
        ("http://127.0.0.1/", "a b", "Secret token contains unallowed characters"),
        ("http://127.0.0.1/", "x" * 257, "Secret token is too long"),
    ):
        with pytest.raises(BadRequest, match=f"(?i){words}"):
            await bot.set_webhook(url, secret_token=secret)
    assert (await bot.get_webhook_info()).url == ""
