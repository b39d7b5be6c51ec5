"""CordCall on each of its engines, in processes of their own behind one load balancer."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.load import Crowd
from tests.bench.processor import seconds_spent, seconds_spent_with_children
from tests.bench.walks import RANDOM, TEN
from tests.botapi import BotApi
from tests.botapi.server import LOOPBACK
from tests.postgres.server import OWNER, Place, Server, free_port
from tests.region.balancer import Balancer
from tests.region.workers import Worker

SECRET: Final = "a-secret_of_the-bench"
SECONDS_TO_BEGIN: Final = 60
SECONDS_TO_WARM_UP: Final = 1.0
TIMES_IDLE: Final = 3
BUSY_SHARE: Final = 0.03
AS_INSTALLED: Final = {"shared_buffers": "128MB", "max_wal_size": "1GB"}


@dataclass(frozen=True, slots=True)
class Side:
    """One way to run CordCall; `database` is one of the server's, "" for a file."""

    name: str
    database: str = ""
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Region:
    """A side that runs; `postgres` is the server of its database, None for a file."""

    side: Side
    server: BotApi
    workers: tuple[Worker, ...]
    postgres: Server | None

    @property
    def processor_seconds(self) -> float:
        return sum(seconds_spent(each.pid) for each in self.workers)

    @property
    def database_processor_seconds(self) -> float:
        if not self.postgres:
            return 0.0
        assert self.postgres.process
        return seconds_spent_with_children(self.postgres.process.pid)


def started(place: Place) -> Server:
    """Start a server that waits for the disk, with the memory that it has when it is installed."""
    return Server.begun(place, durable=True, **AS_INSTALLED).start()


@asynccontextmanager
async def running(side: Side, folder: Path, postgres: Server) -> AsyncIterator[Region]:
    """Run a side in a folder of its own, on a database that it creates unless it is there."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(BotApi(record=0))
        ports = [free_port() for _ in range(side.workers)]
        balancer = await stack.enter_async_context(Balancer(ports))
        settings = {
            "CORDCALL_LOG_LEVEL": "WARNING",
            "CORDCALL_WEBHOOK_URL": f"http://{LOOPBACK}:{balancer.port}/hook",
            "CORDCALL_WEBHOOK_SECRET": SECRET,
        }
        if side.database:
            settings["CORDCALL_DATABASE"] = postgres.url(side.database, user=OWNER, tcp=True)
        own = Path(tempfile.mkdtemp(dir=folder))
        listening = ({"CORDCALL_WEBHOOK_LISTEN": f"{LOOPBACK}:{port}"} for port in ports)
        workers = tuple(
            Worker(server, own, number, port, **settings, **listens)
            for number, (port, listens) in enumerate(zip(ports, listening, strict=True), 1)
        )
        for worker in workers:
            stack.push_async_callback(worker.kill)
            await worker.start()
            async with asyncio.timeout(SECONDS_TO_BEGIN):
                await worker.listens()
        yield Region(side, server, workers, postgres if side.database else None)


async def warmed_up(region: Region, people: int) -> Crowd:
    """Return a crowd of so many people who have begun and tapped a little."""
    crowd = Crowd(region, people)
    async with asyncio.timeout(SECONDS_TO_BEGIN):
        while not await crowd.people[0].begins(TEN):
            pass
    await crowd.go(RANDOM, "warm", seconds=SECONDS_TO_WARM_UP)
    crowd.forgets()
    return crowd


async def settled(region: Region) -> None:
    """Wait until the database does hardly anything by itself, as after a start."""
    idle = 0
    while idle < TIMES_IDLE:
        before = region.database_processor_seconds
        await asyncio.sleep(1)
        idle = idle + 1 if region.database_processor_seconds - before < BUSY_SHARE else 0
