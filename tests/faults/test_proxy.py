"""A hospital's web proxy: every call goes through it, and its refusal counts as never sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.adapters.telegram.aiohttp_client import FastRequest
from bot.adapters.telegram.api import Api
from bot.adapters.telegram.errors import NotSent
from bot.refusal import SettingsError
from tests.botapi import TOKEN, BotApi
from tests.test_settings_secrets import run

FORBIDDEN = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"


@asynccontextmanager
async def proxy(asked: list[str]) -> AsyncIterator[str]:
    """Run a proxy that records and refuses each request; return its address."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readline()).decode().strip())
        writer.write(FORBIDDEN)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.fixture
async def connections(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FastRequest]:
    for name in ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    request = FastRequest(1, 5.0, 5.0)
    await request.initialize()
    yield request
    await request.shutdown()


async def test_a_call_goes_through_the_proxy_and_never_past_it(
    connections: FastRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()
    async with proxy(asked) as address:
        monkeypatch.setenv("HTTPS_PROXY", address)
        with pytest.raises(NotSent):
            await connections.do_request("https://telegram.invalid/bot1:x/getMe", "POST")
    assert asked == ["CONNECT telegram.invalid:443 HTTP/1.1"]


async def test_a_server_of_this_machine_is_called_without_the_proxy_for_https(
    connections: FastRequest, server: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()
    async with proxy(asked) as address:
        monkeypatch.setenv("HTTPS_PROXY", address)
        url = f"{server.url}/bot{server.token}/getMe"
        status, _ = await connections.do_request(url, "POST")
    assert status == 200 and asked == []


@pytest.mark.parametrize(
    "address",
    [
        "proxy.example:3128",
        "ann:sesame@proxy.example:3128",
        "socks5://127.0.0.1:1080",
        "http://",
        "http://ann:sesame@[::1",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:3128 ",
    ],
)
def test_a_proxy_that_could_never_be_used_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    for name in ("https_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", address)
    with pytest.raises(SettingsError) as refused:
        Api(TOKEN, "https://telegram.invalid")
    said = "HTTPS_PROXY: the value given is no address; allowed: http://HOST:PORT"
    assert str(refused.value) == said
    monkeypatch.setenv("NO_PROXY", "telegram.invalid")
    Api(TOKEN, "https://telegram.invalid")


@pytest.mark.slow
def test_the_real_program_refuses_such_a_proxy_in_one_line(tmp_path: Path) -> None:
    status, shown = run(
        tmp_path, "run", TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL="https://telegram.invalid",
        CORDCALL_ACCESS="open", CORDCALL_TIMEZONE="UTC", CORDCALL_PLAINTEXT="accept",
        HTTPS_PROXY="ann:sesame@proxy:3128",
        https_proxy="ann:sesame@proxy:3128", NO_PROXY="", no_proxy="",
    )  # fmt: skip
    assert status == 2
    assert shown.splitlines()[-1].startswith("cordcall: HTTPS_PROXY: the value given is no address")
    assert "sesame" not in shown and TOKEN not in shown
