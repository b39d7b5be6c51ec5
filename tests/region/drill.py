"""One drill from start to verdict: three workers, one database that fails over, many people."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Final

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.database_address import Address
from bot.flows.triage import FLOW
from state.engines import open_store
from state.store import Store
from tests.botapi import BotApi
from tests.botapi.server import LOOPBACK
from tests.postgres.server import free_port
from tests.region.accounts import account
from tests.region.balancer import Balancer
from tests.region.crowd import GUEST_ID, Crowd
from tests.region.databases import Databases
from tests.region.found import Found
from tests.region.trouble import Event, Trouble
from tests.region.waits import Waits
from tests.region.workers import Worker
from tests.soak.run import SECONDS_TO_END, beside, seconds_to_end

WORKERS: Final = 3
SEED: Final = 18
SECRET: Final = "a-secret_of_the-region"
SECONDS_TO_SAY: Final = 30.0
SECONDS_A_CALL: Final = 0.05  # to Telegram: kills then meet messages under way
TAP_GUARD_MS: Final = "800"
TAPS_PER_MINUTE: Final = "60"


@dataclass(frozen=True, slots=True)
class Size:
    """How many people tap, in how many groups, how often in all, for how long.

    The workers are posted to through a load balancer; or one of them `polls`.
    """

    people: int = 200
    groups: int = 20
    taps_per_second: float = 10.0
    seconds: float = 600.0
    polls: bool = False


@dataclass(slots=True)
class Drill:
    """What a drill found; `ended` are the exit statuses of workers that ended by themselves."""

    size: Size
    crowd: Crowd
    waits: Waits
    events: list[Event]
    found: Found
    ended: list[int]
    seconds_to_end: float

    def longest_waits(self) -> list[tuple[str, float]]:
        """Return each event, with how long somebody waited at most before the next one."""
        until = [*(each.at for each in self.events[1:]), self.waits.now]
        return [
            (event.what, self.waits.longest(event.at, end))
            for event, end in zip(self.events, until, strict=True)
        ]


async def drill(
    folder: Path, size: Size, plan: Sequence[str], say: Callable[[str], None] = lambda _: None
) -> Drill:
    """Let people tap while everything in the plan goes wrong, and account for it.

    `say` gets a line about each event, and some between.
    """
    async with AsyncExitStack() as stack:
        databases = stack.enter_context(Databases())
        say("PostgreSQL runs, with a replica that has all that is confirmed")
        server = await stack.enter_async_context(BotApi())
        server.latency = SECONDS_A_CALL
        server.calls = server.dispatcher.calls = waits = Waits(server.world)
        crowd = Crowd(server, waits, size.people, size.groups, size.seconds, SEED)
        workers = await _start(stack, server, folder, size, databases, crowd)
        say(f"{WORKERS} workers are up; {size.people} people begin")
        say(f"to tap along: {server.url}/phone?user={GUEST_ID}&name=Guest")
        await crowd.begin()
        trouble = Trouble(workers, databases, size.seconds, server.clock.now, say, [])
        async with beside(_every_so_often(server, crowd, say)):
            async with asyncio.TaskGroup() as together:
                together.create_task(trouble.strike(plan))
                await crowd.tap(size.seconds, size.taps_per_second)
            say("nobody taps any more; what is left is handled and sent")
            store = open_store(Address.read(databases.url))
            stack.callback(store.close)
            took, left = await _end(server, store)
        say("all is accounted for")
        found = account(store, Engine(FlowMachine(FLOW), "stepwise", UTC), server, crowd)
        found.lost += left
        ended = [status for worker in workers for status in worker.ended]
        return Drill(size, crowd, waits, trouble.events, found, ended, took)


async def _start(
    stack: AsyncExitStack, server: BotApi, folder: Path, size: Size, databases: Databases,
    crowd: Crowd,
) -> list[Worker]:  # fmt: skip
    """Start the workers, one after the other, and a load balancer before them."""
    balancer = Balancer([free_port() for _ in range(WORKERS)])
    await stack.enter_async_context(balancer)
    workers = list[Worker]()
    for number, port in enumerate(balancer.ports, 1):
        settings = _settings(size, balancer, databases, crowd, port)
        worker = Worker(server, folder, number, port, **settings)
        workers.append(worker)
        stack.push_async_callback(worker.kill)
        await stack.enter_async_context(beside(worker.keep_up()))
        await worker.listens()
    return workers


async def _end(server: BotApi, store: Store) -> tuple[float, list[str]]:
    """Wait until nothing is left; return the seconds it took, and what is left if that is long."""
    try:
        return await seconds_to_end(server, store), []
    except TimeoutError:
        return SECONDS_TO_END, _left(server, store)


def _settings(
    size: Size, balancer: Balancer, databases: Databases, crowd: Crowd, port: int
) -> dict[str, str]:
    """Return the settings of a worker that is up once it listens on a port."""
    listen = f"{LOOPBACK}:{port}"
    webhook = {
        "CORDCALL_WEBHOOK_URL": f"http://{LOOPBACK}:{balancer.port}/hook",
        "CORDCALL_WEBHOOK_SECRET": SECRET,
        "CORDCALL_WEBHOOK_LISTEN": listen,
    }
    return {
        "CORDCALL_DATABASE": databases.url,
        "CORDCALL_ACCESS": "invite",
        "CORDCALL_OWNERS": crowd.owners,
        "CORDCALL_TAP_GUARD_MS": TAP_GUARD_MS,
        "CORDCALL_TAPS_PER_MINUTE": TAPS_PER_MINUTE,
        **({"CORDCALL_HEALTH_LISTEN": listen} if size.polls else webhook),
    }


def _left(server: BotApi, store: Store) -> list[str]:
    """Say what nobody has handled or sent."""
    waiting = [f"update {each.id} is not handled" for each in server.updates.waiting]
    taps = [f"tap {each.update_id} is not handled" for each in store.inbox.left_taps()]
    queued = [
        f"what was queued for {each.chat} at {each.queued_at:%H:%M:%S} is not sent"
        for each in store.outbox.queued()
    ]
    return [*waiting, *taps, *queued]


async def _every_so_often(server: BotApi, crowd: Crowd, say: Callable[[str], None]) -> None:
    while True:
        await asyncio.sleep(SECONDS_TO_SAY)
        say(f"{crowd.taps} taps and lines, {len(server.updates)} updates wait")
