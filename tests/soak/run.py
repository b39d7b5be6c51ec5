"""One soak from start to verdict.

Kills come in the first half. The process that begins the second half lives to its end, through
every other fault: its memory and handles are compared between the end of its warm-up, the first
third of its life, and its end.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from time import perf_counter
from typing import Any

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.flows.triage import FLOW
from state.store import Store
from tests.adapters.telegram.test_random_conversations import opened
from tests.botapi import BotApi
from tests.soak.accounts import Accounts, account
from tests.soak.crowd import FIRST_ID, Crowd
from tests.soak.faults import Faults, Program
from tests.soak.measure import Life

PEOPLE = 40
SEED = 13
SECONDS_TO_END = 180.0
SECONDS_TO_SAY = 60.0
TAP_GUARD_MS = "800"
TAPS_PER_MINUTE = "60"


@dataclass(frozen=True, slots=True)
class Soak:
    """What a soak found; `ended` are the exit statuses of a program that ended by itself."""

    taps: int
    struck: Counter[str]
    accounts: Accounts
    life: Life
    seconds_to_end: float
    ended: list[int]


async def soak(
    folder: Path,
    seconds: float,
    taps_per_second: float,
    fault_every: float,
    say: Callable[[str], None] = lambda _: None,
) -> Soak:
    """Run a soak of some seconds, and account for it; `say` gets a line a minute."""
    async with BotApi(record=0) as server:
        program = Program(
            server, folder,
            CORDCALL_ACCESS="invite",
            CORDCALL_OWNERS=",".join(str(FIRST_ID + n) for n in range(PEOPLE)),
            CORDCALL_TAP_GUARD_MS=TAP_GUARD_MS,
            CORDCALL_TAPS_PER_MINUTE=TAPS_PER_MINUTE,
        )  # fmt: skip
        crowd, faults = Crowd(server, PEOPLE, SEED), Faults(program, fault_every, SEED)
        life = Life()

        def progress() -> None:
            waiting, struck = len(server.updates), say_counts(faults.struck)
            say(f"{crowd.taps} taps, {waiting} waiting; {life}; {struck}")

        await program.start()
        try:
            await program.polls()
            async with (
                beside(program.keep_up()),
                beside(life.watch(lambda: program.pid)),
                beside(every_minute(progress)),
            ):
                async with beside(faults.strike()):
                    await crowd.tap(seconds / 2, taps_per_second)
                    faults.kills = False
                    await crowd.tap(seconds / 2, taps_per_second)
                program.jump(0)
                with opened(program.database) as store:
                    took = await seconds_to_end(server, store)
                    accounts = account(store, Engine(FlowMachine(FLOW), "stepwise", UTC), crowd)
        finally:
            await program.kill()
        return Soak(crowd.taps, faults.struck, accounts, life, took, program.ended)


def say_counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Do something until the end of the block; it must not end or fail before."""
    task = asyncio.create_task(work)
    try:
        yield
        if task.done():
            await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def every_minute(do: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(SECONDS_TO_SAY)
        do()


async def seconds_to_end(server: BotApi, store: Store) -> float:
    """Wait until nothing is left to receive or to send; return the seconds it took."""
    begun = perf_counter()
    async with asyncio.timeout(SECONDS_TO_END):
        while len(server.updates) or store.outbox.queued() or store.inbox.left_taps():
            await asyncio.sleep(0.2)
    return perf_counter() - begun
