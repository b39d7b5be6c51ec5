"""/healthz and /metrics over real HTTP: true figures, no ids, this machine alone."""

import asyncio
import json
import re
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bot.adapters.telegram import connections, metrics
from bot.adapters.telegram.api import POLL_SECONDS, READ_SECONDS, Api
from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.health import HealthRefused
from bot.adapters.telegram.poller import LONGEST_PAUSE
from bot.adapters.telegram.webhook import Address
from bot.service.service import Service
from state.records import Switch
from tests.adapters.telegram.test_conversation import card_of, tap
from tests.adapters.telegram.test_random_conversations import CordCall
from tests.botapi import BotApi, PersonInChat
from tests.conftest import Clock
from tests.faults.outages import database, is_readable, outage
from tests.faults.steps import EMERGENCY, all_is_sent, case_of, until
from tests.state.contract.values import put

__all__ = ["database"]
LINE = re.compile(r"cordcall_[a-z_]+(\{(kind|urgency)=\"[a-z_0-9]+\"\})? -?\d+(\.\d+)?")
LABELS = {f'kind="{kind}"' for kind in metrics.KINDS} | {
    f'urgency="{level or "none"}"' for level in metrics.LEVELS
}


@pytest.fixture
def port(unused_tcp_port: int) -> int:
    return unused_tcp_port


@asynccontextmanager
async def running(
    server: BotApi, service: Service, port: int, address: Address | None = None
) -> AsyncIterator[Api]:
    api = Api(server.token, server.url)
    bot = TelegramBot(api, replace(service, touch=True), address, health=f"127.0.0.1:{port}")
    ready = asyncio.Event()
    task = asyncio.create_task(bot.run(ready.set))
    await asyncio.wait_for(ready.wait(), 10)
    try:
        yield api
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def get(port: int, path: str, method: str = "GET") -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as client,
        client.request(method, f"http://127.0.0.1:{port}{path}") as answer,
    ):
        assert answer.headers["Connection"] == "close"
        return answer.status, await answer.text()


async def figures(port: int) -> dict[str, float]:
    """Read the metrics strictly: each with its help, its type, and a value."""
    status, text = await get(port, "/metrics")
    assert status == 200 and text.endswith("\n")
    found, helped, typed = dict[str, float](), set[str](), set[str]()
    for line in text.splitlines():
        words = line.split()
        if line.startswith("# HELP "):
            helped.add(words[2])
        elif line.startswith("# TYPE "):
            typed.add(words[2])
            assert words[3] == ("counter" if words[2].endswith("_total") else "gauge")
        else:
            assert LINE.fullmatch(line), line
            assert words[0].partition("{")[0] in helped & typed
            assert words[0] not in found
            found[words[0].removeprefix("cordcall_")] = float(words[1])
    return found


async def heard(api: Api) -> None:
    await until(lambda: api.counts.heard_at is not None)


async def test_a_healthy_bot_says_so(server: BotApi, service: Service, port: int) -> None:
    async with running(server, service, port) as api:
        server.updates.hold()
        await heard(api)
        status, text = await get(port, "/healthz")
        assert status == 200
        found = json.loads(text)
        assert found.pop("last_poll_seconds") < 30
        assert found == {
            "ok": True, "database_writable": True, "outbox_oldest_seconds": 0.0,
            "out_of_use": False,
        }  # fmt: skip


async def test_a_worker_that_waits_for_others_to_end_says_so(
    server: BotApi, service: Service, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(server, service, port) as api:
        await heard(api)
        monkeypatch.setattr(type(service.store.workers), "works", False)
        status, text = await get(port, "/healthz")
        assert (status, json.loads(text)["joined_workers"]) == (503, False)


@pytest.mark.parametrize("kind", ["locked", "read-only", "unreadable"])
async def test_a_database_that_cannot_be_written_is_unhealthy(
    server: BotApi, service: Service, port: int, kind: str
) -> None:
    async with running(server, service, port) as api:
        await heard(api)
        with outage(kind, service.store):
            status, text = await get(port, "/healthz")
            assert (status, json.loads(text)["database_writable"]) == (503, False)
            found = await figures(port)
            readable = is_readable(kind, service.store)
            assert found["database_readable"] == readable
            assert ("outbox_waiting" in found) == readable
        assert (await get(port, "/healthz"))[0] == 200


async def test_silence_of_telegram_is_unhealthy_while_it_is_polled_alone(
    server: BotApi, service: Service, port: int, monkeypatch: pytest.MonkeyPatch,
    unused_tcp_port_factory: object,
) -> None:  # fmt: skip
    monkeypatch.setattr(metrics, "LONGEST_SILENCE_S", 0.0)
    async with running(server, service, port) as api:
        await heard(api)
        assert (await get(port, "/healthz"))[0] == 503
    hook = unused_tcp_port_factory()  # type: ignore[operator]
    address = Address(f"http://127.0.0.1:{hook}/hook", "secret", f"127.0.0.1:{hook}")
    async with running(server, service, port, address):
        status, text = await get(port, "/healthz")
        assert status == 200
        assert json.loads(text)["last_webhook_seconds"] >= 0


async def test_before_telegram_was_reached_it_answers_and_is_not_healthy(
    service: Service, port: int
) -> None:
    bot = TelegramBot(Api("1:" + "a" * 35, "http://127.0.0.1:1"), service,
                      health=f"127.0.0.1:{port}")  # fmt: skip
    task = asyncio.create_task(bot.run())
    await asyncio.sleep(0.2)
    status, text = await get(port, "/healthz")
    assert (status, json.loads(text)["last_poll_seconds"]) == (503, None)
    assert "heard_age_seconds" not in await figures(port)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_an_answer_that_waits_too_long_is_unhealthy(
    server: BotApi, service: Service, port: int, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tidied = threading.Event()
    monkeypatch.setattr(service.store, "scrub", tidied.set)
    async with running(server, service, port) as api:
        await heard(api)
        await until(tidied.is_set)  # from then on nothing is sent unless somebody acts
        with service.store.turn() as store:
            put(store, "x", chat="1009")
        clock.pass_by(seconds=metrics.LONGEST_WAIT_S - 1)
        assert (await get(port, "/healthz"))[0] == 200
        clock.pass_by(seconds=1)
        status, text = await get(port, "/healthz")
        assert (status, json.loads(text)["outbox_oldest_seconds"]) == (503, metrics.LONGEST_WAIT_S)


async def test_the_metrics_are_true_and_name_nobody(
    server: BotApi, service: Service, port: int, ann: PersonInChat, clock: Clock
) -> None:
    async with running(server, service, port) as api:
        before = await figures(port)
        assert {before[name] for name in before if name.startswith("open_cases")} == {0}
        await tap(ann, await card_of(ann), "Gait or balance")
        await ann.sees(EMERGENCY)
        await all_is_sent(service.store)
        code = case_of(service).code
        server.faults.flood(retry_after=0.1, method="sendMessage")
        server.faults.refuse(400, "Bad Request: no", method="answerCallbackQuery")
        ann.types("/card")
        await until(lambda: api.counts.floods == 1)
        await all_is_sent(service.store)
        with service.store.turn() as store:
            put(store, "x", chat="1009")
            put(store, "x", chat="terminal")
        clock.pass_by(seconds=20)
        with service.store.turn() as store:
            store.reminders.put_off(code, "mri_snoozed", clock(), clock())
        found = await figures(port)
        assert found["updates_total"] == 3
        sent = [*server.calls.of("sendMessage"), *server.calls.of("editMessageText")]
        assert found["answers_total"] == len(sent) - 1
        assert found['send_failures_total{kind="flood"}'] == found["floods_total"] == 1
        assert found["outbox_waiting"] == 1 and found["outbox_oldest_seconds"] == 20
        assert found['open_cases{urgency="emergency"}'] == 1
        assert found["reminders_due"] == 1
        assert found["out_of_use"] == 0
        _, text = await get(port, "/metrics")
    names = set(re.findall(r"\{(.*?)\}", text))
    assert names <= LABELS
    assert not re.search(rf"1001|1009|{code}|Ann|{server.token}", text)


async def test_out_of_use_is_shown(server: BotApi, service: Service, port: int) -> None:
    with service.store.turn() as store:
        store.out_of_use.keep(Switch("wrong dose", ""))
    async with running(server, service, port) as api:
        await heard(api)
        status, text = await get(port, "/healthz")
        assert status == 200 and json.loads(text)["out_of_use"] is True
        assert (await figures(port))["out_of_use"] == 1
        assert "wrong dose" not in text + (await get(port, "/metrics"))[1]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/metrics/"), ("POST", "/healthz"), ("GET", "//healthz"),
     ("DELETE", "/metrics"), ("GET", "/../etc/passwd")],
)  # fmt: skip
async def test_anything_else_is_not_found(
    server: BotApi, service: Service, port: int, method: str, path: str
) -> None:
    async with running(server, service, port):
        assert await get(port, path, method) == (404, "")


@pytest.mark.parametrize(
    ("host", "status"),
    [("evil.example.org", 404), ("127.0.0.1.evil.example.org", 404), ("localhost.evil.org:80", 404),
     ("0.0.0.0", 404), ("192.168.0.5:9110", 404), ("", 404), ("127.0.0.1@evil.org", 404),
     ("localhost:9110", 200), ("[::1]:9110", 200), (None, 200)],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
async def test_a_request_under_another_hosts_name_is_not_answered(
    server: BotApi, service: Service, port: int, path: str, host: str | None, status: int
) -> None:
    async with running(server, service, port) as api:
        await heard(api)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        named = "" if host is None else f"Host: {host}\r\n"
        writer.write(f"GET {path} HTTP/1.{int(host is not None)}\r\n{named}\r\n".encode())
        said = (await reader.read()).decode()
        writer.close()
    assert int(said.split(" ")[1]) == status
    assert ("cordcall" in said or "database" in said) == (status == 200)


async def test_one_who_holds_connections_keeps_nobody_out(
    server: BotApi, service: Service, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "SECONDS_TO_ASK", 0.5)
    async with running(server, service, port) as api:
        await heard(api)
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(150)]
        assert (await get(port, "/healthz"))[0] == 200
        ended = (reader.read() for reader, _ in held)
        await asyncio.wait_for(asyncio.gather(*ended, return_exceptions=True), 3)
        for _, writer in held:
            writer.close()


async def test_a_port_that_is_taken_is_refused_in_one_line(
    server: BotApi, service: Service, port: int
) -> None:
    async with running(server, service, port):
        second = TelegramBot(Api(server.token, server.url), service, health=f"127.0.0.1:{port}")
        with pytest.raises(HealthRefused, match=f"^CORDCALL_HEALTH_LISTEN: 127.0.0.1:{port}: "):
            await second.run()


@pytest.mark.slow
async def test_the_real_program_answers_at_its_own_address_alone(tmp_path: Path, port: int) -> None:
    async with BotApi() as server:
        program = CordCall(server, tmp_path, CORDCALL_HEALTH_LISTEN=f"127.0.0.1:{port}")
        await program.start()
        async with asyncio.timeout(20):
            while True:
                try:
                    if (await get(port, "/healthz"))[0] == 200:
                        break
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.1)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.2", port)
        assert await program.stop() == 0


def test_a_poll_and_a_pause_are_shorter_than_the_silence_that_counts() -> None:
    assert POLL_SECONDS + READ_SECONDS + LONGEST_PAUSE < metrics.LONGEST_SILENCE_S
