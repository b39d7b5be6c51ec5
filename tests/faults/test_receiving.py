"""Telegram refuses what a start needs, or a post hangs: the bot goes on, and stops in time."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.adapters.telegram import app, poller, webhook
from bot.adapters.telegram.api import Api
from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.webhook import SECRET_HEADER
from bot.service.service import Service
from state.records import Poll
from state.sql.inbox import Inbox
from state.store import StoreError
from tests.adapters.telegram.test_conversation import card_of
from tests.adapters.telegram.test_webhook import SECRET, stopped
from tests.adapters.telegram.test_webhook import running as listening
from tests.botapi import BotApi, Fault, Message, PersonInChat
from tests.botapi.errors import too_many_requests
from tests.conftest import Clock
from tests.faults.steps import CAUDA_EQUINA, FIRST_QUESTION, all_is_sent, button, case_of

pytestmark = pytest.mark.usefixtures("hurry")

TWICE = "the tap before it counted"
WEBHOOK_SET = "Conflict: can't use getUpdates method while webhook is active"
SOON = 2.0


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (app, webhook):
        monkeypatch.setattr(module, "FIRST_PAUSE", 0.05)


@asynccontextmanager
async def starting(server: BotApi, service: Service) -> AsyncIterator[None]:
    """Start a polling bot that runs until the end of the block."""
    task = asyncio.create_task(
        TelegramBot(Api(server.token, server.url), replace(service, touch=True)).run()
    )
    yield
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("method", ["getMe", "deleteWebhook", "getUpdates"])
@pytest.mark.parametrize("code", [429, 502])
async def test_a_refused_call_at_the_start_is_made_again(
    server: BotApi, service: Service, ann: PersonInChat, method: str, code: int
) -> None:
    server.faults.refuse(409, WEBHOOK_SET, "getUpdates", times=2)
    refusal = too_many_requests(1) if code == 429 else Fault("refuse").refusal
    fault = server.faults.add(Fault("refuse", method, times=1, refusal=refusal))
    async with starting(server, service):
        await card_of(ann)
    assert fault.hits == 1
    assert server.calls.of("deleteWebhook")


@pytest.mark.parametrize("method", ["getMe", "getUpdates"])
async def test_a_day_that_is_asked_for_is_not_slept_through(
    server: BotApi, service: Service, ann: PersonInChat, method: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for module in (app, poller):
        monkeypatch.setattr(module, "LONGEST_PAUSE", 0.1)
    body = b'{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":86400}}'
    fault = server.faults.answer(body, method, code=429, times=2)
    async with starting(server, service):
        await card_of(ann)
    assert fault.hits == 2


@pytest.mark.parametrize("code", [429, 502])
async def test_a_webhook_that_cannot_be_set_yet_is_set_later(
    server: BotApi, service: Service, ann: PersonInChat, unused_tcp_port: int, code: int
) -> None:
    refusal = too_many_requests(1) if code == 429 else Fault("refuse").refusal
    server.faults.add(Fault("refuse", "setWebhook", times=1, refusal=refusal))
    async with listening(server, service, unused_tcp_port):
        ann.types("/triage")
        await ann.sees(FIRST_QUESTION)
    assert len(server.calls.of("setWebhook")) == 2


async def test_a_sign_of_life_that_cannot_be_read_ends_nothing(
    server: BotApi,
    service: Service,
    ann: PersonInChat,
    unused_tcp_port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhook, "SECONDS_BETWEEN_SIGNS", 0.01)

    def refuse(_: Inbox) -> None:
        raise StoreError("the disk is gone")

    async with listening(server, service, unused_tcp_port):
        with monkeypatch.context() as patch:
            patch.setattr(Inbox, "poll", refuse)
            await asyncio.sleep(0.1)
        ann.types("/triage")
        await ann.sees(FIRST_QUESTION)


async def test_a_post_that_hangs_does_not_keep_the_stop_waiting(
    server: BotApi, service: Service, unused_tcp_port: int
) -> None:
    async with listening(server, service, unused_tcp_port):
        _, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
        head = f"POST /hook HTTP/1.1\r\nHost: x\r\n{SECRET_HEADER}: {SECRET}\r\n"
        writer.write(f"{head}Content-Length: 50\r\n\r\n{{".encode())
        await writer.drain()
        await asyncio.sleep(0.1)
        os.kill(os.getpid(), signal.SIGTERM)
        stopped.set()
        told = time.monotonic()
    assert time.monotonic() - told < SOON
    writer.close()


def tapped(update_id: int, card: Message, label: str) -> dict[str, Any]:
    token, place = button(card, label)
    chat = {"id": 1001, "type": "private"}
    query = {
        "id": f"q{update_id}", "from": {"id": 1001}, "data": f"{token}:{place}",
        "message": {"message_id": card.id, "chat": chat},
    }  # fmt: skip
    return {"update_id": update_id, "callback_query": query}


async def test_of_two_taps_posted_at_once_the_loser_is_told(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    card = await card_of(ann)
    await all_is_sent(service.store)
    await asyncio.gather(
        bot._inbox.take([tapped(90_001, card, "Bladder")]),
        bot._inbox.take([tapped(90_002, card, "None of these")]),
    )
    await ann.sees(CAUDA_EQUINA)
    await server.until(lambda: len(server.calls.of("answerCallbackQuery")) == 2)
    calls = server.calls.of("answerCallbackQuery")
    said = {call.params.text("callback_query_id"): call.params.text("text") for call in calls}
    assert not said["q90001"] and TWICE in said["q90002"]
    assert case_of(service).latest == {"cord_signs": ["bladder"]}


@pytest.mark.parametrize("days", [0, 7])
async def test_a_server_that_answers_at_once_is_not_asked_without_a_pause(
    service: Service, clock: Clock, days: int
) -> None:
    asked = list[int]()

    class Hasty:
        async def poll(self, offset: int, _: list[str]) -> list[dict[str, Any]]:
            asked.append(offset)
            await asyncio.sleep(0)
            return []

    class Idle:
        def asks(self) -> None: ...

        def is_answered(self) -> None: ...

        async def take(self, *_: object) -> None: ...

    poll = Poll(1000, clock.now, clock.now - timedelta(days=days))
    hasty: Any = Hasty()
    idle: Any = Idle()
    with suppress(TimeoutError):
        await asyncio.wait_for(poller.Poller(hasty, idle, clock, poll).run(), 0.3)
    assert asked == [0 if days else 1000]
