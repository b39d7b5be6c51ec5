"""Updates that Telegram posts: the same inbox, the same conversation."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import aiohttp
import pytest

from bot.adapters.telegram import connections, webhook
from bot.adapters.telegram.api import Api
from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.webhook import SECRET_HEADER, Address, WebhookRefused
from bot.service.service import Service
from state.sql.inbox import Inbox
from state.store import StoreError
from tests.botapi import BotApi, PersonInChat

SECRET = "a-secret_of_the-test"
stopped = asyncio.Event()
UPDATE = {"update_id": 7_000, "message": {"message_id": 1, "chat": {"id": 5, "type": "private"}}}


@asynccontextmanager
async def running(server: BotApi, service: Service, port: int) -> AsyncIterator[str]:
    """Run a bot until the end of the block, unless it was told to stop before."""
    url = f"http://127.0.0.1:{port}/hook"
    address = Address(url, SECRET, f"127.0.0.1:{port}")
    stopped.clear()
    bot = TelegramBot(Api(server.token, server.url), replace(service, touch=True), address)
    task = asyncio.create_task(bot.run())
    await server.until(lambda: server.webhook.target)
    try:
        yield url
    finally:
        if not stopped.is_set():
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def port(unused_tcp_port: int) -> int:
    return unused_tcp_port


async def post(url: str, secret: str | None, body: object = UPDATE) -> aiohttp.ClientResponse:
    headers = {} if secret is None else {SECRET_HEADER: secret}
    async with (
        aiohttp.ClientSession() as client,
        client.post(url, json=body, headers=headers) as answer,
    ):
        return answer


async def test_a_conversation_by_webhook(
    server: BotApi, service: Service, ann: PersonInChat, port: int
) -> None:
    async with running(server, service, port):
        ann.types("/triage")
        card = await ann.sees("Which cord signs are new?")
        await ann.gets_answer(ann.taps(card, "Gait or balance"))
        await ann.sees("EMERGENCY · MRI by Mon 00:00 (in 12 h)")
        ann.types("/card")
        server.updates.deliver_again(server.updates.next_id - 1)
        await server.until(lambda: len(server.updates) == 0)
    case = service.store.cases.active("1001")
    assert case is not None
    assert [answer.value for answer in case.answers] == [["gait"]]


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1]])
async def test_without_the_secret_nothing_is_taken(
    server: BotApi, service: Service, port: int, secret: str | None
) -> None:
    async with running(server, service, port) as url:
        assert (await post(url, secret)).status == 403
        assert service.store.inbox.parked_count() == 0


async def post_raw(port: int, header: bytes, body: bytes) -> bytes:
    """Post bytes that no client would send, and return the status."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    size = str(len(body)).encode()
    writer.write(
        b"POST /hook HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: " + size
        + b"\r\n" + header + b"\r\n\r\n" + body
    )  # fmt: skip
    answer = await reader.read()
    writer.close()
    return answer.split(b" ")[1]


async def test_a_secret_of_bytes_that_are_no_text_is_a_wrong_one(
    server: BotApi, service: Service, port: int
) -> None:
    async with running(server, service, port):
        header = SECRET_HEADER.encode() + b": \xff\xfe"
        assert await post_raw(port, header, b"{}") == b"403"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json; charset=foo", b'{"update_id": 9}'),
        ("application/json", b"[" * 100_000),
        ("application/json", b'{"update_id": 12345678901234567890123}'),
        ("application/json", b'{"update_id": -3}'),
        ("application/json", b'{"update_id": 9223372036854775807}'),
        ("application/json", b"{}"),
        ("application/json", b"[]"),
        ("application/json", b"7"),
        ("application/json", b"\xff"),
    ],
)
async def test_a_body_that_cannot_be_an_update_is_refused(
    server: BotApi,
    service: Service,
    ann: PersonInChat,
    port: int,
    kind: str,
    body: bytes,
    capfd: pytest.CaptureFixture[str],
) -> None:
    async with running(server, service, port):
        header = f"{SECRET_HEADER}: {SECRET}\r\nContent-Type: {kind}".encode()
        assert await post_raw(port, header, body) == b"400"
        ann.types("/triage")
        await ann.sees("Which cord signs are new?")
    assert "Traceback" not in "".join(capfd.readouterr())
    assert service.store.inbox.parked_count() == 0


async def test_what_is_no_update_stops_nothing(
    server: BotApi, service: Service, port: int, ann: PersonInChat
) -> None:
    async with running(server, service, port) as url:
        assert (await post(url, SECRET, {"update_id": 9, "message": 1})).status == 200
        ann.types("/triage")
        await ann.sees("Which cord signs are new?")
        assert service.store.inbox.parked_count() == 1


async def test_an_update_that_cannot_be_kept_is_asked_for_again(
    server: BotApi,
    service: Service,
    ann: PersonInChat,
    port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server.webhook.delay_unit = 0.01
    async with running(server, service, port):
        left = 3
        receive = Inbox.receive_all

        def refuse(*arguments: object, **named: object) -> list[int]:
            nonlocal left
            left -= 1
            if left >= 0:
                raise StoreError("the disk is full")
            return receive(*arguments, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(Inbox, "receive_all", refuse)
        ann.types("/triage")
        await ann.sees("Which cord signs are new?")
        assert "503" in server.webhook.last_error_message
        assert sum("Which cord signs" in m.text for m in ann.bot_messages) == 1


async def test_while_it_drains_it_asks_telegram_to_come_back(
    server: BotApi, service: Service, ann: PersonInChat, port: int
) -> None:
    async with running(server, service, port) as url:
        server.faults.delay(1.0, "sendMessage")
        ann.types("/triage")
        await server.until(lambda: len(server.updates) == 0)
        os.kill(os.getpid(), signal.SIGTERM)
        stopped.set()
        await asyncio.sleep(0.1)
        answer = await post(url, SECRET)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        await ann.sees("Which cord signs are new?")


async def test_an_address_in_use_is_named(server: BotApi, service: Service, port: int) -> None:
    async with running(server, service, port):
        address = Address("http://127.0.0.1:1/hook", SECRET, f"127.0.0.1:{port}")
        second = TelegramBot(Api(server.token, server.url), service, address)
        with pytest.raises(WebhookRefused, match=f"CORDCALL_WEBHOOK_LISTEN: 127.0.0.1:{port}"):
            await second.run()


async def test_strangers_who_hold_connections_keep_nobody_out_and_are_ended_silently(
    server: BotApi, service: Service, ann: PersonInChat, port: int,
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(connections, "SECONDS_TO_ASK", 1.0)
    async with running(server, service, port):
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(250)]
        for n, (_, writer) in enumerate(held):
            writer.write((b"POST /hook HTTP/1.1\r\nX: ", b"\x16\x03\x01 Smith", b"")[n % 3])
        ann.types("/triage")
        await ann.sees("Which cord signs are new?")
        await asyncio.wait_for(asyncio.gather(*(_ended(reader) for reader, _ in held)), 3)
        for _, writer in held:
            writer.close()
    logged = "".join(capfd.readouterr())
    assert "Smith" not in logged and "Traceback" not in logged
    assert logged.count("\n") < 20


async def _ended(reader: asyncio.StreamReader) -> None:
    with suppress(ConnectionError):
        await reader.read()


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /hook HTTP/1.1\r\nHost: h\r\n\r\n",
        b"POST /Smith HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
        b"POST /hook HTTP/1.1\r\nHost: h\r\nContent-Length: -7\r\n\r\nSmith",
        b"POST /hook HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nSmith\r\n",
        b"POST /hook HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{",
        b"POST /hook HTTP/1.1\r\n" + b"X: Smith\r\n" * 2_000 + b"\r\n",
        b"\x00" * 100_000,
    ],
)
async def test_what_strangers_send_is_ended_and_not_logged(
    server: BotApi, service: Service, port: int, sent: bytes, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    async with running(server, service, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        await asyncio.wait_for(_ended(reader), 3)
        writer.close()
    logged = "".join(capfd.readouterr())
    assert "Smith" not in logged and "Error" not in logged and "Traceback" not in logged


async def test_a_body_that_stops_in_the_middle_ends_in_time(
    server: BotApi, service: Service, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "SECONDS_TO_ASK", 0.2)
    async with running(server, service, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        header = f"{SECRET_HEADER}: {SECRET}\r\nContent-Length: 50\r\n\r\n{{"
        writer.write(f"POST /hook HTTP/1.1\r\nHost: h\r\n{header}".encode())
        answer = await asyncio.wait_for(reader.read(), 3)
        writer.close()
    assert answer.split(b" ")[1] == b"408"
