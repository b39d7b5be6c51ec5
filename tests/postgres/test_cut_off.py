"""A worker that the network cuts off from the database, without either side being told."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import pytest

from state.postgres import workers as module
from state.postgres.workers import SURE_SECONDS
from tests.postgres.fixtures import KEPT
from tests.postgres.server import Server
from tests.postgres.test_workers import (
    CHATS,
    SECONDS_TO_TAKE_OVER,
    Worker,
    divided,
    queue,
    until,
)

pytestmark = pytest.mark.slow
SECONDS_TO_RETURN = 20.0


class Network:
    """Passes on what goes between a worker and its server, until it is cut."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open = list[socket.socket]()
        self.port = self._listening.getsockname()[1]
        self.passes = threading.Event()
        self.passes.set()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()
        for each in self._open:
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
                self._open += near, far
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while said := one.recv(65_536):
                self.passes.wait()
                other.sendall(said)
        self.passes.wait()
        for each in (one, other):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)  # closed, it would stay open for who still reads


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS_BETWEEN_LOOKS", 0.1)


@pytest.fixture
def network(postgres_url: str, postgres_server: Server) -> Iterator[Network]:
    between = Network(postgres_server.port)
    yield between
    between.passes.set()
    between.close()


@pytest.fixture
async def pair(
    postgres_url: str, postgres_server: Server, network: Network
) -> AsyncIterator[tuple[Worker, Worker]]:
    """A worker behind the network, and one beside the server."""
    direct = postgres_server.url(KEPT, tcp=True)
    far = Worker(direct.replace(f":{postgres_server.port}/", f":{network.port}/"))
    near = Worker(postgres_url)
    await until(lambda: divided([far, near]))
    await asyncio.sleep(0.5)
    yield far, near
    network.passes.set()
    for each in (far, near):
        await each.end()


async def test_a_worker_that_is_cut_off_stops_before_another_takes_its_chats(
    pair: tuple[Worker, Worker], network: Network
) -> None:
    far, near = pair
    began = time.monotonic()
    network.passes.clear()
    both = 0
    while near.chats() != {*CHATS}:
        both += len(far.chats() & near.chats())
        assert time.monotonic() - began < SECONDS_TO_TAKE_OVER
        await asyncio.sleep(0.01)
    assert both == 0 and far.chats() == set()
    assert near.store.workers.leads and not far.store.workers.leads


async def test_a_worker_that_is_cut_off_for_a_moment_goes_on_where_it_was(
    pair: tuple[Worker, Worker], network: Network
) -> None:
    far, near = pair
    own = min(far.chats())
    network.passes.clear()
    await asyncio.sleep(SURE_SECONDS / 2)
    network.passes.set()
    await until(lambda: divided([far, near]))
    await asyncio.sleep(0.5)
    queue(near.store, own)
    await until(lambda: own in far.hears.queued_for)


async def test_a_worker_that_comes_back_gets_its_part_again(
    pair: tuple[Worker, Worker], network: Network
) -> None:
    far, near = pair
    network.passes.clear()
    await until(lambda: near.chats() == {*CHATS}, SECONDS_TO_TAKE_OVER)
    network.passes.set()
    await until(lambda: divided([far, near]), SECONDS_TO_RETURN)
