"""systemd hears that the program is ready, works and stops; from a real socket as systemd's."""

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import closing
from pathlib import Path

import pytest

from bot.adapters.telegram.watchdog import Watchdog, notify
from bot.service.service import Service
from tests.adapters.telegram.test_conversation import running
from tests.adapters.telegram.test_random_conversations import CordCall
from tests.botapi import BotApi
from tests.faults.outages import database, outage
from tests.faults.steps import until

__all__ = ["database"]
UNIT = Path(__file__).parents[3] / "docs" / "cordcall.service"


class Manager:
    """What systemd is for this: a datagram socket."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        self.heard = list[str]()

    def hears(self, state: str) -> bool:
        """Read what was sent; return whether a state was ever among it."""
        while True:
            try:
                self.heard.append(self._socket.recv(100).decode())
            except BlockingIOError:
                return state in self.heard

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(params=["path", "abstract"])
def manager(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Manager]:
    address = str(tmp_path / "notify") if request.param == "path" else f"@{tmp_path}"[:100]
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    monkeypatch.setenv("WATCHDOG_USEC", "150000")
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    with closing(Manager(address)) as found:
        yield found


async def test_ready_then_fed_then_stopping(
    server: BotApi, service: Service, manager: Manager
) -> None:
    async with running(server, service):
        await until(lambda: manager.hears("WATCHDOG=1") and manager.heard.count("WATCHDOG=1") > 3)
        assert manager.heard[0] == "READY=1"
        assert "STOPPING=1" not in manager.heard
    assert manager.hears("STOPPING=1")


async def test_it_is_ready_before_telegram_has_answered(service: Service, manager: Manager) -> None:
    task = asyncio.create_task(Watchdog(service.store).run())
    await until(lambda: manager.hears("WATCHDOG=1"))
    assert manager.heard[0] == "READY=1"
    task.cancel()


@pytest.mark.parametrize(("kind", "fed"), [("unreadable", False), ("full", True)])
async def test_it_is_fed_only_while_the_database_answers(
    service: Service, manager: Manager, kind: str, fed: bool
) -> None:
    with outage(kind, service.store):
        task = asyncio.create_task(Watchdog(service.store).run())
        await asyncio.sleep(0.3)
        assert manager.hears("WATCHDOG=1") == (fed or service.store.is_served)
    await until(lambda: manager.hears("WATCHDOG=1"))
    task.cancel()


async def test_a_loop_that_hangs_does_not_feed_it(service: Service, manager: Manager) -> None:
    task = asyncio.create_task(Watchdog(service.store).run())
    await until(lambda: manager.hears("WATCHDOG=1"))
    count = len(manager.heard)
    time.sleep(0.3)
    assert manager.hears("WATCHDOG=1") and len(manager.heard) == count
    task.cancel()


@pytest.mark.parametrize("usec", ["", "x", "-1"])
async def test_without_a_watchdog_it_is_only_ready(
    service: Service, manager: Manager, monkeypatch: pytest.MonkeyPatch, usec: str
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", usec)
    await asyncio.wait_for(Watchdog(service.store).run(), 1)
    manager.hears("")
    assert manager.heard == ["READY=1"]


async def test_the_watchdog_of_another_process_is_not_fed(
    service: Service, manager: Manager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid() + 1))
    await asyncio.wait_for(Watchdog(service.store).run(), 1)
    manager.hears("")
    assert manager.heard == ["READY=1"]


@pytest.mark.parametrize("address", ["", "/nowhere/notify", "@nobody-listens"])
def test_nobody_to_tell_is_no_error(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify("READY=1")


@pytest.mark.slow
async def test_the_real_program_tells_systemd(tmp_path: Path) -> None:
    with closing(Manager(str(tmp_path / "notify"))) as manager:
        await _runs_and_stops(manager, tmp_path)


async def _runs_and_stops(manager: Manager, tmp_path: Path) -> None:
    async with BotApi() as server:
        program = CordCall(
            server, tmp_path, NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="300000"
        )
        await program.start()
        await until(lambda: manager.hears("WATCHDOG=1"))
        ann = server.private_chat(1001, "Ann")
        ann.types("/help")
        await ann.sees("About CordCall", 20)
        assert await program.stop() == 0
        assert manager.hears("STOPPING=1") and manager.heard[0] == "READY=1"


def test_the_unit_relies_on_it_and_leaves_no_core_dump() -> None:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(UNIT)
    service = unit["Service"]
    assert service["Type"] == "notify"
    assert int(service["WatchdogSec"]) >= 30
    assert service["Restart"] == "always"
    assert service["LimitCORE"] == "0"
    assert "AF_UNIX" in service["RestrictAddressFamilies"]
